import { join } from 'node:path';

import { hour } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';
import type { BreakerState } from './breakers.js';

/** What the memory needs of a file system. */
export interface MemoryFiles {
  /** The whole file; null when there is none. */
  read(path: string): Promise<string | null>;
  /** Readers see the old content or the new, never a part. */
  replace(path: string, text: string): Promise<void>;
}

/** A breaker, and the source that it is of. */
export interface KeptBreaker extends BreakerState {
  readonly source: string;
  /** When it was last heard of. */
  readonly at: Instant;
}

/** Where the breakers of a pipeline outlive its runs; the pipeline's lock sees to it that one run at a time writes here. */
export interface BreakerMemory {
  read(): Promise<readonly KeptBreaker[]>;
  write(kept: readonly KeptBreaker[]): Promise<void>;
}

/** What failed last night says nothing about tonight. */
const memory: Duration = 12 * hour;

/** The breakers of one pipeline in the lake's folder `_breakers`. What cannot be read counts as unknown. */
export function breakerMemory(lake: string, pipeline: string, files: MemoryFiles): BreakerMemory {
  const path = join(folderIn(lake), `${encodeURIComponent(pipeline)}${ending}`);
  return {
    async read() {
      const text = await files.read(path);
      return text === null ? [] : keptIn(text);
    },
    async write(breakers) {
      // A lake whose sources never fail has no such file.
      if (breakers.length === 0 && (await files.read(path)) === null) return;
      await files.replace(path, `${JSON.stringify({ v: 1, breakers })}\n`);
    },
  };
}

/** The pipelines of a lake that have something to remember of their breakers. */
export async function rememberingPipelines(
  lake: string,
  files: { list(path: string): Promise<readonly string[]> },
): Promise<readonly string[]> {
  const names = await files.list(folderIn(lake));
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => decodeURIComponent(name.slice(0, -ending.length)))
    .sort();
}

const ending = '.json';

function folderIn(lake: string): string {
  return join(lake, '_breakers');
}

/** Whether what was kept is too old to say anything. */
export function isFaded({ at, openUntil }: KeptBreaker, now: Instant): boolean {
  // After a clock was set back a moment in the future would hold for long.
  return at > now || now >= Math.max(at, openUntil ?? 0) + memory;
}

function keptIn(text: string): readonly KeptBreaker[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isRecord(document) || document['v'] !== 1 || !Array.isArray(document['breakers'])) return [];
  return document['breakers'].filter(isKept);
}

function isKept(value: unknown): value is KeptBreaker {
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
