import { addDays, day } from '../../../core/time/time.js';
import type { ProviderName } from '../../../core/series.js';
import type { PriceType } from '../../../core/tables/bars.js';
import type { Duration } from '../../../core/time/time.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { explainDate } from '../../yaml/explain-date.js';
import { readSymbolTimeout } from '../settings/read-limits.js';
import { explainLookback, parseLookback } from './lookback.js';
import { getDefaultLiveRefresh, warnAboutIdleRuns } from './live-refresh.js';
import type { Lookback, OverviewStep, Step, StepType } from '../pipeline.js';
import { checkNeeds, sortSteps, stepTypes } from './step-needs.js';
import type { StepNeeds } from './step-needs.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import type { OptionsStep } from '../schema.generated.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Settings of all step types. */
type RawStepSettings = Omit<OptionsStep, 'uses'> & { readonly uses?: StepType; readonly refresh?: string };

type PriceTypeSettings = Pick<RawStepSettings, 'price_type' | 'what'>;

/** A step as written, with its type. */
export interface RawStep extends StepNeeds {
  readonly settings: RawStepSettings;
}

const defaultRefresh = {
  contracts: 7 * day,
  chains: day,
  history: 30 * day,
} as const;
const defaultLookback = { equity: '1y', options: '5 sessions' } as const;

/** Steps, each after the steps it needs. */
export interface ParsedSteps {
  /** Steps that run for each symbol, with defaults applied. */
  readonly steps: readonly Step[];
  /** Custom steps as written. */
  readonly customSteps: readonly RawStep[];
}

/** Reads the steps and reports problems of their needs. */
export function readSteps(
  validated: ValidatedPipeline,
  resolveAuto: () => ProviderName,
  report: ReportDiagnostic,
): ParsedSteps {
  const { file, root, stepNames, wasDropped } = validated;
  const rawSteps: RawStep[] = [];
  for (const [name, settings] of Object.entries(file.steps)) {
    if (settings === undefined) continue;
    const uses = settings.uses ?? stepTypes.find((type) => type === name);
    if (uses === undefined) continue;
    const { needs = [] } = settings;
    const isPartial = wasDropped(['steps', name, 'needs']) || wasDropped(['steps', name, 'uses']);
    rawSteps.push({
      name,
      uses,
      needs: [...new Set(typeof needs === 'string' ? [needs] : needs)],
      isPartial,
      settings,
    });
  }
  checkNeeds(rawSteps, stepNames, root, report);
  const { provider: defaultProvider = 'mock' } = file;
  const steps: Step[] = [];
  const customSteps: RawStep[] = [];
  for (const step of sortSteps(rawSteps)) {
    const { provider = defaultProvider } = step.settings;
    if (step.uses === 'sql' || step.uses === 'exec') {
      customSteps.push(step);
      continue;
    }
    if (step.uses === 'overview') {
      const overview = readOverviewStep(step, steps);
      if (overview !== null) steps.push(overview);
    } else
      steps.push(
        readStep({ ...step, uses: step.uses }, provider === 'auto' ? resolveAuto() : provider, validated, report),
      );
  }
  warnAboutIdleRuns(steps, validated, report);
  return { steps, customSteps };
}

/** Creates an overview step with the provider of its snapshots; null without snapshots, which has been reported. */
function readOverviewStep({ name, needs }: RawStep, earlier: readonly Step[]): OverviewStep | null {
  const snapshotSteps = earlier.filter((step) => step.uses === 'snapshots').filter((step) => needs.includes(step.name));
  const [first] = snapshotSteps;
  return first === undefined ? null : { name, uses: 'overview', needs, provider: first.provider, snapshotSteps };
}

function readStep(
  { name, uses, needs, settings }: RawStep & { readonly uses: Exclude<StepType, 'overview' | 'sql' | 'exec'> },
  provider: ProviderName,
  validated: ValidatedPipeline,
  report: ReportDiagnostic,
): Step {
  const defaults = validated.file.defaults?.steps ?? {};
  const duration = createDurationReader(validated, report);

  /** Reads a duration of the step or of the defaults and reports problems at its location. */
  const readDuration = (
    key: 'refresh' | 'revision_window' | 'timeout',
    read: typeof duration = duration,
  ): Duration | null => {
    const text = settings[key];
    if (text !== undefined) return read(text, ['steps', name, key]);
    const defaultText = defaults[key];
    return defaultText === undefined ? null : read(defaultText, ['defaults', 'steps', key]);
  };
  const timeout = readDuration('timeout', (text, path) => readSymbolTimeout(text, path, validated, report));
  const base = { name, needs, provider, timeout };

  switch (uses) {
    case 'quotes':
      return { ...base, uses, refresh: readDuration('refresh') ?? getDefaultLiveRefresh(validated) };
    case 'contracts':
    case 'chains':
      return { ...base, uses, refresh: readDuration('refresh') ?? defaultRefresh[uses] };
    case 'history':
      return {
        ...base,
        uses,
        refresh: readDuration('refresh') ?? defaultRefresh[uses],
        priceType: readPriceType(name, settings, validated, report),
        hours: settings.hours ?? defaults.hours ?? 'rth',
      };
    case 'snapshots': {
      const { strikes = 10, adaptive_strikes: adaptiveStrikes = false, expiries = 4, rights = ['C', 'P'] } = settings;
      const refresh = readDuration('refresh') ?? getDefaultLiveRefresh(validated);
      return { ...base, uses, refresh, strikes, adaptiveStrikes, expiries, rights: [...new Set(rights)] };
    }
    case 'equity':
    case 'options': {
      const sizes = settings.bar_size ?? defaults.bar_size ?? '1 day';
      const bars = {
        ...base,
        barSizes: [...new Set(typeof sizes === 'string' ? [sizes] : sizes)],
        priceType: readPriceType(name, settings, validated, report),
        hours: settings.hours ?? defaults.hours ?? 'rth',
        lookback: readLookback(name, uses, settings, validated, report),
        revisionWindow: readDuration('revision_window'),
      };
      if (uses === 'equity') return { ...bars, uses };
      const { strikes = 3, adaptive_strikes: adaptiveStrikes = false, expiries = 2, rights = ['C', 'P'] } = settings;
      return { ...bars, uses, strikes, adaptiveStrikes, expiries, rights: [...new Set(rights)] };
    }
  }
}

/** Returns the price type of a step; `what` is the alias of Interactive Brokers for it. */
function readPriceType(
  name: string,
  settings: PriceTypeSettings,
  { file, root }: ValidatedPipeline,
  report: ReportDiagnostic,
): PriceType {
  const levels: readonly (readonly [PriceTypeSettings, NodePath])[] = [
    [settings, ['steps', name]],
    [file.defaults?.steps ?? {}, ['defaults', 'steps']],
  ];
  for (const [{ price_type: priceType, what }, path] of levels) {
    if (priceType !== undefined && what !== undefined) {
      report(
        problem('conflicting-keys', findKeyLocation(root, [...path, 'what']), '`what` is an alias of `price_type`', {
          related: [{ message: '`price_type` is set here', location: findKeyLocation(root, [...path, 'price_type']) }],
          suggestion: 'remove `what`',
        }),
      );
    }
    const chosen = priceType ?? what;
    if (chosen !== undefined) return chosen;
  }
  return 'TRADES';
}

function readLookback(
  name: string,
  uses: 'equity' | 'options',
  { lookback, from, to }: RawStepSettings,
  { file, root, wasDropped }: ValidatedPipeline,
  report: ReportDiagnostic,
): Lookback {
  const path = ['steps', name];
  const fallback: Lookback = { kind: 'days', days: 1 };

  if (from !== undefined || to !== undefined) {
    if (lookback !== undefined) {
      const other = from === undefined ? 'to' : 'from';
      report(
        problem(
          'ambiguous-lookback',
          findKeyLocation(root, [...path, other]),
          `\`${name}\` has both \`lookback\` and \`${other}\``,
          {
            related: [{ message: '`lookback` is set here', location: findKeyLocation(root, [...path, 'lookback']) }],
            suggestion: 'remove one of them',
          },
        ),
      );
      return fallback;
    }
    if (from === undefined) {
      if (!wasDropped([...path, 'from'])) {
        report(
          problem('missing-key', findKeyLocation(root, [...path, 'to']), '`to` needs `from`', {
            suggestion: 'add `from: 2024-01-01`, or use `lookback: 1y` instead',
          }),
        );
      }
      return fallback;
    }
    const dates = [
      ['from', from],
      ['to', to],
    ] as const;
    let areValid = true;
    for (const [key, date] of dates) {
      const explanation = date === undefined ? null : explainDate(date);
      if (explanation === null) continue;
      areValid = false;
      report(problem('bad-date', findLocation(root, [...path, key]), explanation.message, explanation));
    }
    if (areValid && to !== undefined && from > to) {
      const message = `\`to\` (${to}) is before \`from\` (${from})`;
      report(
        problem('empty-range', findLocation(root, [...path, 'to']), message, {
          related: [{ message: '`from` is set here', location: findLocation(root, [...path, 'from']) }],
        }),
      );
    }
    // Users write the last date, inclusive; internally the end of a range is exclusive.
    return { kind: 'dates', from, to: to === undefined || !areValid ? null : addDays(to, 1) };
  }

  const defaultText = file.defaults?.steps?.lookback;
  const text = lookback ?? defaultText ?? defaultLookback[uses];
  const parsed = parseLookback(text);
  if (parsed !== null) return parsed;
  const { message, suggestion } = explainLookback(text);
  const location = findLocation(
    root,
    lookback === undefined ? ['defaults', 'steps', 'lookback'] : [...path, 'lookback'],
  );
  report(problem('bad-lookback', location, message, { suggestion }));
  return fallback;
}
