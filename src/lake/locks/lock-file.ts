import { errorCode } from '../../platform/error-message.js';
import { requireFile } from '../../platform/files/not-a-file.js';
import { explainOpenError, readFlags } from '../../platform/files/read-file.js';
import { expectRecord, expectText, expectNumber } from '../expect-json.js';
import { lstat, open } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Instant } from '../../core/time/time.js';
import { LakeError, malformedError, toLakeError } from '../lake-error.js';
import type { JsonObject } from '../../platform/json.js';
import { parseIdentity, provesDeath } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';

/** The subject that a lock protects. */
export type LockTarget =
  /** The runs of a pipeline. */
  | { readonly kind: 'pipeline'; readonly pipeline: string }
  /** The alert state of a pipeline. */
  | { readonly kind: 'alerts'; readonly pipeline: string }
  /** The notifications of a pipeline through one channel. */
  | { readonly kind: 'channel'; readonly pipeline: string; readonly channel: string }
  /** The deliveries to a sink. */
  | { readonly kind: 'sink'; readonly sink: string }
  /** The collector of a lake. */
  | { readonly kind: 'collector' }
  /** The merging and deleting of files: `pipe maintain`. */
  | { readonly kind: 'maintenance' }
  /** The repair of logs and files, which nothing else may change meanwhile: `pipe check --repair`. */
  | { readonly kind: 'repair' }
  /** The claims of runs on series that they request; held for milliseconds. */
  | { readonly kind: 'requests' }
  /** The moving of rows into quarantine and back. */
  | { readonly kind: 'quarantine' };

/** The process that holds a lock. */
export interface LockHolder extends ProcessIdentity {
  readonly target: LockTarget;
  readonly runId: string;
  readonly command: string;
  readonly since: Instant;
  /** The last heartbeat, by the file system's time. */
  readonly heartbeat: Instant;
}

/** The content of the file of a lock, or of a claim to take a lock over. */
export type LockEntry = HeldEntry | UnreadableEntry;

export interface HeldEntry {
  readonly kind: 'held';
  readonly holder: LockHolder;
  /** Different for every attempt to acquire any lock, ever. */
  readonly token: string;
}

/** A damaged file: its holder is unknown, so that its age determines whether the lock is still held. */
export interface UnreadableEntry {
  readonly kind: 'unreadable';
  readonly path: string;
  readonly heartbeat: Instant;
  readonly token: string;
  /** True if what is left of the file proves that its holder has ended. */
  readonly isHolderDead: boolean;
}

const extension = '.lock';
const maxNameLength = 120;

export function locksFolder(lake: string): string {
  return join(lake, '_locks');
}

export function isLockFileName(file: string): boolean {
  return file.endsWith(extension);
}

export function lockPath(lake: string, target: LockTarget): string {
  return join(locksFolder(lake), lockFileName(target));
}

function lockFileName(target: LockTarget): string {
  return `${encodeFileName(formatTarget(target))}${extension}`;
}

/** The file of the claim to take over the lock with a token. */
export function claimPath(lake: string, target: LockTarget, token: string): string {
  return join(locksFolder(lake), `${claimPrefix(target)}${encodeURIComponent(token)}.claim`);
}

/** `@` never occurs in an encoded name, so that the claims of one lock are never taken for those of another. */
export function claimPrefix(target: LockTarget): string {
  return `${encodeFileName(formatTarget(target))}@`;
}

/** The name in the file of a lock and of the file itself; a pipeline's name cannot begin with a parenthesis. */
function formatTarget(target: LockTarget): string {
  switch (target.kind) {
    case 'pipeline':
      return target.pipeline;
    case 'alerts':
      return `(alerts) ${target.pipeline}`;
    case 'channel':
      return `(alerts to ${target.channel}) ${target.pipeline}`;
    case 'sink':
      return `(sink) ${target.sink}`;
    case 'collector':
      return '(collector)';
    case 'requests':
      return '(requests)';
    case 'quarantine':
      return '(quarantine)';
    case 'maintenance':
      return '(maintenance)';
    case 'repair':
      return '(repair)';
  }
}

/**
 * Returns whether the file of another lock belongs to work that must not run beside that of `target`: a repair rewrites the logs
 * to which runs and maintenance append. The name decides, so that a damaged file counts too.
 */
export function isConflictingLock(target: LockTarget, file: string): boolean {
  const isRepair = file === lockFileName({ kind: 'repair' });
  switch (target.kind) {
    case 'repair':
      // The names of other locks begin with a parenthesis, those of pipelines cannot.
      return isLockFileName(file) && (!file.startsWith('(') || file === lockFileName({ kind: 'maintenance' }));
    case 'pipeline':
    case 'maintenance':
      return isRepair;
    case 'alerts':
    case 'channel':
    case 'sink':
    case 'collector':
    case 'requests':
    case 'quarantine':
      return false;
  }
}

function encodeFileName(name: string): string {
  const encoded = encodeURIComponent(Buffer.from(name).toString());
  if (encoded.length <= maxNameLength) return encoded;
  return `${encoded.slice(0, maxNameLength)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

export function formatEntry({ holder, token }: HeldEntry): string {
  const { target, runId, command, since, pid, host, space, startedAt } = holder;
  const name = formatTarget(target);
  return `${JSON.stringify({ name, ...target, pid, host, space, startedAt, runId, command, since, token })}\n`;
}

/** The entry in a file; null if there is no such file. */
export async function readEntry(path: string): Promise<LockEntry | null> {
  try {
    const { text, mtimeMs, ino } = await readLockFile(path);
    return (
      parseEntry(text, path, mtimeMs) ?? {
        kind: 'unreadable',
        path,
        heartbeat: mtimeMs,
        token: `damaged-${ino}-${mtimeMs}`,
        isHolderDead: provesDeath(text),
      }
    );
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return await requireNoLink(path);
    throw toLakeError(error, path);
  }
}

/** Opens the file before it looks at its time: file servers then give the current time, and not one that this host remembers. */
async function readLockFile(
  path: string,
): Promise<{ readonly text: string; readonly mtimeMs: number; readonly ino: number }> {
  const file = await open(path, readFlags).catch((error: unknown) => {
    throw explainOpenError(path, error);
  });
  try {
    const stats = await file.stat();
    requireFile(path, stats);
    return { text: await file.readFile('utf8'), mtimeMs: stats.mtimeMs, ino: stats.ino };
  } finally {
    await file.close();
  }
}

/** A link to nothing cannot be read and prevents a new file, so that it must not count as an absent lock. */
async function requireNoLink(path: string): Promise<null> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSymbolicLink() !== true) return null;
  throw new LakeError(
    'malformed',
    path,
    `${path}: the symbolic link leads to no file`,
    'remove the link, then run again',
  );
}

/** Null for a damaged file. */
function parseEntry(text: string, path: string, heartbeat: Instant): HeldEntry | null {
  try {
    const entry = expectRecord(JSON.parse(text), path);
    const holder = {
      ...parseIdentity(entry, path),
      target: parseTarget(entry, path),
      runId: expectText(entry['runId'], path),
      command: expectText(entry['command'], path),
      since: expectNumber(entry['since'], path),
      heartbeat,
    };
    return { kind: 'held', holder, token: expectText(entry['token'], path) };
  } catch (error) {
    if (error instanceof LakeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Locks of earlier versions have only a name. */
function parseTarget(entry: JsonObject, path: string): LockTarget {
  const { kind } = entry;
  switch (kind) {
    case undefined:
      return parseTargetName(expectText(entry['name'], path));
    case 'collector':
    case 'requests':
    case 'quarantine':
    case 'maintenance':
    case 'repair':
      return { kind };
    case 'pipeline':
    case 'alerts':
      return { kind, pipeline: expectText(entry['pipeline'], path) };
    case 'channel':
      return { kind, pipeline: expectText(entry['pipeline'], path), channel: expectText(entry['channel'], path) };
    case 'sink':
      return { kind, sink: expectText(entry['sink'], path) };
    default:
      throw malformedError(path, 'unknown kind of lock');
  }
}

function parseTargetName(name: string): LockTarget {
  if (name === '(collector)') return { kind: 'collector' };
  const [, channel, pipeline] = /^\(alerts(?: to (.*?))?\) (.*)$/s.exec(name) ?? [];
  if (pipeline === undefined) return { kind: 'pipeline', pipeline: name };
  return channel === undefined ? { kind: 'alerts', pipeline } : { kind: 'channel', pipeline, channel };
}
