import { basename, join } from 'node:path';
import { isLocalDate, utcDate } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { RunEvent } from '../core/events.js';
import { readEventLines } from './event-line.js';
import type { RecordFiles } from './files.js';
import { eventsFile, runFile } from './run-folder.js';
import { readSummary, summaryAtEnd, summaryAtStart } from './run-summary.js';
import type { ProcessName, RunSummary } from './run-summary.js';

/** A run found in the record. */
export interface RecordedRun extends RunSummary {
  /** Where its files are. */
  readonly folder: string;
  /** Whether `run.json` itself says how it ended; otherwise that was found out just now. */
  readonly closed: boolean;
}

/** How to read the record of runs. */
export interface ReadRunsOptions {
  readonly files: RecordFiles;
  /** Whether the process of a run that has not said how it ended is still there; without it such a run has crashed. */
  readonly isAlive?: (process: ProcessName) => boolean;
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
export async function listRuns(lineage: string, options: ListRunsOptions): Promise<RecordedRun[]> {
  const runs: RecordedRun[] = [];
  if (options.limit <= 0) return runs;
  for await (const folder of runFolders(lineage, options.files, options.since)) {
    const run = await readRunIn(folder, options);
    if (run === null || run.startedAt < (options.since ?? run.startedAt)) continue;
    if (runs.push(run) >= options.limit) break;
  }
  return runs;
}

/** One run by its id or by enough of the id's beginning or end to tell it from others; null when there is no such run. */
export async function readRun(lineage: string, id: string, options: ReadRunsOptions): Promise<RecordedRun | null> {
  const close: string[] = [];
  for await (const folder of runFolders(lineage, options.files)) {
    const name = basename(folder);
    if (name === id) return readRunIn(folder, options);
    if (id !== '' && (name.startsWith(id) || name.endsWith(id))) close.push(folder);
  }
  const [only, another] = close;
  return only === undefined || another !== undefined ? null : readRunIn(only, options);
}

/** What happened in a run, in order, as far as it was written. */
export async function readEvents(run: RecordedRun, files: RecordFiles): Promise<RunEvent[]> {
  return readEventLines((await files.read(join(run.folder, eventsFile))) ?? '');
}

/** The folders of all runs, newest first: days sort by name, and so do runs, whose ids begin with the time. */
async function* runFolders(lineage: string, files: RecordFiles, since?: Instant): AsyncIterable<string> {
  const days = (await files.list(lineage)).filter(isLocalDate).sort().reverse();
  for (const day of days) {
    if (since !== undefined && day < utcDate(since)) return;
    const names = [...(await files.list(join(lineage, day)))].sort().reverse();
    for (const name of names) yield join(lineage, day, name);
  }
}

/** `run.json` may be behind the events, when the process died between the two, or may not be there at all. */
export async function readRunIn(
  folder: string,
  options: ReadRunsOptions & Pick<ListRunsOptions, 'pipeline'>,
): Promise<RecordedRun | null> {
  const isOfAnother = ({ pipeline }: RunSummary): boolean => pipeline.name !== (options.pipeline ?? pipeline.name);
  const text = await options.files.read(join(folder, runFile));
  const written = text === null ? null : readSummary(text);
  // Before its events are read: they are many.
  if (written !== null && isOfAnother(written)) return null;
  if (written !== null && written.status !== 'running') return { ...written, folder, closed: true };
  if (written?.process && options.isAlive?.(written.process) === true) return { ...written, folder, closed: false };

  const events = readEventLines((await options.files.read(join(folder, eventsFile))) ?? '');
  const started = events.find((event) => event.type === 'run-started');
  const start = written ?? (started === undefined ? null : summaryAtStart(started, null));
  if (start?.runId !== basename(folder) || isOfAnother(start)) return null;
  const finished = events.find((event) => event.type === 'run-finished');
  if (finished !== undefined) return { ...summaryAtEnd(start, finished), folder, closed: false };
  return { ...start, ...soFar(events), status: 'crashed', folder, closed: false };
}

/** What a run has asked and received, as far as its events tell. */
export function soFar(events: readonly RunEvent[]): { requests: number; rows: number } {
  let requests = 0;
  let rows = 0;
  for (const event of events) {
    if (event.type === 'request-sent') requests++;
    if (event.type === 'request-answered') rows += event.rows;
  }
  return { requests, rows };
}
