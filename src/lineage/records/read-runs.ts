import { basename, join } from 'node:path';
import { isLocalDate, toUtcDate } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { RunEvent } from '../../core/events.js';
import { parseEventLines } from './event-line.js';
import type { FileStore } from '../../platform/file-store.js';
import { eventsFile, summaryFile } from './run-folder.js';
import { parseSummary, finishSummary, startSummary } from './run-summary.js';
import type { ProcessRef, RunSummary } from './run-summary.js';

/** A run with its recorded files. */
export interface RecordedRun extends RunSummary {
  readonly folder: string;
  /** True if `run.json` contains the final status; otherwise it was derived from the events. */
  readonly closed: boolean;
}

export interface ReadRunsOptions {
  readonly files: FileStore;
  /** Returns whether the process of a run without a final status is alive; if absent, such a run counts as crashed. */
  readonly isAlive?: (process: ProcessRef) => boolean;
}

export interface ListRunsOptions extends ReadRunsOptions {
  /** The maximum number of matching runs. */
  readonly limit: number;
  /** Only runs of the pipeline with this name. */
  readonly pipeline?: string;
  /** Only runs that started at this instant or later. */
  readonly since?: Instant;
}

/** Lists the latest runs, newest first. */
export async function listRuns(lineageFolder: string, options: ListRunsOptions): Promise<RecordedRun[]> {
  const runs: RecordedRun[] = [];
  if (options.limit <= 0) return runs;
  for await (const folder of listRunFolders(lineageFolder, options.files, options.since)) {
    const run = await readRunFolder(folder, options);
    if (run === null || run.startedAt < (options.since ?? run.startedAt)) continue;
    if (runs.push(run) >= options.limit) break;
  }
  return runs;
}

/** Reads a run by its id or by a unique prefix or suffix of it; null if no run or several match. */
export async function readRun(
  lineageFolder: string,
  id: string,
  options: ReadRunsOptions,
): Promise<RecordedRun | null> {
  const matches: string[] = [];
  for await (const folder of listRunFolders(lineageFolder, options.files)) {
    const name = basename(folder);
    if (name === id) return readRunFolder(folder, options);
    if (id !== '' && (name.startsWith(id) || name.endsWith(id))) matches.push(folder);
  }
  const [only, another] = matches;
  return only === undefined || another !== undefined ? null : readRunFolder(only, options);
}

/** Reads the recorded events of a run, in order. */
export async function readEvents(run: RecordedRun, files: FileStore): Promise<RunEvent[]> {
  return parseEventLines((await files.read(join(run.folder, eventsFile))) ?? '');
}

/** Lists the folders of all runs, newest first. Days and run ids, which begin with the time, sort by name. */
async function* listRunFolders(lineageFolder: string, files: FileStore, since?: Instant): AsyncIterable<string> {
  const days = (await files.list(lineageFolder)).filter(isLocalDate).sort().reverse();
  for (const day of days) {
    if (since !== undefined && day < toUtcDate(since)) return;
    const names = [...(await files.list(join(lineageFolder, day)))].sort().reverse();
    for (const name of names) yield join(lineageFolder, day, name);
  }
}

/** Reads a run. `run.json` may be missing or older than the events if the process died. */
export async function readRunFolder(
  folder: string,
  options: ReadRunsOptions & Pick<ListRunsOptions, 'pipeline'>,
): Promise<RecordedRun | null> {
  const isOtherPipeline = ({ pipeline }: RunSummary): boolean => pipeline.name !== (options.pipeline ?? pipeline.name);
  const text = await options.files.read(join(folder, summaryFile));
  const stored = text === null ? null : parseSummary(text);
  // Checked first: reading the events is expensive.
  if (stored !== null && isOtherPipeline(stored)) return null;
  if (stored !== null && stored.status !== 'running') return { ...stored, folder, closed: true };
  if (stored?.process && options.isAlive?.(stored.process) === true) return { ...stored, folder, closed: false };

  const events = parseEventLines((await options.files.read(join(folder, eventsFile))) ?? '');
  const started = events.find((event) => event.type === 'run-started');
  const start = stored ?? (started === undefined ? null : startSummary(started, null));
  if (start?.runId !== basename(folder) || isOtherPipeline(start)) return null;
  const finished = events.find((event) => event.type === 'run-finished');
  if (finished !== undefined) return { ...finishSummary(start, finished), folder, closed: false };
  return { ...start, ...countProgress(events), status: 'crashed', folder, closed: false };
}

/** Counts the requests and rows in the events of a run. */
export function countProgress(events: readonly RunEvent[]): { requests: number; rows: number } {
  let requests = 0;
  let rows = 0;
  for (const event of events) {
    if (event.type === 'request-sent') requests++;
    if (event.type === 'request-completed') rows += event.rows;
  }
  return { requests, rows };
}
