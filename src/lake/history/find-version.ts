import { open, stat } from 'node:fs/promises';
import type { Instant } from '../../core/time/time.js';
import { corruptCommitError, readCommit } from '../delta/commit-file.js';
import { listVersions } from '../delta/log-listing.js';
import { commitPath } from '../delta/paths.js';
import { toLakeError } from '../lake-error.js';
import { parseCommit } from '../coverage/parse-commit.js';

/** A version of a table with the time of its commit. */
export interface TableVersion {
  readonly version: number;
  readonly committedAt: Instant;
}

/** The version of a table at a moment. */
export type VersionAt =
  | ({ readonly kind: 'found' } & TableVersion)
  /** The table had no commit yet. */
  | { readonly kind: 'before-table' }
  /** Another program has deleted the commits of that time; the oldest version that is left. */
  | ({ readonly kind: 'before-log' } & TableVersion);

/** Finds the newest version that was committed at or before a moment. The times of commits ascend: the search halves the log. */
export async function findVersionAt(table: string, moment: Instant): Promise<VersionAt> {
  const versions = await listVersions(table);
  const [first] = versions;
  if (first === undefined) return { kind: 'before-table' };
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await readCommitTime(table, versions[middle] ?? first)) <= moment) low = middle + 1;
    else high = middle;
  }
  const found = versions[low - 1];
  if (found !== undefined) return { kind: 'found', version: found, committedAt: await readCommitTime(table, found) };
  if (first === 0) return { kind: 'before-table' };
  return { kind: 'before-log', version: first, committedAt: await readCommitTime(table, first) };
}

/** The beginning of a commit of pipe: its time comes before the coverage, which may have megabytes. */
const headLength = 128;
const ownHead = /^\{"commitInfo":\{(?:"pipe\.seal":"[0-9a-f]{8}",)?"timestamp":(\d{1,16}),/;

/** The time of a commit, by the commit itself or, if its program recorded none, by its file. */
export async function readCommitTime(table: string, version: number): Promise<Instant> {
  const time = ownHead.exec(await readHead(table, version))?.[1];
  if (time !== undefined) return Number(time);
  const content = await readCommit(table, version);
  if (content === null) throw corruptCommitError(table, version, 'this commit is missing');
  const { committedAt } = parseCommit(content, table, version, 'skip');
  if (committedAt > 0) return committedAt;
  return Math.floor((await stat(commitPath(table, version))).mtimeMs);
}

async function readHead(table: string, version: number): Promise<string> {
  const path = commitPath(table, version);
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw toLakeError(error, path);
  }
}
