import { omitUndefined } from '../../platform/omit-undefined.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import type { FetchProvider } from '../../core/series.js';
import { readAnalytics } from './settings/read-analytics.js';
import { markAccepted } from './symbols/read-accepted.js';
import { resolveSymbols } from './symbols/resolve-symbols.js';
import { checkAdaptiveStrikes } from './steps/check-adaptive-strikes.js';
import { reportOverlappingSteps } from './steps/check-overlaps.js';
import { hashPipeline } from './hash-pipeline.js';
import { readWithIncludes } from './files/read-with-includes.js';
import { concealValues } from './files/conceal-values.js';
import type { InterpolatedValue } from './files/conceal-values.js';
import { dropFollowUpDiagnostics } from './files/interpolate.js';
import type { Environment, UnresolvedValue } from './files/interpolate.js';
import { disableUnsetEntries, noDisabledEntries } from './files/disable-unset.js';
import type { DisabledEntries } from './files/disable-unset.js';
import { readEmptyConfirmation } from './settings/read-empty-confirmation.js';
import { readBreaker, readPacing, readRetry, readSymbolLimits } from './settings/read-limits.js';
import type { QuerySymbols } from './symbols/database-symbols.js';
import { collectMentions } from './symbols/collect-mentions.js';
import { toLoaded } from '../yaml/loaded.js';
import type { Loaded } from '../yaml/loaded.js';
import type { Pipeline } from './pipeline.js';
import { problem } from '../yaml/problem.js';
import type { ReportDiagnostic } from '../yaml/problem.js';
import { readCustomSteps } from './steps/read-custom-steps.js';
import { checkStepNames } from './steps/check-step-names.js';
import { readLineage, readProviderSettings } from './settings/read-provider-settings.js';
import { checkSymbolSettings } from './symbols/symbol-settings.js';
import { readSchedule } from './schedule/read-schedule.js';
import { createSourceTextReader, isInProject } from '../yaml/source-texts.js';
import type { ProjectFolder, ReadFile, SourceTextReader } from '../yaml/source-texts.js';
import { readSteps } from './steps/read-steps.js';
import { readSinks } from './sinks/read-sinks.js';
import { readChecks } from './quality/read-checks.js';
import { readQuality } from './quality/read-quality.js';
import { readNotifications } from './notifications/read-notifications.js';
import { findKeyLocation, findLocation } from '../yaml/tree.js';
import { validatePipeline } from './validate-pipeline.js';
import type { ValidatedPipeline } from './validate-pipeline.js';

export interface LoadOptions {
  /** Variables that `${NAME}` can refer to. */
  readonly environment: Environment;
  /** Calendars that symbols can use. */
  readonly knownCalendars: readonly string[];
  readonly readFile: ReadFile;
  /** The folder to which the files that the pipeline names are confined; absent or null for any. */
  readonly project?: ProjectFolder | null;
  /** Selects the provider that `auto` stands for; called only for pipelines that use `auto`. */
  readonly resolveAuto: () => AutoProvider;
  /** Asks the databases that symbols name; absent for pipelines that may not use any. */
  readonly querySymbols?: QuerySymbols;
  /** Disables alert channels and sinks with unset variables with a warning; by default they are errors. */
  readonly disablesUnsetChannels?: boolean;
}

/** The provider that `auto` stands for, and a warning to show with its data. */
export interface AutoProvider {
  readonly provider: FetchProvider;
  readonly warning: string | null;
}

export type LoadedPipeline = Loaded<{ readonly pipeline: Pipeline }>;

/** Reads a pipeline file with its includes and symbol files. Reports every problem of the files in one pass. */
export async function loadPipeline(file: string, options: LoadOptions): Promise<LoadedPipeline> {
  const diagnostics: Diagnostic[] = [];
  const report: ReportDiagnostic = (diagnostic) => diagnostics.push(diagnostic);
  const reader = createSourceTextReader(options.readFile, report, options.project);

  const unresolved: UnresolvedValue[] = [];
  const values: InterpolatedValue[] = [];
  const root = await readWithIncludes(file, { reader, environment: options.environment, unresolved, values }, report);
  const disable = (keys: readonly string[], noun: string): DisabledEntries =>
    root === null || options.disablesUnsetChannels !== true
      ? noDisabledEntries
      : disableUnsetEntries(root, keys, noun, unresolved);
  const disabled = { channels: disable(['alerts', 'channels'], 'channel'), sinks: disable(['sinks'], 'sink') };
  const validated = root === null ? null : validatePipeline(root, report);
  const auto: { selected: AutoProvider | null } = { selected: null };
  const resolveAuto = (): AutoProvider => (auto.selected ??= options.resolveAuto());
  const content =
    validated === null
      ? null
      : await readPipelineContent(file, validated, disabled, reader, { ...options, resolveAuto }, report);

  const reported = diagnostics.map(
    (diagnostic) =>
      disabled.channels.replacements.get(diagnostic) ?? disabled.sinks.replacements.get(diagnostic) ?? diagnostic,
  );
  const relevant = concealValues(dropFollowUpDiagnostics(reported, unresolved), values);
  const autoProviderWarning = auto.selected?.warning ?? null;
  const loaded =
    content === null ? null : { pipeline: { ...content, file, hash: hashPipeline(content), autoProviderWarning } };
  return toLoaded(file, loaded, relevant, reader.sourceTexts);
}

interface Disabled {
  readonly channels: DisabledEntries;
  readonly sinks: DisabledEntries;
}

/** Ten years of daily bars of twenty symbols at Interactive Brokers. */
const defaultRestateRequests = 200;

/** The parts of a pipeline that its hash covers. */
type PipelineContent = Omit<Pipeline, 'file' | 'hash' | 'autoProviderWarning'>;

const noDatabase: QuerySymbols = () =>
  Promise.resolve({ kind: 'failed', message: 'databases are not available here', suggestion: 'list the symbols' });

async function readPipelineContent(
  path: string,
  validated: ValidatedPipeline,
  disabled: Disabled,
  reader: SourceTextReader,
  options: LoadOptions,
  report: ReportDiagnostic,
): Promise<PipelineContent> {
  const { file, root } = validated;
  const { knownCalendars } = options;
  const { steps, customSteps: rawCustomSteps } = readSteps(validated, () => options.resolveAuto().provider, report);
  checkStepNames(validated, report);
  const pipelineCalendar = omitUndefined({ calendar: file.calendar });
  checkSymbolSettings(pipelineCalendar, knownCalendars, () => findLocation(root, ['calendar']), report);
  checkSymbolSettings(
    file.defaults?.symbols ?? {},
    knownCalendars,
    (name) => findLocation(root, ['defaults', 'symbols', name]),
    report,
  );
  const { querySymbols = noDatabase } = options;
  const sources = { knownCalendars, querySymbols };
  const { mentions, isComplete, outdated } = await collectMentions(file, root, reader, sources, report);
  if (mentions.length === 0 && isComplete) reportNoSymbols(validated, report);
  const symbols = markAccepted(
    resolveSymbols(mentions, { ...file.defaults?.symbols, ...pipelineCalendar }, steps, report),
    validated,
    isComplete,
    report,
  );
  const intactSteps = steps.filter((step) => !validated.wasDropped(['steps', step.name]));
  reportOverlappingSteps(intactSteps, symbols, (step) => findKeyLocation(root, ['steps', step]), report);
  checkAdaptiveStrikes(intactSteps, (step) => findKeyLocation(root, ['steps', step, 'adaptive_strikes']), report);
  const providers = readProviderSettings(validated, path, symbols, report);
  const { scenario } = providers.synthetic;
  if (scenario !== null)
    await isInProject(
      options.project ?? null,
      scenario,
      findLocation(root, ['providers', 'synthetic', 'scenario']),
      report,
    );
  return {
    name: file.name,
    description: file.description ?? null,
    schedule: readSchedule(validated, { symbols, knownCalendars }, report),
    symbols,
    symbolWarnings: outdated,
    steps,
    customSteps: await readCustomSteps(
      rawCustomSteps,
      { steps, path, validated, reader, readFile: options.readFile, project: options.project ?? null },
      report,
    ),
    pacing: readPacing(validated, report),
    retry: readRetry(validated, report),
    breaker: readBreaker(validated, report),
    confirmEmpty: readEmptyConfirmation(validated, report),
    keepsForeignDeletes: file.on_foreign_delete === 'keep',
    restatement: { policy: file.restate ?? 'auto', maxRequests: file.restate_requests ?? defaultRestateRequests },
    symbolLimits: readSymbolLimits(validated, report),
    analytics: readAnalytics(validated),
    providers,
    lineage: readLineage(validated, report),
    metrics: { prefix: file.metrics?.prefix ?? 'pipe', symbolLabel: file.metrics?.symbol_label ?? 'symbol' },
    notifications: readNotifications(validated, disabled.channels.entries, report),
    quality: readQuality(validated, symbols, report),
    checks: readChecks(validated, report),
    sinks: readSinks(validated, disabled.sinks.entries, steps, symbols, report),
  };
}

function reportNoSymbols({ root, wasDropped }: ValidatedPipeline, report: ReportDiagnostic): void {
  // Symbols that were dropped as invalid have been reported.
  if (wasDropped(['symbols']) || wasDropped(['groups'])) return;
  const location = root.entries.has('symbols') ? findKeyLocation(root, ['symbols']) : findLocation(root, []);
  report(
    problem('no-symbols', location, 'the pipeline has no symbols', {
      suggestion: 'add `symbols: [AAPL]`, or `groups`',
    }),
  );
}
