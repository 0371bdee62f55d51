import { basename, dirname, join } from 'node:path';
import { day, isLocalDate, utcDate } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { isPackable, packRecord } from './pack-record.js';
import { listRuns, readRunIn } from './read-runs.js';
import type { ReadRunsOptions } from './read-runs.js';
import { runFile } from './run-folder.js';
import { readTidied, writeTidied } from './tidied.js';
import type { Keeping, Tidied } from './tidied.js';
import type { TidyFiles } from './tidy-files.js';

/** What is tidied, and how much of it at once. */
export interface TidyOptions extends ReadRunsOptions {
  readonly lineage: string;
  readonly files: TidyFiles;
  readonly now: Instant;
  /** Tells those who tidy at the same time apart. */
  readonly tidier: string;
  /**
   * The pipeline that has just run, and how long it keeps its records (null: for ever): only a few records are tidied, from
   * where the last run left off. Without it all that are due, of all pipelines.
   */
  readonly after?: { readonly pipeline: string; readonly lake: string; readonly keep: number | null };
}

/** What was done. */
export interface TidiedRecords {
  readonly packed: number;
  readonly saved: number;
  readonly removed: number;
  readonly removedBytes: number;
}

/** How many records a run tidies at its end, and how many it looks at for it. */
const mostPacked = 20;
const mostRemoved = 100;
const mostLookedAt = 2_000;

/** Records of today and yesterday (UTC) are left as they are. */
const unpackedFor = day;

/** Packs the records of finished runs once their day is over for a day, and removes those that are kept no longer. */
export async function tidyRecords(options: TidyOptions): Promise<TidiedRecords> {
  const { lineage, files, after } = options;
  const before = await readTidied(lineage, files);
  let { keeping } = before;
  if (after !== undefined) {
    const own = keeping.find((one) => isOf(one, after));
    keeping = keeping.filter((one) => one !== own);
    if (after.keep !== null) keeping = [...keeping, { ...after, keep: after.keep, removed: own?.removed ?? null }];
  }
  let removed = 0;
  let removedBytes = 0;
  const kept: Tidied['keeping'][number][] = [];
  for (const one of keeping) {
    if (after !== undefined && !isOf(one, after)) {
      kept.push(one);
      continue;
    }
    const done = await removeOld(one, options);
    removed += done.count;
    removedBytes += done.bytes;
    kept.push({ ...one, removed: done.place });
  }
  const done = await packOld(before.packed, options);
  const tidied: Tidied = { packed: done.place, keeping: kept };
  if (JSON.stringify(tidied) !== JSON.stringify(before)) await writeTidied(lineage, tidied, files, options.tidier);
  return { packed: done.count, saved: done.bytes, removed, removedBytes };
}

/** How far somebody got. */
interface Progress {
  readonly place: string | null;
  readonly count: number;
  readonly bytes: number;
}

async function packOld(from: string | null, options: TidyOptions): Promise<Progress> {
  const { files, tidier, after } = options;
  let place = from;
  let [looked, count, bytes] = [0, 0, 0];
  for await (const folder of foldersAfter(
    after === undefined ? null : from,
    utcDate(options.now - unpackedFor),
    options,
  )) {
    if (after !== undefined && (count >= mostPacked || ++looked > mostLookedAt)) break;
    const names = await files.list(folder);
    const run = isPackable(names) ? await readRunIn(folder, options) : null;
    // One that has not said how it ended may yet be closed by a run to come.
    if (run?.closed === true) {
      const saved = await packRecord(run, names, files, tidier);
      bytes += saved;
      if (saved > 0) count++;
    }
    place = placeOf(folder);
  }
  return { place, count, bytes };
}

async function removeOld(keeping: Tidied['keeping'][number], options: TidyOptions): Promise<Progress> {
  const { lineage, files, after, now } = options;
  // The latest run of a pipeline says when it was last run: it stays, however old.
  const latest =
    after === undefined ? await listRuns(lineage, { ...options, limit: 1, pipeline: keeping.pipeline }) : [];
  let place = keeping.removed;
  let [looked, count, bytes] = [0, 0, 0];
  for await (const folder of foldersAfter(after === undefined ? null : place, utcDate(now - keeping.keep), options)) {
    if (after !== undefined && (count >= mostRemoved || ++looked > mostLookedAt)) break;
    const run = await readRunIn(folder, { ...options, pipeline: keeping.pipeline });
    if (run?.lake === keeping.lake && run.status !== 'running' && run.runId !== latest[0]?.runId) {
      bytes += await removeFiles(folder, files);
      count++;
    }
    // Also what somebody left who was stopped before this.
    await files.removeEmpty(folder);
    await files.removeEmpty(dirname(folder));
    place = placeOf(folder);
  }
  return { place, count, bytes };
}

/** Its `run.json` goes last: a record of which only a part is gone is still known for whose it is. */
async function removeFiles(folder: string, files: TidyFiles): Promise<number> {
  let bytes = 0;
  const names = await files.list(folder);
  for (const name of names) if (name !== runFile) bytes += await files.remove(join(folder, name));
  return bytes + (await files.remove(join(folder, runFile)));
}

/** The folders of runs after a place, oldest first, of days before `end`. */
async function* foldersAfter(
  place: string | null,
  end: string,
  { lineage, files }: Pick<TidyOptions, 'lineage' | 'files'>,
): AsyncIterable<string> {
  const first = place?.slice(0, place.indexOf('/')) ?? '';
  const days = (await files.list(lineage)).filter((name) => isLocalDate(name) && name >= first && name < end).sort();
  for (const date of days) {
    const names = await files.list(join(lineage, date));
    if (names.length === 0) await files.removeEmpty(join(lineage, date));
    for (const name of [...names].sort())
      if (place === null || `${date}/${name}` > place) yield join(lineage, date, name);
  }
}

function placeOf(folder: string): string {
  return `${basename(dirname(folder))}/${basename(folder)}`;
}

function isOf(one: Omit<Keeping, 'keep'>, other: Omit<Keeping, 'keep'>): boolean {
  return one.pipeline === other.pipeline && one.lake === other.lake;
}
