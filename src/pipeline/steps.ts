import { addDays, day } from '../core/time.js';
import type { ProviderName } from '../core/series.js';
import type { Duration } from '../core/time.js';
import { durationReader } from '../yaml/duration-reader.js';
import { explainDate } from '../yaml/explain-date.js';
import { readSymbolTimeout } from './limits.js';
import { explainLookback, parseLookback } from './lookback.js';
import { momentRefresh, warnOfIdleCycles } from './moments.js';
import type { Lookback, OverviewStep, Step, StepType } from './pipeline.js';
import { checkNeeds, inOrder, stepTypes } from './prerequisites.js';
import type { StepNeeds } from './prerequisites.js';
import { problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import type { OptionsStep } from './schema.generated.js';
import { keyPlaceAt, placeAt } from '../yaml/tree.js';
import type { Validated } from './validate.js';

/** Everything that a step of any type may say. */
type StepSettings = Omit<OptionsStep, 'uses'> & { readonly uses?: StepType; readonly refresh?: string };

/** A step as written, with its type settled. */
export interface WrittenStep extends StepNeeds {
  readonly settings: StepSettings;
}

const refreshDefaults = {
  contracts: 7 * day,
  chains: day,
  history: 30 * day,
} as const;
const lookbackDefaults = { equity: '1y', options: '5 sessions' } as const;

/** Steps in an order in which each comes after what it needs. */
export interface ReadSteps {
  /** Those that are done for each symbol, with all defaults applied. */
  readonly steps: readonly Step[];
  /** Those of the user's own, as they are written. */
  readonly own: readonly WrittenStep[];
}

/** Reads the steps and reports what is wrong with their needs. */
export function readSteps(validated: Validated, auto: () => ProviderName, report: Report): ReadSteps {
  const { file, root, stepNames, wasDropped } = validated;
  const written: WrittenStep[] = [];
  for (const [name, settings] of Object.entries(file.steps)) {
    if (settings === undefined) continue;
    const uses = settings.uses ?? stepTypes.find((type) => type === name);
    if (uses === undefined) continue;
    const { needs = [] } = settings;
    const isPartial = wasDropped(['steps', name, 'needs']) || wasDropped(['steps', name, 'uses']);
    written.push({ name, uses, needs: [...new Set(typeof needs === 'string' ? [needs] : needs)], isPartial, settings });
  }
  checkNeeds(written, stepNames, root, report);
  const { provider: common = 'mock' } = file;
  const steps: Step[] = [];
  const own: WrittenStep[] = [];
  for (const step of inOrder(written)) {
    const { provider = common } = step.settings;
    if (step.uses === 'sql' || step.uses === 'exec') {
      own.push(step);
      continue;
    }
    if (step.uses === 'overview') {
      const overview = overviewStep(step, steps);
      if (overview !== null) steps.push(overview);
    } else
      steps.push(readStep({ ...step, uses: step.uses }, provider === 'auto' ? auto() : provider, validated, report));
  }
  warnOfIdleCycles(steps, validated, report);
  return { steps, own };
}

/** Its source is that of the snapshots; null without any, which has been reported. */
function overviewStep({ name, needs }: WrittenStep, earlier: readonly Step[]): OverviewStep | null {
  const of = earlier.filter((step) => step.uses === 'snapshots').filter((step) => needs.includes(step.name));
  const [first] = of;
  return first === undefined ? null : { name, uses: 'overview', needs, provider: first.provider, of };
}

function readStep(
  { name, uses, needs, settings }: WrittenStep & { readonly uses: Exclude<StepType, 'overview' | 'sql' | 'exec'> },
  provider: ProviderName,
  validated: Validated,
  report: Report,
): Step {
  const defaults = validated.file.defaults?.steps ?? {};
  const duration = durationReader(validated, report);

  /** A duration said by the step, or by the defaults for steps; each is reported at its own place. */
  const own = (key: 'refresh' | 'settle' | 'timeout', read: typeof duration = duration): Duration | null => {
    const text = settings[key];
    if (text !== undefined) return read(text, ['steps', name, key]);
    const common = defaults[key];
    return common === undefined ? null : read(common, ['defaults', 'steps', key]);
  };
  const timeout = own('timeout', (text, path) => readSymbolTimeout(text, path, validated, report));
  const base = { name, needs, provider, timeout };

  switch (uses) {
    case 'quotes':
      return { ...base, uses, refresh: own('refresh') ?? momentRefresh(validated) };
    case 'contracts':
    case 'chains':
      return { ...base, uses, refresh: own('refresh') ?? refreshDefaults[uses] };
    case 'history':
      return {
        ...base,
        uses,
        refresh: own('refresh') ?? refreshDefaults[uses],
        what: settings.what ?? defaults.what ?? 'TRADES',
        hours: settings.hours ?? defaults.hours ?? 'rth',
      };
    case 'snapshots': {
      const { strikes = 10, adaptive = false, expiries = 4, rights = ['C', 'P'] } = settings;
      const refresh = own('refresh') ?? momentRefresh(validated);
      return { ...base, uses, refresh, strikes, adaptive, expiries, rights: [...new Set(rights)] };
    }
    case 'equity':
    case 'options': {
      const sizes = settings.bar_size ?? defaults.bar_size ?? '1 day';
      const bars = {
        ...base,
        barSizes: [...new Set(typeof sizes === 'string' ? [sizes] : sizes)],
        what: settings.what ?? defaults.what ?? 'TRADES',
        hours: settings.hours ?? defaults.hours ?? 'rth',
        lookback: readLookback(name, uses, settings, validated, report),
        settle: own('settle'),
      };
      if (uses === 'equity') return { ...bars, uses };
      const { strikes = 3, adaptive = false, expiries = 2, rights = ['C', 'P'] } = settings;
      return { ...bars, uses, strikes, adaptive, expiries, rights: [...new Set(rights)] };
    }
  }
}

function readLookback(
  name: string,
  uses: 'equity' | 'options',
  { lookback, from, to }: StepSettings,
  { file, root, wasDropped }: Validated,
  report: Report,
): Lookback {
  const path = ['steps', name];
  const fallback: Lookback = { kind: 'days', days: 1 };

  if (from !== undefined || to !== undefined) {
    if (lookback !== undefined) {
      const other = from === undefined ? 'to' : 'from';
      report(
        problem(
          'two-look-backs',
          keyPlaceAt(root, [...path, other]),
          `\`${name}\` has both a look-back and \`${other}\``,
          {
            related: [{ message: 'the look-back', place: keyPlaceAt(root, [...path, 'lookback']) }],
            suggestion: 'leave out one of them',
          },
        ),
      );
      return fallback;
    }
    if (from === undefined) {
      if (!wasDropped([...path, 'from'])) {
        report(
          problem('missing-key', keyPlaceAt(root, [...path, 'to']), '`to` needs a `from`', {
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
    let exist = true;
    for (const [key, date] of dates) {
      const wrong = date === undefined ? null : explainDate(date);
      if (wrong === null) continue;
      exist = false;
      report(problem('bad-date', placeAt(root, [...path, key]), wrong.message, wrong));
    }
    if (exist && to !== undefined && from > to) {
      const message = `\`to\` (${to}) comes before \`from\` (${from})`;
      report(
        problem('empty-span', placeAt(root, [...path, 'to']), message, {
          related: [{ message: 'from', place: placeAt(root, [...path, 'from']) }],
        }),
      );
    }
    // Users write the last date they want; inside, every span is half-open.
    return { kind: 'dates', from, to: to === undefined || !exist ? null : addDays(to, 1) };
  }

  const common = file.defaults?.steps?.lookback;
  const text = lookback ?? common ?? lookbackDefaults[uses];
  const parsed = parseLookback(text);
  if (parsed !== null) return parsed;
  const { message, suggestion } = explainLookback(text);
  const place = placeAt(root, lookback === undefined ? ['defaults', 'steps', 'lookback'] : [...path, 'lookback']);
  report(problem('bad-lookback', place, message, { suggestion }));
  return fallback;
}
