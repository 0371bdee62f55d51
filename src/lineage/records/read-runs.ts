import { basename, join } from 'node:path';
import { isLocalDate, toUtcDate } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { RunEvent } from '../../core/events.js';
import { parseEventLines } from './event-line.js';
import type { FileStore } from '../../platform/file-store.js';
import { eventsFile, summaryFile } from './run-folder.js';
import { parseSummary, finishSummary, startSummary } from './run-summary.js';
import type { ProcessRef, RunSummary } from './run-summary.js';

/** A run found in the record. */
export interface RecordedRun extends RunSummary {
  /** Where its files are. */
  readonly folder: string;
  /** Whether `run.json` itself says how it ended; otherwise that was found out just now. */
  readonly closed: boolean;
}

/** How to read the record of runs. */
export interface ReadRunsOptions {
  readonly files: FileStore;
  /** Whether the process of a run that has not said how it ended is still there; without it such a run has crashed. */
  readonly isAlive?: (process: ProcessRef) => boolean;
}

/** Which runs are wanted. */
export interface ListRunsOptions extends ReadRunsOptions {
  /** How many at most, of those that are wanted. */
  readonly limit: number;
  /** Only runs of the pipeline with this name. */
  readonly pipeline?: string;
  /** Only runs that began at this instant or later; the days before it are not looked at. */
  readonly since?: Instant;
}

/** The last runs, newest first. */
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

/** One run by its id or by enough of the id's beginning or end to tell it from others; null when there is no such run. */
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

/** What happened in a run, in order, as far as it was written. */
export async function readEvents(run: RecordedRun, files: FileStore): Promise<RunEvent[]> {
  return parseEventLines((await files.read(join(run.folder, eventsFile))) ?? '');
}

/** The folders of all runs, newest first: days sort by name, and so do runs, whose ids begin with the time. */
async function* listRunFolders(lineageFolder: string, files: FileStore, since?: Instant): AsyncIterable<string> {
  const days = (await files.list(lineageFolder)).filter(isLocalDate).sort().reverse();
  for (const day of days) {
    if (since !== undefined && day < toUtcDate(since)) return;
    const names = [...(await files.list(join(lineageFolder, day)))].sort().reverse();
    for (const name of names) yield join(lineageFolder, day, name);
  }
}

/** `run.json` may be behind the events, when the process died between the two, or may not be there at all. */
export async function readRunFolder(
  folder: string,
  options: ReadRunsOptions & Pick<ListRunsOptions, 'pipeline'>,
): Promise<RecordedRun | null> {
  const isOtherPipeline = ({ pipeline }: RunSummary): boolean => pipeline.name !== (options.pipeline ?? pipeline.name);
  const text = await options.files.read(join(folder, summaryFile));
  const stored = text === null ? null : parseSummary(text);
  // Before its events are read: they are many.
  if (stored !== null && isOtherPipeline(stored)) return null;
  if (stored !== null && stored.status !== 'running') return { ...stored, folder, closed: true };
  if (stored?.process && options.isAlive?.(stored.process) === true) return { ...stored, folder, closed: false };

  const events = parseEventLines((await options.files.read(join(folder, eventsFile))) ?? '');
  const started = events.find((event) => event.type === 'run-started');
  const start = stored ?? (started === undefined ? null : startSummary(started, null));
  if (start?.runId !== basename(folder) || isOtherPipeline(start)) return null;
  const finished = events.find((event) => event.type === 'run-finished');
  if (finished !== undefined) return { ...finishSummary(start, finished), folder, closed: false };
  return { ...start, ...progressOf(events), status: 'crashed', folder, closed: false };
}

/** What a run has asked and received, as far as its events tell. */
export function progressOf(events: readonly RunEvent[]): { requests: number; rows: number } {
  let requests = 0;
  let rows = 0;
  for (const event of events) {
    if (event.type === 'request-sent') requests++;
    if (event.type === 'request-completed') rows += event.rows;
  }
  return { requests, rows };
}
