import { readFile } from '../../platform/files/read-file.js';
import { errorCode } from '../../platform/error-message.js';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { LakeError, toLakeError } from '../lake-error.js';
import { commitPath } from './paths.js';

/*
 * The file of a commit begins with its seal, the checksum of everything behind it, seeded with the table and the version:
 *
 *   {"commitInfo":{"pipe.seal":"0123abcd","timestamp":…
 *
 * A flipped bit in the windows of a commit would claim rows that are not stored, and a lost line would restore replaced rows;
 * a JSON parser notices neither. Commits of other programs, and of the first versions of pipe, have no seal.
 */

export const sealStart = '{"commitInfo":{"pipe.seal":"';
const unsealedStart = '{"commitInfo":{';
export const sealedPrefixLength = sealStart.length + 8 + '",'.length;

/** The text of a commit with its seal; the first line is the `commitInfo`. */
export function sealCommit(table: string, version: number, lines: readonly object[]): string {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (!text.startsWith(unsealedStart)) throw new Error('a commit begins with its commitInfo');
  const rest = text.slice(unsealedStart.length);
  return `${sealStart}${commitChecksum(table, version, rest)}",${rest}`;
}

/** Whether a commit exists. */
export async function hasCommit(table: string, version: number): Promise<boolean> {
  return access(commitPath(table, version)).then(
    () => true,
    () => false,
  );
}

/** The bytes of a commit, verified against its seal; null if the commit does not exist (yet). */
export async function readCommit(table: string, version: number): Promise<Buffer | null> {
  const path = commitPath(table, version);
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return null;
    if (code === 'EISDIR') throw corruptCommitError(table, version, 'this is a folder, not a commit');
    throw toLakeError(error, path);
  }
  if (content.length === 0) throw corruptCommitError(table, version, 'this commit is empty');
  if (content.toString('latin1', 0, sealStart.length) === sealStart) {
    const written = content.toString('latin1', sealStart.length, sealStart.length + 8);
    if (written !== commitChecksum(table, version, content.subarray(sealedPrefixLength)))
      throw corruptCommitError(table, version, 'this commit differs from what was written');
  } else if (content.includes('"pipe.') && !content.includes('"commitInfo"')) {
    throw corruptCommitError(table, version, 'the beginning of this commit is missing');
  }
  return content;
}

/**
 * Returns the seal of a commit, which distinguishes it from a later replacement: data derived from the log up to a
 * commit records the seal. Null if the commit does not exist.
 */
export async function readSeal(table: string, version: number): Promise<string | null> {
  try {
    const content = await readFile(commitPath(table, version));
    const start = content.toString('latin1', 0, sealedPrefixLength);
    return start.startsWith(sealStart) ? start.slice(sealStart.length, -2) : commitChecksum(table, version, content);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EISDIR') return null;
    throw toLakeError(error, commitPath(table, version));
  }
}

/** Parses one line of a commit; lines are numbered from 1. */
export function parseCommitLine(text: string, table: string, version: number, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw corruptCommitError(table, version, 'this line of the log is torn or not JSON', line);
  }
}

/** An error for an unusable commit; without a backup, its data must be fetched again. */
export function corruptCommitError(
  table: string,
  version: number,
  problem: string,
  line: number | null = null,
): LakeError {
  const path = commitPath(table, version);
  const location = line === null ? path : `${path}:${line}`;
  const hint =
    'restore it with pipe check --repair, which keeps what is certain and reports what is missing, or from a backup';
  return new LakeError('malformed', location, `${location}: ${problem}`, hint);
}

/** The checksum of everything behind the seal of a commit. */
export function commitChecksum(table: string, version: number, rest: string | Uint8Array): string {
  return crc32(rest, crc32(`${basename(table)}/${version}`))
    .toString(16)
    .padStart(8, '0');
}
