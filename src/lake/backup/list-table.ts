import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readFile } from '../../platform/files/read-file.js';
import { isRecord, parseJson } from '../../platform/json.js';
import { parseAction } from '../delta/actions.js';
import type { Action, LiveFile } from '../delta/actions.js';
import { createCheckpointReader } from '../delta/checkpoint.js';
import { parseCommitLine, readCommit, sealStart } from '../delta/commit-file.js';
import {
  coverageFolder,
  findCheckpoint,
  lastCheckpointFile,
  listCheckpointRefs,
  listVersions,
  parseCoverageName,
} from '../delta/log-listing.js';
import type { CheckpointRef } from '../delta/log-listing.js';
import { commitName, logFolder, parseCheckpointName } from '../delta/paths.js';
import { readCheckpointSnapshot } from '../delta/snapshot.js';
import { LakeError } from '../lake-error.js';
import { listFolder } from '../list-folder.js';
import { openEngine } from '../parquet/engine.js';

/** A file to back up. */
export interface SourceFile {
  /** Relative to the lake, with `/`. */
  readonly path: string;
  /** True if it never changes once it exists, so that a hard link is a copy. */
  readonly isImmutable: boolean;
  /** True for a file without which the backup lacks something. */
  readonly isRequired: boolean;
  /** The file as the log describes it; null for files that the log does not name. */
  readonly live: LiveFile | null;
}

/** The files of a table at its newest version. */
export interface TableListing {
  readonly version: number;
  readonly files: readonly SourceFile[];
  /** Files of the log that are missing or damaged, relative to the lake. */
  readonly damaged: readonly string[];
}

/**
 * The files of a table up to its newest commit; null for a folder that is no table. Later commits are not part of it. A gap in the
 * log ends nothing: what the other commits and the checkpoint name is listed.
 */
export async function listTable(lake: string, name: string): Promise<TableListing | null> {
  const table = join(lake, name);
  const versions = new Set(await listVersions(table));
  const checkpoints = await listCheckpointRefs(table);
  const last = Math.max(-1, ...versions, ...checkpoints.map(({ version }) => version));
  const logPath = (version: number): string => `${name}/_delta_log/${commitName(version)}`;
  if (last < 0) {
    const isLogLost = (await listFolder(join(table, coverageFolder), { fileInPlace: 'ignore' })).some(
      (one) => parseCoverageName(one) !== null,
    );
    return isLogLost ? { version: 0, files: await listDerived(table, name, 0), damaged: [logPath(0)] } : null;
  }

  const files: SourceFile[] = [];
  const live = new Map<string, LiveFile>();
  const superseded = new Set<string>();
  const missing: number[] = [];
  const torn: number[] = [];
  for (let version = 0; version <= last; version++) {
    const commit = await readCommitFiles(table, version);
    if (commit === 'missing') missing.push(version);
    else files.push({ path: logPath(version), isImmutable: true, isRequired: true, live: null });
    if (commit === 'damaged') torn.push(version);
    if (typeof commit === 'object') applyFiles(commit, live, superseded);
  }

  const start = missing.length + torn.length === 0 ? null : await readStart(table, last);
  if (start !== null) {
    for (const path of [...live.keys(), ...start.superseded]) superseded.add(path);
    live.clear();
    for (const [path, file] of start.files) live.set(path, file);
    for (let version = start.version + 1; version <= last; version++) {
      const commit = await readCommitFiles(table, version);
      if (typeof commit === 'object') applyFiles(commit, live, superseded);
    }
  }
  // Other programs delete the oldest commits, whose content is in a checkpoint.
  const isCleaned = (version: number, index: number): boolean =>
    start !== null && version === index && version <= start.version;
  const damaged = [...missing.filter((version, index) => !isCleaned(version, index)), ...torn]
    .toSorted((a, b) => a - b)
    .map(logPath);

  for (const [path, file] of live)
    files.push({ path: `${name}/${path}`, isImmutable: true, isRequired: true, live: file });
  // Readers of earlier versions use these as long as they exist.
  for (const path of superseded)
    if (!live.has(path)) files.push({ path: `${name}/${path}`, isImmutable: true, isRequired: false, live: null });
  files.push(...(await listDerived(table, name, last)));
  return { version: last, files, damaged };
}

/** As in a snapshot: the order of lines within a commit has no meaning. */
function applyFiles(actions: readonly Action[], live: Map<string, LiveFile>, superseded: Set<string>): void {
  for (const action of actions) {
    if (action.type !== 'remove') continue;
    live.delete(action.tombstone.path);
    superseded.add(action.tombstone.path);
  }
  for (const action of actions) if (action.type === 'add') live.set(action.file.path, action.file);
}

/** The files that a commit adds and removes. */
async function readCommitFiles(table: string, version: number): Promise<readonly Action[] | 'missing' | 'damaged'> {
  try {
    const content = await readCommit(table, version);
    if (content === null) return 'missing';
    const isSealed = content.toString('latin1', 0, sealStart.length) === sealStart;
    return content
      .toString('utf8')
      .split('\n')
      .flatMap((text, index) => {
        // Without a seal only the syntax shows damage; with one, most bytes of a commit need no parsing.
        const namesFile = text.startsWith('{"add"') || text.startsWith('{"remove"');
        if (text.trim() === '' || (isSealed && !namesFile)) return [];
        const line = parseCommitLine(text, table, version, index + 1);
        const isFile = isRecord(line) && ('add' in line || 'remove' in line);
        return isFile ? (parseAction(line, `${table}/${String(version)}`) ?? []) : [];
      });
  } catch (error) {
    if (error instanceof LakeError && (error.kind === 'malformed' || error.kind === 'io')) return 'damaged';
    throw error;
  }
}

interface Start extends CheckpointRef {
  readonly files: ReadonlyMap<string, LiveFile>;
  readonly superseded: readonly string[];
}

/** The checkpoint from which readers start; null if they start from the first commit, or cannot read it. */
async function readStart(table: string, last: number): Promise<Start | null> {
  const engines: Awaited<ReturnType<typeof openEngine>>[] = [];
  const open = async (): ReturnType<typeof openEngine> => {
    const engine = await openEngine({
      memoryLimit: '2GB',
      spillFolder: join(tmpdir(), `pipe-backup-${process.pid}`),
      preserveOrder: true,
    });
    engines.push(engine);
    return engine;
  };
  try {
    const checkpoint = await findCheckpoint(table);
    if (checkpoint === null || checkpoint.version > last) return null;
    const { files, tombstones } = await readCheckpointSnapshot(table, checkpoint, createCheckpointReader(open, 'all'));
    return { ...checkpoint, files, superseded: [...tombstones.keys()] };
  } catch (error) {
    if (error instanceof LakeError && (error.kind === 'malformed' || error.kind === 'io')) return null;
    throw error;
  } finally {
    for (const engine of engines) engine.close();
  }
}

/** Checkpoints up to a version: they save reading the log, and can be computed again while it is whole. */
async function listDerived(table: string, name: string, last: number): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  for (const one of await listFolder(logFolder(table), { fileInPlace: 'ignore' })) {
    const checkpoint = parseCheckpointName(one);
    const isUsable =
      (checkpoint !== null && checkpoint.version <= last) ||
      (one === lastCheckpointFile && (await readLastVersion(join(logFolder(table), one))) <= last);
    if (isUsable)
      files.push({
        path: `${name}/_delta_log/${one}`,
        isImmutable: checkpoint !== null,
        isRequired: false,
        live: null,
      });
  }
  for (const one of await listFolder(join(table, coverageFolder), { fileInPlace: 'ignore' })) {
    const version = parseCoverageName(one);
    if (version !== null && version <= last)
      files.push({ path: `${name}/${coverageFolder}/${one}`, isImmutable: false, isRequired: false, live: null });
  }
  return files;
}

async function readLastVersion(path: string): Promise<number> {
  try {
    const value = parseJson((await readFile(path)).toString('utf8'));
    return isRecord(value) && typeof value['version'] === 'number' ? value['version'] : Infinity;
  } catch {
    return Infinity;
  }
}
