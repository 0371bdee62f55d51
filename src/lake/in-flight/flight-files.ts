import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import type { FetchResult } from '../../core/fetch-result.js';
import type { RunId } from '../../core/request.js';
import type { Instant } from '../../core/time/time.js';
import { isNotFound } from '../../platform/error-message.js';
import { readFile } from '../../platform/files/read-file.js';
import { expectRecord, expectTexts } from '../expect-json.js';
import { listFolder } from '../list-folder.js';
import { readFileSystemTime } from '../locks/heartbeat.js';
import { isAlive, parseIdentity } from '../locks/process-identity.js';
import type { ProcessIdentity } from '../locks/process-identity.js';
import { encodeRecord } from '../spool/record.js';
import { parseSegment } from '../spool/segment.js';

/*
 * A run with requests that other runs may want has two files in `<data>/_in_flight`: `<run>.json` names its process and the
 * series that it requests, `<run>.answers` has its answers in the format of a spool. So ten thousand series need two files.
 */

/** The requests of another run. */
export interface Flight {
  readonly runId: RunId;
  readonly claims: ReadonlySet<string>;
  /** False if the run has ended, or its process died. */
  readonly isActive: boolean;
  /** The last heartbeat, by the file system's time. */
  readonly touchedAt: Instant;
}

const extension = '.json';

export function inFlightFolder(lake: string): string {
  return join(lake, '_in_flight');
}

export function claimsPath(folder: string, runId: RunId): string {
  return join(folder, `${runId}${extension}`);
}

function answersPath(folder: string, runId: RunId): string {
  return join(folder, `${runId}.answers`);
}

/** Replaces the claims of a run; readers see the old file or the new one. */
export async function writeClaims(
  folder: string,
  runId: RunId,
  content: { readonly owner: ProcessIdentity; readonly claims: Iterable<string>; readonly hasEnded: boolean },
): Promise<void> {
  const { owner, claims, hasEnded } = content;
  const temporary = join(folder, `.${runId}.tmp`);
  try {
    await writeFile(temporary, `${JSON.stringify({ v: 1, ...owner, hasEnded, claims: [...claims] })}\n`);
    await rename(temporary, claimsPath(folder, runId));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export async function removeFlight(folder: string, runId: RunId): Promise<void> {
  for (const path of [answersPath(folder, runId), claimsPath(folder, runId)]) await rm(path, { force: true });
}

/** Appends an answer: other processes see it when this resolves. */
export async function appendAnswer(folder: string, runId: RunId, result: FetchResult): Promise<void> {
  const file = await open(answersPath(folder, runId), 'a');
  try {
    await file.writeFile(Buffer.concat(encodeRecord(result).pieces));
  } finally {
    await file.close();
  }
}

interface ParsedClaims {
  readonly owner: ProcessIdentity;
  readonly hasEnded: boolean;
  readonly claims: ReadonlySet<string>;
}

/** Reads the claims of other runs; a file is parsed again only after a change. Damaged files count as absent. */
export function createFlightReader(folder: string, own: RunId): () => Promise<readonly Flight[]> {
  const cache = new Map<string, { readonly key: string; readonly parsed: ParsedClaims | null }>();

  const read = async (name: string): Promise<{ readonly parsed: ParsedClaims; readonly touchedAt: Instant } | null> => {
    const path = join(folder, name);
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const key = `${String(ino)} ${String(size)}`;
      const cached = cache.get(name);
      const parsed = cached?.key === key ? cached.parsed : parseClaims(await readFile(path, 'utf8'), path);
      cache.set(name, { key, parsed });
      return parsed === null ? null : { parsed, touchedAt: mtimeMs };
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  };

  return async () => {
    const flights: Flight[] = [];
    let now: Instant | null = null;
    for (const name of await listFolder(folder)) {
      if (!name.endsWith(extension) || name === `${own}${extension}`) continue;
      const found = await read(name);
      if (found === null) continue;
      const { parsed, touchedAt } = found;
      const { owner, hasEnded, claims } = parsed;
      // The heartbeat matters for processes of other machines only.
      if (owner.host !== hostname()) now ??= await readFileSystemTime(folder);
      const isActive = !hasEnded && isAlive(owner, Math.max(0, (now ?? touchedAt) - touchedAt));
      flights.push({ runId: name.slice(0, -extension.length), claims, isActive, touchedAt });
    }
    return flights;
  };
}

function parseClaims(text: string, path: string): ParsedClaims | null {
  try {
    const record = expectRecord(JSON.parse(text), path);
    const claims = new Set(expectTexts(record['claims'], `${path}.claims`));
    return { owner: parseIdentity(record, path), hasEnded: record['hasEnded'] === true, claims };
  } catch {
    return null;
  }
}

/** Follows the answers of another run. */
export interface AnswerFollower {
  /** Reads what was added since the last call. */
  read(): Promise<readonly FetchResult[]>;
}

export function createAnswerFollower(folder: string, runId: RunId): AnswerFollower {
  const path = answersPath(folder, runId);
  let offset = 0;
  let reading: Promise<unknown> = Promise.resolve();
  const readMore = async (): Promise<readonly FetchResult[]> => {
    const content = await readFrom(path, offset);
    if (content.length === 0) return [];
    // The last record may be incomplete: it is read again with the next call.
    const { results, tornBytes } = parseSegment(content, path);
    offset += content.length - tornBytes;
    return results;
  };
  return {
    read() {
      // One after the other: two reads from one offset would skip what follows.
      const next = reading.then(readMore, readMore);
      reading = next;
      return next;
    },
  };
}

async function readFrom(path: string, offset: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const content = Buffer.alloc(Math.max(0, size - offset));
      const { bytesRead } = await file.read(content, 0, content.length, offset);
      return content.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isNotFound(error)) return Buffer.alloc(0);
    throw error;
  }
}
