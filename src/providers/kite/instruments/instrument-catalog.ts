import type { Clock } from '../../../core/time/clock.js';
import type { Failure } from '../../../core/failure.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { day } from '../../../core/time/time.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import { abortedFailure } from '../failures.js';
import type { KiteNotice } from '../notice.js';
import type { InstrumentListCache } from './instrument-list-cache.js';
import { parseInstruments } from './parse-instruments.js';
import { isFresh, isFromToday } from './freshness.js';
import type { InstrumentTable } from './instrument-table.js';
import { yieldToEventLoop } from './unhurried.js';

/** The list of instruments of today, fetched when it is first needed and again when it has grown old. */
export interface InstrumentCatalog {
  getTable(signal: AbortSignal): Promise<Result<InstrumentTable, Failure>>;
}

/** What the book is made of. */
export interface InstrumentCatalogDeps {
  readonly download: (signal: AbortSignal) => Promise<Result<string, Failure>>;
  readonly cache: InstrumentListCache;
  readonly maxAge: Duration;
  readonly clock: Clock;
  readonly onNotice: (notice: KiteNotice) => void;
}

interface DatedTable {
  readonly table: InstrumentTable;
  readonly fetchedAt: Instant;
}

/** A list never loses half of itself within days: what is missing then was cut off on its way. */
const maxComparableAge: Duration = 4 * day;

type LoadResult = Result<DatedTable, Failure>;

export function createInstrumentCatalog({
  download,
  cache,
  maxAge,
  clock,
  onNotice,
}: InstrumentCatalogDeps): InstrumentCatalog {
  let current: DatedTable | null = null;
  let hasTriedCache = false;
  let loading: {
    readonly done: Promise<LoadResult>;
    readonly controller: AbortController;
    waiterCount: number;
  } | null = null;

  async function load(signal: AbortSignal): Promise<LoadResult> {
    if (!hasTriedCache) {
      hasTriedCache = true;
      current = await loadFromCache();
      if (current !== null && isFresh(current.fetchedAt, clock.now(), maxAge)) return ok(current);
    }
    const text = await download(signal);
    const now = clock.now();
    if (!text.ok) {
      if (current === null || signal.aborted || text.error.kind === 'fatal' || !isFromToday(current.fetchedAt, now))
        return text;
      onNotice({
        kind: 'old-instruments',
        message: `goes on with an older list of instruments: ${text.error.message}`,
      });
      return ok(current);
    }
    const parsed = await yieldToEventLoop(parseInstruments(text.value));
    if (!parsed.ok) return err({ kind: 'retryable', message: parsed.error });
    if (
      current !== null &&
      now - current.fetchedAt < maxComparableAge &&
      parsed.value.length * 2 < current.table.length
    ) {
      const sizes = `${parsed.value.length} rows where there were ${current.table.length}`;
      const hint = 'if there really are so few now, delete the list that is kept on disk';
      return err({ kind: 'retryable', message: `the list of instruments was cut short: ${sizes}; ${hint}` });
    }
    current = { table: parsed.value, fetchedAt: now };
    const storeError = await cache.store({ text: text.value, fetchedAt: now });
    if (storeError !== null)
      onNotice({ kind: 'cache', message: `the list of instruments cannot be kept: ${storeError}` });
    return ok(current);
  }

  async function loadFromCache(): Promise<DatedTable | null> {
    const list = await cache.load();
    const parsed = list === null ? null : await yieldToEventLoop(parseInstruments(list.text));
    return list !== null && parsed?.ok === true ? { table: parsed.value, fetchedAt: list.fetchedAt } : null;
  }

  return {
    async getTable(signal) {
      if (signal.aborted) return err(abortedFailure);
      if (current !== null && isFresh(current.fetchedAt, clock.now(), maxAge)) return ok(current.table);
      if (loading === null) {
        const controller = new AbortController();
        const newLoad = { done: load(controller.signal), controller, waiterCount: 0 };
        loading = newLoad;
        const clearLoading = (): void => {
          if (loading === newLoad) loading = null;
        };
        newLoad.done.then(clearLoading, clearLoading);
      }
      // Whoever stops waiting leaves the others theirs; when nobody is left the request is given up, lest it hang for ever.
      const joinedLoad = loading;
      joinedLoad.waiterCount++;
      const loaded = await untilAborted(joinedLoad.done, signal);
      joinedLoad.waiterCount--;
      if (joinedLoad.waiterCount === 0 && loaded === null) {
        joinedLoad.controller.abort();
        if (loading === joinedLoad) loading = null;
      }
      if (loaded === null) return err(abortedFailure);
      return loaded.ok ? ok(loaded.value.table) : loaded;
    },
  };
}

/** What a promise brings, or null when the signal comes first. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<null>((resolve) => {
    onAbort = () => {
      resolve(null);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
