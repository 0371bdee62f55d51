import { addDays, day } from '../../../core/time/time.js';
import type { ProviderName } from '../../../core/series.js';
import type { Duration } from '../../../core/time/time.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { explainDate } from '../../yaml/explain-date.js';
import { readSymbolTimeout } from '../settings/read-limits.js';
import { explainLookback, parseLookback } from './lookback.js';
import { getDefaultLiveRefresh, warnAboutIdleCycles } from './live-refresh.js';
import type { Lookback, OverviewStep, Step, StepType } from '../pipeline.js';
import { checkNeeds, sortSteps, stepTypes } from './step-needs.js';
import type { StepNeeds } from './step-needs.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import type { OptionsStep } from '../schema.generated.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Everything that a step of any type may say. */
type RawStepSettings = Omit<OptionsStep, 'uses'> & { readonly uses?: StepType; readonly refresh?: string };

/** A step as written, with its type settled. */
export interface RawStep extends StepNeeds {
  readonly settings: RawStepSettings;
}

const defaultRefresh = {
  contracts: 7 * day,
  chains: day,
  history: 30 * day,
} as const;
const defaultLookback = { equity: '1y', options: '5 sessions' } as const;

/** Steps in an order in which each comes after what it needs. */
export interface ParsedSteps {
  /** Those that are done for each symbol, with all defaults applied. */
  readonly steps: readonly Step[];
  /** Those of the user's own, as they are written. */
  readonly customSteps: readonly RawStep[];
}

/** Reads the steps and reports what is wrong with their needs. */
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
  warnAboutIdleCycles(steps, validated, report);
  return { steps, customSteps };
}

/** Its source is that of the snapshots; null without any, which has been reported. */
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

  /** A duration said by the step, or by the defaults for steps; each is reported at its own place. */
  const readDuration = (key: 'refresh' | 'settle' | 'timeout', read: typeof duration = duration): Duration | null => {
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
        priceType: settings.what ?? defaults.what ?? 'TRADES',
        hours: settings.hours ?? defaults.hours ?? 'rth',
      };
    case 'snapshots': {
      const { strikes = 10, adaptive: adaptiveStrikes = false, expiries = 4, rights = ['C', 'P'] } = settings;
      const refresh = readDuration('refresh') ?? getDefaultLiveRefresh(validated);
      return { ...base, uses, refresh, strikes, adaptiveStrikes, expiries, rights: [...new Set(rights)] };
    }
    case 'equity':
    case 'options': {
      const sizes = settings.bar_size ?? defaults.bar_size ?? '1 day';
      const bars = {
        ...base,
        barSizes: [...new Set(typeof sizes === 'string' ? [sizes] : sizes)],
        priceType: settings.what ?? defaults.what ?? 'TRADES',
        hours: settings.hours ?? defaults.hours ?? 'rth',
        lookback: readLookback(name, uses, settings, validated, report),
        revisionWindow: readDuration('settle'),
      };
      if (uses === 'equity') return { ...bars, uses };
      const { strikes = 3, adaptive: adaptiveStrikes = false, expiries = 2, rights = ['C', 'P'] } = settings;
      return { ...bars, uses, strikes, adaptiveStrikes, expiries, rights: [...new Set(rights)] };
    }
  }
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
          'two-look-backs',
          findKeyLocation(root, [...path, other]),
          `\`${name}\` has both a look-back and \`${other}\``,
          {
            related: [{ message: 'the look-back', location: findKeyLocation(root, [...path, 'lookback']) }],
            suggestion: 'leave out one of them',
          },
        ),
      );
      return fallback;
    }
    if (from === undefined) {
      if (!wasDropped([...path, 'from'])) {
        report(
          problem('missing-key', findKeyLocation(root, [...path, 'to']), '`to` needs a `from`', {
            suggestion: 'add `from: 2024-01-01`, or write `lookback: 1y` instead',
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
      const message = `\`to\` (${to}) comes before \`from\` (${from})`;
      report(
        problem('empty-span', findLocation(root, [...path, 'to']), message, {
          related: [{ message: 'from', location: findLocation(root, [...path, 'from']) }],
        }),
      );
    }
    // Users write the last date they want; inside, every span is half-open.
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
