import { day } from '../../../core/time/time.js';
import type { FetchProvider } from '../../../core/series.js';
import type { PriceType } from '../../../core/tables/bars.js';
import type { Duration } from '../../../core/time/time.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { readSymbolTimeout } from '../settings/read-limits.js';
import { readLookback } from './read-lookback.js';
import { getDefaultLiveRefresh, warnAboutIdleRuns } from './live-refresh.js';
import type { OverviewStep, Step, StepType } from '../pipeline.js';
import { checkNeeds, sortSteps, stepTypes } from './step-needs.js';
import type { StepNeeds } from './step-needs.js';
import { readSelection, warnAboutMissingTerm } from './read-selections.js';
import { defaultAnalytics } from '../../../core/analytics-settings.js';
import { readPriceType } from '../../yaml/read-price-type.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import type { OptionsStep } from '../schema.generated.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Settings of all step types. */
type RawStepSettings = Omit<OptionsStep, 'uses'> & {
  readonly uses?: StepType;
  readonly refresh?: string;
  readonly overlap?: number;
};

/** A step as written, with its type. */
export interface RawStep extends StepNeeds {
  readonly settings: RawStepSettings;
}

const defaultRefresh = {
  contracts: 7 * day,
  chains: day,
  history: 30 * day,
} as const;

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
  resolveAuto: () => FetchProvider,
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
    if (step.uses === 'sql' || step.uses === 'exec' || step.uses === 'import') {
      customSteps.push(step);
      continue;
    }
    if (step.uses === 'overview') {
      const overview = readOverviewStep(step, steps);
      if (overview === null) continue;
      steps.push(overview);
      for (const snapshots of overview.snapshotSteps)
        warnAboutMissingTerm(step.name, snapshots, getAtmIvDays(validated), validated, report);
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
  {
    name,
    uses,
    needs,
    settings,
  }: RawStep & { readonly uses: Exclude<StepType, 'overview' | 'sql' | 'exec' | 'import'> },
  provider: FetchProvider,
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
        priceType: getPriceType(name, settings, validated, report),
        hours: settings.hours ?? defaults.hours ?? 'rth',
      };
    case 'snapshots': {
      const refresh = readDuration('refresh') ?? getDefaultLiveRefresh(validated);
      // With the nearest four alone, a symbol with an expiry every day would have none near the term of the overview.
      const expiries = { nearest: 4, terms: [getAtmIvDays(validated)], range: null };
      return { ...base, uses, refresh, ...readSelection(name, settings, { strikes: 10, expiries }, validated, report) };
    }
    case 'equity':
    case 'options': {
      const sizes = settings.bar_size ?? defaults.bar_size ?? '1 day';
      const bars = {
        ...base,
        barSizes: [...new Set(typeof sizes === 'string' ? [sizes] : sizes)],
        priceType: getPriceType(name, settings, validated, report),
        hours: settings.hours ?? defaults.hours ?? 'rth',
        lookback: readLookback(name, uses, settings, validated, report),
        revisionWindow: readDuration('revision_window'),
      };
      if (uses === 'equity') return { ...bars, uses, overlap: settings.overlap ?? 1 };
      return { ...bars, uses, ...readSelection(name, settings, { strikes: 3, expiries: 2 }, validated, report) };
    }
  }
}

/** Returns the term of the at-the-money volatility of overviews, in days. */
function getAtmIvDays({ file }: ValidatedPipeline): number {
  return file.analytics?.atm_iv_days ?? defaultAnalytics.atmIvDays;
}

/** Returns the price type of the step, else that of the defaults for steps. */
function getPriceType(
  name: string,
  settings: RawStepSettings,
  { file, root }: ValidatedPipeline,
  report: ReportDiagnostic,
): PriceType {
  const stepPriceType = readPriceType(settings, ['steps', name], root, report);
  return stepPriceType ?? readPriceType(file.defaults?.steps ?? {}, ['defaults', 'steps'], root, report) ?? 'TRADES';
}
