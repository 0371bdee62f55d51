import type { Clock } from '../../../core/clock.js';
import type { Failure } from '../../../core/failure.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { day } from '../../../core/time.js';
import type { Duration, Instant } from '../../../core/time.js';
import { stopped } from '../failures.js';
import type { KiteNotice } from '../notice.js';
import type { ListCache } from './cache.js';
import { readInstruments } from './csv.js';
import { isFresh, isOfToday } from './freshness.js';
import type { InstrumentTable } from './table.js';
import { unhurried } from './unhurried.js';

/** The list of instruments of today, fetched when it is first needed and again when it has grown old. */
export interface InstrumentBook {
  table(signal: AbortSignal): Promise<Result<InstrumentTable, Failure>>;
}

/** What the book is made of. */
export interface BookParts {
  readonly download: (signal: AbortSignal) => Promise<Result<string, Failure>>;
  readonly cache: ListCache;
  readonly maxAge: Duration;
  readonly clock: Clock;
  readonly notices: (notice: KiteNotice) => void;
}

interface DatedTable {
  readonly table: InstrumentTable;
  readonly fetchedAt: Instant;
}

/** A list never loses half of itself within days: what is missing then was cut off on its way. */
const comparable: Duration = 4 * day;

type Loaded = Result<DatedTable, Failure>;

export function instrumentBook({ download, cache, maxAge, clock, notices }: BookParts): InstrumentBook {
  let held: DatedTable | null = null;
  let cacheTried = false;
  let loading: { readonly done: Promise<Loaded>; readonly stop: AbortController; waiting: number } | null = null;

  async function load(signal: AbortSignal): Promise<Loaded> {
    if (!cacheTried) {
      cacheTried = true;
      held = await fromCache();
      if (held !== null && isFresh(held.fetchedAt, clock.now(), maxAge)) return ok(held);
    }
    const text = await download(signal);
    const now = clock.now();
    if (!text.ok) {
      if (held === null || signal.aborted || text.error.kind === 'fatal' || !isOfToday(held.fetchedAt, now))
        return text;
      notices({ kind: 'old-instruments', message: `goes on with an older list of instruments: ${text.error.message}` });
      return ok(held);
    }
    const read = await unhurried(readInstruments(text.value));
    if (!read.ok) return err({ kind: 'retryable', message: read.error });
    if (held !== null && now - held.fetchedAt < comparable && read.value.length * 2 < held.table.length) {
      const sizes = `${read.value.length} rows where there were ${held.table.length}`;
      const remedy = 'if there really are so few now, delete the list that is kept on disk';
      return err({ kind: 'retryable', message: `the list of instruments was cut short: ${sizes}; ${remedy}` });
    }
    held = { table: read.value, fetchedAt: now };
    const trouble = await cache.store({ text: text.value, fetchedAt: now });
    if (trouble !== null) notices({ kind: 'cache', message: `the list of instruments cannot be kept: ${trouble}` });
    return ok(held);
  }

  async function fromCache(): Promise<DatedTable | null> {
    const list = await cache.load();
    const read = list === null ? null : await unhurried(readInstruments(list.text));
    return list !== null && read?.ok === true ? { table: read.value, fetchedAt: list.fetchedAt } : null;
  }

  return {
    async table(signal) {
      if (signal.aborted) return err(stopped);
      if (held !== null && isFresh(held.fetchedAt, clock.now(), maxAge)) return ok(held.table);
      if (loading === null) {
        const stop = new AbortController();
        const begun = { done: load(stop.signal), stop, waiting: 0 };
        loading = begun;
        const forget = (): void => {
          if (loading === begun) loading = null;
        };
        begun.done.then(forget, forget);
      }
      // Whoever stops waiting leaves the others theirs; when nobody is left the request is given up, lest it hang for ever.
      const joined = loading;
      joined.waiting++;
      const loaded = await untilAborted(joined.done, signal);
      joined.waiting--;
      if (joined.waiting === 0 && loaded === null) {
        joined.stop.abort();
        if (loading === joined) loading = null;
      }
      if (loaded === null) return err(stopped);
      return loaded.ok ? ok(loaded.value.table) : loaded;
    },
  };
}

/** What a promise brings, or null when the signal comes first. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  let stop = (): void => undefined;
  const aborted = new Promise<null>((resolve) => {
    stop = () => {
      resolve(null);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
