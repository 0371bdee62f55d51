import { join } from 'node:path';

import { hour } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { FileStore } from '../../platform/file-store.js';
import {
  isBoolean,
  isCount,
  isRecord,
  isString,
  nullable,
  optional,
  readOptionalDocument,
} from '../../platform/json.js';
import type { BreakerSnapshot } from './circuit-breakers.js';

/** A breaker with its provider, as it is saved between two runs. */
export interface PersistedBreaker extends BreakerSnapshot {
  readonly provider: string;
  readonly updatedAt: Instant;
}

/** Saves the breakers of one pipeline between its runs. The caller holds the pipeline's lock, so there is one writer. */
export interface BreakerStore {
  read(): Promise<readonly PersistedBreaker[]>;
  write(breakers: readonly PersistedBreaker[]): Promise<void>;
}

/** Older failures say nothing about the current state of the provider. */
const retention: Duration = 12 * hour;

/** Opens the store of one pipeline in the lake's folder `_breakers`. Content that cannot be decoded is ignored. */
export function createBreakerStore(
  lake: string,
  pipeline: string,
  files: Pick<FileStore, 'read' | 'replace'>,
): BreakerStore {
  const path = join(getBreakersFolder(lake), `${encodeURIComponent(pipeline)}${extension}`);
  return {
    async read() {
      return (await readOptionalDocument(path, decodeBreakers, { read: (file) => files.read(file) })) ?? [];
    },
    async write(breakers) {
      // A lake whose providers never fail has no such file.
      if (breakers.length === 0 && (await files.read(path)) === null) return;
      await files.replace(path, `${JSON.stringify({ v: 2, breakers })}\n`);
    },
  };
}

/** Lists the pipelines of a lake that have saved breakers. */
export async function listPipelinesWithBreakers(
  lake: string,
  files: Pick<FileStore, 'list'>,
): Promise<readonly string[]> {
  const names = await files.list(getBreakersFolder(lake));
  return names
    .filter((name) => name.endsWith(extension))
    .map((name) => decodeURIComponent(name.slice(0, -extension.length)))
    .sort();
}

const extension = '.json';

function getBreakersFolder(lake: string): string {
  return join(lake, '_breakers');
}

/** Returns whether a saved breaker is too old to count. */
export function isExpired({ updatedAt, openUntil }: PersistedBreaker, now: Instant): boolean {
  // After a clock was set back, an instant in the future would keep the circuit open for long.
  return updatedAt > now || now >= Math.max(updatedAt, openUntil ?? 0) + retention;
}

function decodeBreakers(document: unknown): readonly PersistedBreaker[] | null {
  if (!isRecord(document) || !Array.isArray(document['breakers'])) return null;
  const breakers: readonly unknown[] = document['breakers'];
  switch (document['v']) {
    case 1:
      return breakers.map(renameVersion1Keys).filter(isPersistedBreaker);
    case 2:
      return breakers.filter(isPersistedBreaker);
    default:
      return null;
  }
}

/** Lakes of version 1 name the provider `source`, the count `pauses` and the time `at`. */
function renameVersion1Keys(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { source, pauses, at, ...others } = value;
  return { ...others, provider: source, openCount: pauses, updatedAt: at };
}

function isPersistedBreaker(value: unknown): value is PersistedBreaker {
  return (
    isRecord(value) &&
    isString(value['provider']) &&
    nullable(isString)(value['symbol']) &&
    isCount(value['failures']) &&
    // Absent in files of earlier versions.
    optional(isString)(value['cause']) &&
    nullable(isCount)(value['openUntil']) &&
    isCount(value['openCount']) &&
    isBoolean(value['othersAnswered']) &&
    isCount(value['updatedAt'])
  );
}
