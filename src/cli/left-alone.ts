import { isoSecond } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { plural } from '../core/words.js';
import { diskFiles } from '../lineage/files.js';
import { breakerMemory, isFaded, rememberingPipelines } from '../providers/breaker-memory.js';

/** A source, or a symbol at it, that a pipeline has stopped asking for a while. */
export interface LeftAlone {
  readonly pipeline: string;
  readonly source: string;
  /** Null when it is the source itself. */
  readonly symbol: string | null;
  /** Attempts in a row that failed. */
  readonly failures: number;
  readonly until: Instant;
}

/** Whom the pipelines of a lake leave alone, or will ask only once at first. */
export async function leftAlone(lake: string, now: Instant): Promise<readonly LeftAlone[]> {
  const found: LeftAlone[] = [];
  for (const pipeline of await rememberingPipelines(lake, diskFiles)) {
    for (const kept of await breakerMemory(lake, pipeline, diskFiles).read()) {
      const { source, symbol, failures, openUntil } = kept;
      if (openUntil === null || isFaded(kept, now)) continue;
      found.push({ pipeline, source, symbol, failures, until: openUntil });
    }
  }
  return found;
}

/** So many are named; the rest is in the JSON. */
const mostNamed = 10;

export function leftAloneWords(all: readonly LeftAlone[], now: Instant): readonly string[] {
  const lines = all.slice(0, mostNamed).map(({ pipeline, source, symbol, failures, until }) => {
    const who = symbol === null ? source : `${symbol} at ${source}`;
    const next = until > now ? `until ${isoSecond(until)}` : 'and tried once by the next run';
    return `${who} by ${pipeline} after ${plural(failures, 'failure')} in a row, ${next}`;
  });
  return all.length > mostNamed ? [...lines, `and ${plural(all.length - mostNamed, 'more', 'more')}`] : lines;
}
