import { basename, dirname, join } from 'node:path';
import { day, isLocalDate, toUtcDate } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { isCompressible, compressRecord } from './compress-record.js';
import { listRuns, readRunFolder } from './read-runs.js';
import type { ReadRunsOptions } from './read-runs.js';
import { summaryFile } from './run-folder.js';
import { readRetentionState, writeRetentionState } from './retention-state.js';
import type { RetentionRule, RetentionState } from './retention-state.js';
import type { PruneFileStore } from './prune-file-store.js';

export interface PruneOptions extends ReadRunsOptions {
  readonly lineageFolder: string;
  readonly files: PruneFileStore;
  readonly now: Instant;
  /** Distinguishes processes that prune at the same time. */
  readonly owner: string;
  /**
   * The pipeline that has just run, and its retention (null: unlimited). Limits the work to a few records, from where the last
   * run stopped; without it all records of all pipelines are pruned.
   */
  readonly afterRun?: { readonly pipeline: string; readonly lake: string; readonly retention: number | null };
}

export interface PruneResult {
  readonly compressed: number;
  readonly savedBytes: number;
  readonly removed: number;
  readonly removedBytes: number;
}

/** The records that a run compresses, removes and examines at its end. */
const maxCompressed = 20;
const maxRemoved = 100;
const maxScanned = 2_000;

/** Records of today and yesterday (UTC) stay uncompressed. */
const compressAfter = day;

/** Compresses records of finished runs a day after their day has ended, and removes records past their retention. */
export async function pruneRecords(options: PruneOptions): Promise<PruneResult> {
  const { lineageFolder, files, afterRun } = options;
  const before = await readRetentionState(lineageFolder, files);
  let { rules } = before;
  if (afterRun !== undefined) {
    const existing = rules.find((one) => isSamePipeline(one, afterRun));
    rules = rules.filter((one) => one !== existing);
    if (afterRun.retention !== null)
      rules = [...rules, { ...afterRun, retention: afterRun.retention, removedUntil: existing?.removedUntil ?? null }];
  }
  let removed = 0;
  let removedBytes = 0;
  const updated: RetentionState['rules'][number][] = [];
  for (const one of rules) {
    if (afterRun !== undefined && !isSamePipeline(one, afterRun)) {
      updated.push(one);
      continue;
    }
    const progress = await removeOld(one, options);
    removed += progress.count;
    removedBytes += progress.bytes;
    updated.push({ ...one, removedUntil: progress.cursor });
  }
  const progress = await compressOld(before.compressedUntil, options);
  const state: RetentionState = { compressedUntil: progress.cursor, rules: updated };
  if (JSON.stringify(state) !== JSON.stringify(before))
    await writeRetentionState(lineageFolder, state, files, options.owner);
  return { compressed: progress.count, savedBytes: progress.bytes, removed, removedBytes };
}

interface PruneProgress {
  readonly cursor: string | null;
  readonly count: number;
  readonly bytes: number;
}

async function compressOld(from: string | null, options: PruneOptions): Promise<PruneProgress> {
  const { files, owner, afterRun } = options;
  let cursor = from;
  let [scanned, count, bytes] = [0, 0, 0];
  for await (const folder of listFoldersAfter(
    afterRun === undefined ? null : from,
    toUtcDate(options.now - compressAfter),
    options,
  )) {
    if (afterRun !== undefined && (count >= maxCompressed || ++scanned > maxScanned)) break;
    const names = await files.list(folder);
    const run = isCompressible(names) ? await readRunFolder(folder, options) : null;
    // A run without a final status may still be closed by a later run.
    if (run?.closed === true) {
      const savedBytes = await compressRecord(run, names, files, owner);
      bytes += savedBytes;
      if (savedBytes > 0) count++;
    }
    cursor = toCursor(folder);
  }
  return { cursor, count, bytes };
}

async function removeOld(rule: RetentionState['rules'][number], options: PruneOptions): Promise<PruneProgress> {
  const { lineageFolder, files, afterRun, now } = options;
  // The latest run stays, however old: it shows when the pipeline last ran.
  const latest =
    afterRun === undefined ? await listRuns(lineageFolder, { ...options, limit: 1, pipeline: rule.pipeline }) : [];
  let cursor = rule.removedUntil;
  let [scanned, count, bytes] = [0, 0, 0];
  for await (const folder of listFoldersAfter(
    afterRun === undefined ? null : cursor,
    toUtcDate(now - rule.retention),
    options,
  )) {
    if (afterRun !== undefined && (count >= maxRemoved || ++scanned > maxScanned)) break;
    const run = await readRunFolder(folder, { ...options, pipeline: rule.pipeline });
    if (run?.lake === rule.lake && run.status !== 'running' && run.runId !== latest[0]?.runId) {
      bytes += await removeFiles(folder, files);
      count++;
    }
    // Also removes folders that an interrupted removal left empty.
    await files.removeEmptyFolder(folder);
    await files.removeEmptyFolder(dirname(folder));
    cursor = toCursor(folder);
  }
  return { cursor, count, bytes };
}

/** Removes `run.json` last: it identifies the pipeline of a partly removed record. */
async function removeFiles(folder: string, files: PruneFileStore): Promise<number> {
  let bytes = 0;
  const names = await files.list(folder);
  for (const name of names) if (name !== summaryFile) bytes += await files.remove(join(folder, name));
  return bytes + (await files.remove(join(folder, summaryFile)));
}

/** Lists the folders of runs after a cursor and before the day `end`, oldest first. */
async function* listFoldersAfter(
  cursor: string | null,
  end: string,
  { lineageFolder, files }: Pick<PruneOptions, 'lineageFolder' | 'files'>,
): AsyncIterable<string> {
  const first = cursor?.slice(0, cursor.indexOf('/')) ?? '';
  const days = (await files.list(lineageFolder))
    .filter((name) => isLocalDate(name) && name >= first && name < end)
    .sort();
  for (const date of days) {
    const names = await files.list(join(lineageFolder, date));
    if (names.length === 0) await files.removeEmptyFolder(join(lineageFolder, date));
    for (const name of [...names].sort())
      if (cursor === null || `${date}/${name}` > cursor) yield join(lineageFolder, date, name);
  }
}

function toCursor(folder: string): string {
  return `${basename(dirname(folder))}/${basename(folder)}`;
}

function isSamePipeline(one: Omit<RetentionRule, 'retention'>, other: Omit<RetentionRule, 'retention'>): boolean {
  return one.pipeline === other.pipeline && one.lake === other.lake;
}
