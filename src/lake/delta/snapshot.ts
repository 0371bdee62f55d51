import { readFile, readdir } from 'node:fs/promises';
import { lakeErrorOf, malformed, systemCode } from '../lake-error.js';
import { actionOf } from './actions.js';
import type { Action, LiveFile, Metadata, Protocol, Tombstone, Transaction } from './actions.js';
import { checkpointOfName, commitPath, logFolder, versionOfCommitName } from './paths.js';

/** A table at one version: which files it consists of. */
export interface Snapshot {
  /** -1 for a table that does not exist yet. */
  readonly version: number;
  readonly protocol: Protocol | null;
  readonly metadata: Metadata | null;
  /** By path. */
  readonly files: ReadonlyMap<string, LiveFile>;
  readonly tombstones: ReadonlyMap<string, Tombstone>;
  readonly transactions: ReadonlyMap<string, Transaction>;
}

/** Gives the rows of a checkpoint as parsed lines of a commit; needs something that reads Parquet. */
export type CheckpointReader = (table: string, version: number, parts: number) => Promise<readonly unknown[]>;

export const emptySnapshot: Snapshot = {
  version: -1,
  protocol: null,
  metadata: null,
  files: new Map(),
  tombstones: new Map(),
  transactions: new Map(),
};

/** The table as it is now: its newest checkpoint and the commits after it. */
export async function readSnapshot(table: string, readCheckpoint: CheckpointReader): Promise<Snapshot> {
  const log = await listLog(table);
  let snapshot = emptySnapshot;
  if (log.checkpoint !== null) {
    const { version, parts } = log.checkpoint;
    const lines = await readCheckpoint(table, version, parts);
    const actions = lines.map((line, row) => actionOf(line, `${commitPath(table, version)} checkpoint row ${row + 1}`));
    snapshot = applyActions(snapshot, version, actions);
  } else if (log.firstCommit !== null && log.firstCommit > 0) {
    throw malformed(logFolder(table), `commits before version ${log.firstCommit} are gone and there is no checkpoint`);
  }
  const latest = await advanceSnapshot(table, snapshot);
  if (log.lastCommit !== null && latest.version < log.lastCommit) {
    throw malformed(commitPath(table, latest.version + 1), 'this commit is missing while later ones exist');
  }
  return latest;
}

/** The same table after the commits that have come since. */
export async function advanceSnapshot(table: string, snapshot: Snapshot): Promise<Snapshot> {
  let result = snapshot;
  for (;;) {
    const actions = await readCommitActions(table, result.version + 1);
    if (actions === null) return result;
    result = applyActions(result, result.version + 1, actions);
  }
}

async function readCommitActions(table: string, version: number): Promise<readonly (Action | null)[] | null> {
  const path = commitPath(table, version);
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw lakeErrorOf(error, path);
  }
  return parseCommit(content, path);
}

/** The actions in the text of a commit. Coverage, by far its longest line, is passed over unread. */
export function parseCommit(content: string, path: string): readonly (Action | null)[] {
  return content.split('\n').map((line, index) => {
    if (line.trim() === '' || line.startsWith('{"commitInfo"')) return null;
    return actionOf(parseLine(line, `${path}:${index + 1}`), `${path}:${index + 1}`);
  });
}

function parseLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw malformed(place, 'this line of the log is torn or is not JSON');
  }
}

/** The table after one more commit. Within one commit the order of lines means nothing; a file is removed or added once. */
export function applyActions(snapshot: Snapshot, version: number, actions: readonly (Action | null)[]): Snapshot {
  const files = new Map(snapshot.files);
  const tombstones = new Map(snapshot.tombstones);
  const transactions = new Map(snapshot.transactions);
  let { protocol, metadata } = snapshot;
  for (const action of actions) {
    if (action?.type !== 'remove') continue;
    files.delete(action.tombstone.path);
    tombstones.set(action.tombstone.path, action.tombstone);
  }
  for (const action of actions) {
    if (action === null) continue;
    switch (action.type) {
      case 'add':
        files.set(action.file.path, action.file);
        tombstones.delete(action.file.path);
        break;
      case 'protocol':
        protocol = action.protocol;
        break;
      case 'metadata':
        metadata = action.metadata;
        break;
      case 'transaction':
        transactions.set(action.transaction.appId, action.transaction);
        break;
      case 'remove':
        break;
    }
  }
  return { version, protocol, metadata, files, tombstones, transactions };
}

interface LogListing {
  readonly firstCommit: number | null;
  readonly lastCommit: number | null;
  /** The newest one of which every part is there. */
  readonly checkpoint: { readonly version: number; readonly parts: number } | null;
}

async function listLog(table: string): Promise<LogListing> {
  let names: readonly string[];
  try {
    names = await readdir(logFolder(table));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { firstCommit: null, lastCommit: null, checkpoint: null };
    throw lakeErrorOf(error, logFolder(table));
  }
  let firstCommit: number | null = null;
  let lastCommit: number | null = null;
  const parts = new Map<string, { version: number; parts: number; found: number }>();
  for (const name of names) {
    const version = versionOfCommitName(name);
    if (version !== null) {
      firstCommit = Math.min(firstCommit ?? version, version);
      lastCommit = Math.max(lastCommit ?? version, version);
    }
    const checkpoint = checkpointOfName(name);
    if (checkpoint === null) continue;
    const key = `${checkpoint.version}/${checkpoint.parts}`;
    parts.set(key, { ...checkpoint, found: (parts.get(key)?.found ?? 0) + 1 });
  }
  const whole = [...parts.values()].filter(({ parts: wanted, found }) => found === wanted);
  return { firstCommit, lastCommit, checkpoint: whole.sort((a, b) => b.version - a.version)[0] ?? null };
}
