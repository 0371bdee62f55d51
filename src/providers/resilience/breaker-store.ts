import { join } from 'node:path';

import { hour } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { BreakerSnapshot } from './circuit-breakers.js';

/** What the memory needs of a file system. */
export interface BreakerFiles {
  /** The whole file; null when there is none. */
  read(path: string): Promise<string | null>;
  /** Readers see the old content or the new, never a part. */
  replace(path: string, text: string): Promise<void>;
}

/** A breaker, and the source that it is of. */
export interface PersistedBreaker extends BreakerSnapshot {
  readonly provider: string;
  /** When it was last heard of. */
  readonly updatedAt: Instant;
}

/** Where the breakers of a pipeline outlive its runs; the pipeline's lock sees to it that one run at a time writes here. */
export interface BreakerStore {
  read(): Promise<readonly PersistedBreaker[]>;
  write(breakers: readonly PersistedBreaker[]): Promise<void>;
}

/** What failed last night says nothing about tonight. */
const retention: Duration = 12 * hour;

/** The breakers of one pipeline in the lake's folder `_breakers`. What cannot be read counts as unknown. */
export function createBreakerStore(lake: string, pipeline: string, files: BreakerFiles): BreakerStore {
  const path = join(getBreakersFolder(lake), `${encodeURIComponent(pipeline)}${extension}`);
  return {
    async read() {
      const text = await files.read(path);
      return text === null ? [] : parseBreakers(text);
    },
    async write(breakers) {
      // A lake whose sources never fail has no such file.
      if (breakers.length === 0 && (await files.read(path)) === null) return;
      await files.replace(path, `${JSON.stringify({ v: 1, breakers })}\n`);
    },
  };
}

/** The pipelines of a lake that have something to remember of their breakers. */
export async function listPipelinesWithBreakers(
  lake: string,
  files: { list(path: string): Promise<readonly string[]> },
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

/** Whether what was kept is too old to say anything. */
export function isExpired({ updatedAt, openUntil }: PersistedBreaker, now: Instant): boolean {
  // After a clock was set back a moment in the future would hold for long.
  return updatedAt > now || now >= Math.max(updatedAt, openUntil ?? 0) + retention;
}

function parseBreakers(text: string): readonly PersistedBreaker[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isRecord(document) || document['v'] !== 1 || !Array.isArray(document['breakers'])) return [];
  return document['breakers'].filter(isPersistedBreaker);
}

function isPersistedBreaker(value: unknown): value is PersistedBreaker {
  if (!isRecord(value)) return false;
  const { source, symbol, failures, openUntil, pauses, othersAnswered, at } = value;
  return (
    typeof source === 'string' &&
    (symbol === null || typeof symbol === 'string') &&
    isCount(failures) &&
    (openUntil === null || isCount(openUntil)) &&
    isCount(pauses) &&
    typeof othersAnswered === 'boolean' &&
    isCount(at)
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
