import type { Diagnostic } from '../core/diagnostic.js';
import type { ProviderName } from '../core/series.js';
import { readAnalytics } from './analytics-settings.js';
import { gatherSymbols, refuseOverlaps } from './gather.js';
import { pipelineHash } from './hash.js';
import { readMerged } from './include.js';
import { withoutEffects } from './interpolate.js';
import type { Environment, Unresolved } from './interpolate.js';
import { leaveOutChannels } from './left-out-channels.js';
import type { LeftOut } from './left-out-channels.js';
import { readBreaker, readPacing, readRetry, readSymbolLimits } from './limits.js';
import { collectMentions } from './mentions.js';
import { inReadingOrder } from '../yaml/order.js';
import type { Pipeline } from './pipeline.js';
import { problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { readOwnSteps } from './own-steps.js';
import { checkStepNames } from './references.js';
import { readLineage, readProviders } from './provider-settings.js';
import { checkSettings } from './settings.js';
import { readSchedule } from './schedule.js';
import { sourceReader } from '../yaml/sources.js';
import type { ReadFile, SourceReader, Sources } from '../yaml/sources.js';
import { readSteps } from './steps.js';
import { readTelling } from './read-telling.js';
import { keyPlaceAt, placeAt } from '../yaml/tree.js';
import { validatePipeline } from './validate.js';
import type { Validated } from './validate.js';

/** What loading needs of the world. */
export interface LoadOptions {
  /** What `${NAME}` stands for. */
  readonly environment: Environment;
  /** The calendars that symbols may name. */
  readonly knownCalendars: readonly string[];
  readonly readFile: ReadFile;
  /** Which source `auto` stands for; asked only where a pipeline says so. */
  readonly auto: () => AutoProvider;
  /** Whether a channel of alerts whose variables are not there is left out with a warning, and is no error. */
  readonly leavesOutChannels?: boolean;
}

/** The source that `provider: auto` stands for, and what has to be said about the choice wherever its rows are. */
export interface AutoProvider {
  readonly provider: ProviderName;
  readonly warning: string | null;
}

/** A pipeline that may be planned, or everything that is wrong with the file; with the texts that the places point into. */
export type Loaded =
  | {
      readonly ok: true;
      readonly pipeline: Pipeline;
      readonly warnings: readonly Diagnostic[];
      readonly sources: Sources;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly sources: Sources };

/** Reads a pipeline file, what it includes and the symbol files it names, and tells every problem at once. */
export async function loadPipeline(file: string, options: LoadOptions): Promise<Loaded> {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  const reader = sourceReader(options.readFile, report);

  const unresolved: Unresolved[] = [];
  const root = await readMerged(file, { reader, environment: options.environment, unresolved }, report);
  const leftOut =
    root === null || options.leavesOutChannels !== true ? nothingLeftOut : leaveOutChannels(root, unresolved);
  const validated = root === null ? null : validatePipeline(root, report);
  let chosen: AutoProvider | null = null;
  const auto = (): AutoProvider => (chosen ??= options.auto());
  const content =
    validated === null ? null : await readContent(file, validated, leftOut, reader, { ...options, auto }, report);

  const { sources } = reader;
  const told = diagnostics.map((diagnostic) => leftOut.instead.get(diagnostic) ?? diagnostic);
  const isWrong = told.some(({ severity }) => severity === 'error');
  if (content === null && !isWrong) throw new Error(`${file} was refused without a reason`);
  const ordered = inReadingOrder(withoutEffects(told, unresolved), sources);
  if (content === null || isWrong) return { ok: false, diagnostics: ordered, sources };
  const aboutAuto = chosenOf(chosen)?.warning ?? null;
  const pipeline = { ...content, file, hash: pipelineHash(content), aboutAuto };
  return { ok: true, pipeline, warnings: ordered, sources };
}

const nothingLeftOut: LeftOut = { channels: [], instead: new Map() };

/** The compiler does not see that it is set by then. */
function chosenOf(chosen: AutoProvider | null): AutoProvider | null {
  return chosen;
}

/** Everything of a pipeline but where it came from: what its hash is taken over. */
type Content = Omit<Pipeline, 'file' | 'hash' | 'aboutAuto'>;

async function readContent(
  path: string,
  validated: Validated,
  leftOut: LeftOut,
  reader: SourceReader,
  options: LoadOptions,
  report: Report,
): Promise<Content> {
  const { file, root } = validated;
  const { knownCalendars } = options;
  const { steps, own } = readSteps(validated, () => options.auto().provider, report);
  checkStepNames(validated, report);
  const pipelineCalendar = file.calendar === undefined ? {} : { calendar: file.calendar };
  checkSettings(pipelineCalendar, knownCalendars, () => placeAt(root, ['calendar']), report);
  checkSettings(
    file.defaults?.symbols ?? {},
    knownCalendars,
    (name) => placeAt(root, ['defaults', 'symbols', name]),
    report,
  );
  const { mentions, isComplete } = await collectMentions(file, root, reader, knownCalendars, report);
  if (mentions.length === 0 && isComplete) reportNoSymbols(validated, report);
  const symbols = gatherSymbols(mentions, { ...file.defaults?.symbols, ...pipelineCalendar }, steps, report);
  const whole = steps.filter((step) => !validated.wasDropped(['steps', step.name]));
  refuseOverlaps(whole, symbols, (step) => keyPlaceAt(root, ['steps', step]), report);
  return {
    name: file.name,
    description: file.description ?? null,
    schedule: readSchedule(validated, { symbols, knownCalendars }, report),
    symbols,
    steps,
    own: await readOwnSteps(own, { steps, path, validated, reader, readFile: options.readFile }, report),
    pacing: readPacing(validated, report),
    retry: readRetry(validated, report),
    breaker: readBreaker(validated, report),
    symbolLimits: readSymbolLimits(validated, report),
    analytics: readAnalytics(validated),
    providers: readProviders(validated, path, symbols, report),
    lineage: readLineage(validated, report),
    metrics: { prefix: file.metrics?.prefix ?? 'pipe', symbolLabel: file.metrics?.symbol_label ?? 'symbol' },
    telling: readTelling(validated, leftOut.channels, report),
  };
}

function reportNoSymbols({ root, wasDropped }: Validated, report: Report): void {
  // Symbols that could not be read have been told about already.
  if (wasDropped(['symbols']) || wasDropped(['groups'])) return;
  const place = root.entries.has('symbols') ? keyPlaceAt(root, ['symbols']) : placeAt(root, []);
  report(
    problem('no-symbols', place, 'the pipeline names no symbols', { suggestion: 'add `symbols: [AAPL]`, or `groups`' }),
  );
}
