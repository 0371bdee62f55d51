import type { Diagnostic } from '../../core/diagnostic.js';
import type { ProviderName } from '../../core/series.js';
import { readAnalytics } from './settings/read-analytics.js';
import { resolveSymbols, rejectOverlappingSteps } from './symbols/resolve-symbols.js';
import { hashPipeline } from './hash-pipeline.js';
import { readWithIncludes } from './files/read-with-includes.js';
import { dropFollowUpDiagnostics } from './files/interpolate.js';
import type { Environment, UnresolvedValue } from './files/interpolate.js';
import { disableChannels } from './notifications/disabled-channels.js';
import type { DisabledChannels } from './notifications/disabled-channels.js';
import { readBreaker, readPacing, readRetry, readSymbolLimits } from './settings/read-limits.js';
import { collectMentions } from './symbols/collect-mentions.js';
import { sortDiagnostics } from '../yaml/sort-diagnostics.js';
import type { Pipeline } from './pipeline.js';
import { problem } from '../yaml/problem.js';
import type { ReportDiagnostic } from '../yaml/problem.js';
import { readCustomSteps } from './steps/read-custom-steps.js';
import { checkStepNames } from './steps/check-step-names.js';
import { readLineage, readProviders } from './settings/read-provider-settings.js';
import { checkSymbolSettings } from './symbols/symbol-settings.js';
import { readSchedule } from './schedule/read-schedule.js';
import { createSourceTextReader } from '../yaml/source-texts.js';
import type { ReadFile, SourceTextReader, SourceTexts } from '../yaml/source-texts.js';
import { readSteps } from './steps/read-steps.js';
import { readNotifications } from './notifications/read-notifications.js';
import { findKeyLocation, findLocation } from '../yaml/tree.js';
import { validatePipeline } from './validate-pipeline.js';
import type { ValidatedPipeline } from './validate-pipeline.js';

/** What loading needs of the world. */
export interface LoadOptions {
  /** What `${NAME}` stands for. */
  readonly environment: Environment;
  /** The calendars that symbols may name. */
  readonly knownCalendars: readonly string[];
  readonly readFile: ReadFile;
  /** Which source `auto` stands for; asked only where a pipeline says so. */
  readonly resolveAuto: () => AutoProvider;
  /** Whether a channel of alerts whose variables are not there is left out with a warning, and is no error. */
  readonly disablesUnsetChannels?: boolean;
}

/** The source that `provider: auto` stands for, and what has to be said about the choice wherever its rows are. */
export interface AutoProvider {
  readonly provider: ProviderName;
  readonly warning: string | null;
}

/** A pipeline that may be planned, or everything that is wrong with the file; with the texts that the places point into. */
export type LoadedPipeline =
  | {
      readonly ok: true;
      readonly pipeline: Pipeline;
      readonly warnings: readonly Diagnostic[];
      readonly sourceTexts: SourceTexts;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly sourceTexts: SourceTexts };

/** Reads a pipeline file, what it includes and the symbol files it names, and tells every problem at once. */
export async function loadPipeline(file: string, options: LoadOptions): Promise<LoadedPipeline> {
  const diagnostics: Diagnostic[] = [];
  const report: ReportDiagnostic = (diagnostic) => diagnostics.push(diagnostic);
  const reader = createSourceTextReader(options.readFile, report);

  const unresolved: UnresolvedValue[] = [];
  const root = await readWithIncludes(file, { reader, environment: options.environment, unresolved }, report);
  const disabledChannels =
    root === null || options.disablesUnsetChannels !== true ? noDisabledChannels : disableChannels(root, unresolved);
  const validated = root === null ? null : validatePipeline(root, report);
  let autoProvider: AutoProvider | null = null;
  const resolveAuto = (): AutoProvider => (autoProvider ??= options.resolveAuto());
  const content =
    validated === null
      ? null
      : await readPipelineContent(file, validated, disabledChannels, reader, { ...options, resolveAuto }, report);

  const { sourceTexts } = reader;
  const reported = diagnostics.map((diagnostic) => disabledChannels.replacements.get(diagnostic) ?? diagnostic);
  const hasErrors = reported.some(({ severity }) => severity === 'error');
  if (content === null && !hasErrors) throw new Error(`${file} was refused without a reason`);
  const ordered = sortDiagnostics(dropFollowUpDiagnostics(reported, unresolved), sourceTexts);
  if (content === null || hasErrors) return { ok: false, diagnostics: ordered, sourceTexts };
  const autoProviderWarning = readChosen(autoProvider)?.warning ?? null;
  const pipeline = { ...content, file, hash: hashPipeline(content), autoProviderWarning };
  return { ok: true, pipeline, warnings: ordered, sourceTexts };
}

const noDisabledChannels: DisabledChannels = { channels: [], replacements: new Map() };

/** The compiler does not see that it is set by then. */
function readChosen(chosen: AutoProvider | null): AutoProvider | null {
  return chosen;
}

/** Everything of a pipeline but where it came from: what its hash is taken over. */
type PipelineContent = Omit<Pipeline, 'file' | 'hash' | 'autoProviderWarning'>;

async function readPipelineContent(
  path: string,
  validated: ValidatedPipeline,
  disabledChannels: DisabledChannels,
  reader: SourceTextReader,
  options: LoadOptions,
  report: ReportDiagnostic,
): Promise<PipelineContent> {
  const { file, root } = validated;
  const { knownCalendars } = options;
  const { steps, customSteps: rawCustomSteps } = readSteps(validated, () => options.resolveAuto().provider, report);
  checkStepNames(validated, report);
  const pipelineCalendar = file.calendar === undefined ? {} : { calendar: file.calendar };
  checkSymbolSettings(pipelineCalendar, knownCalendars, () => findLocation(root, ['calendar']), report);
  checkSymbolSettings(
    file.defaults?.symbols ?? {},
    knownCalendars,
    (name) => findLocation(root, ['defaults', 'symbols', name]),
    report,
  );
  const { mentions, isComplete } = await collectMentions(file, root, reader, knownCalendars, report);
  if (mentions.length === 0 && isComplete) reportNoSymbols(validated, report);
  const symbols = resolveSymbols(mentions, { ...file.defaults?.symbols, ...pipelineCalendar }, steps, report);
  const intactSteps = steps.filter((step) => !validated.wasDropped(['steps', step.name]));
  rejectOverlappingSteps(intactSteps, symbols, (step) => findKeyLocation(root, ['steps', step]), report);
  return {
    name: file.name,
    description: file.description ?? null,
    schedule: readSchedule(validated, { symbols, knownCalendars }, report),
    symbols,
    steps,
    customSteps: await readCustomSteps(
      rawCustomSteps,
      { steps, path, validated, reader, readFile: options.readFile },
      report,
    ),
    pacing: readPacing(validated, report),
    retry: readRetry(validated, report),
    breaker: readBreaker(validated, report),
    symbolLimits: readSymbolLimits(validated, report),
    analytics: readAnalytics(validated),
    providers: readProviders(validated, path, symbols, report),
    lineage: readLineage(validated, report),
    metrics: { prefix: file.metrics?.prefix ?? 'pipe', symbolLabel: file.metrics?.symbol_label ?? 'symbol' },
    notifications: readNotifications(validated, disabledChannels.channels, report),
  };
}

function reportNoSymbols({ root, wasDropped }: ValidatedPipeline, report: ReportDiagnostic): void {
  // Symbols that could not be read have been told about already.
  if (wasDropped(['symbols']) || wasDropped(['groups'])) return;
  const location = root.entries.has('symbols') ? findKeyLocation(root, ['symbols']) : findLocation(root, []);
  report(
    problem('no-symbols', location, 'the pipeline names no symbols', {
      suggestion: 'add `symbols: [AAPL]`, or `groups`',
    }),
  );
}
