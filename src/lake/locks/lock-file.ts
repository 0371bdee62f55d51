import { errorCode } from '../../platform/error-message.js';
import { expectRecord, expectText, expectNumber } from '../expect-json.js';
import { readFile, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Instant } from '../../core/time/time.js';
import { LakeError, toLakeError } from '../lake-error.js';
import { parseIdentity } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';

/** Who holds a lock. */
export interface LockHolder extends ProcessIdentity {
  /** What is locked: the name of a pipeline. */
  readonly name: string;
  readonly runId: string;
  readonly command: string;
  readonly since: Instant;
  /** The last sign of life, by the file system's time. */
  readonly heartbeat: Instant;
}

/** A lock, or a right to take one over, as its file says. */
export interface LockEntry {
  readonly holder: LockHolder;
  /** Different for every attempt to take any lock, ever. */
  readonly token: string;
}

const extension = '.lock';
const maxNameLength = 120;

export function locksFolder(lake: string): string {
  return join(lake, '_locks');
}

export function isLockFileName(file: string): boolean {
  return file.endsWith(extension);
}

export function lockPath(lake: string, name: string): string {
  return join(locksFolder(lake), `${encodeFileName(name)}${extension}`);
}

/** The right to take over the lock with a token, and how names of such files begin. */
export function claimPath(lake: string, name: string, token: string): string {
  return join(locksFolder(lake), `${claimPrefix(name)}${encodeURIComponent(token)}.claim`);
}

/** `@` never occurs in an encoded name, so that no name's claims begin like another's. */
export function claimPrefix(name: string): string {
  return `${encodeFileName(name)}@`;
}

function encodeFileName(name: string): string {
  const encoded = encodeURIComponent(Buffer.from(name).toString());
  if (encoded.length <= maxNameLength) return encoded;
  return `${encoded.slice(0, maxNameLength)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

export function formatEntry({ holder, token }: LockEntry): string {
  const { name, runId, command, since, pid, host, space, startedAt } = holder;
  return `${JSON.stringify({ name, pid, host, space, startedAt, runId, command, since, token })}\n`;
}

/** The entry in a file; null when there is no such file. What is damaged counts as held by nobody who could be asked. */
export async function readEntry(path: string): Promise<LockEntry | null> {
  try {
    const { mtimeMs, ino } = await stat(path);
    return parseEntry(await readFile(path, 'utf8'), path, mtimeMs) ?? unreadableEntry(path, mtimeMs, ino);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw toLakeError(error, path);
  }
}

function parseEntry(text: string, path: string, heartbeat: Instant): LockEntry | null {
  try {
    const entry = expectRecord(JSON.parse(text), path);
    const holder = {
      ...parseIdentity(entry, path),
      name: expectText(entry['name'], path),
      runId: expectText(entry['runId'], path),
      command: expectText(entry['command'], path),
      since: expectNumber(entry['since'], path),
      heartbeat,
    };
    return { holder, token: expectText(entry['token'], path) };
  } catch (error) {
    if (error instanceof LakeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Judged by its age alone, like a lock of another host. */
function unreadableEntry(path: string, heartbeat: Instant, inode: number): LockEntry {
  const identity = { pid: 0, host: 'a host unknown', space: null, startedAt: null };
  const command = `its lock ${path} cannot be read`;
  const holder = { ...identity, name: path, runId: '', command, since: heartbeat, heartbeat };
  return { holder, token: `damaged-${inode}-${heartbeat}` };
}
