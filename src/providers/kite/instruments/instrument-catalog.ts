import { setImmediate } from 'node:timers/promises';

import type { Clock } from '../../../core/time/clock.js';
import type { Failure } from '../../../core/failure.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { day, minute } from '../../../core/time/time.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import { untilAborted } from '../../../platform/until-aborted.js';
import { abortedFailure } from '../failures.js';
import { nextIndianTime } from '../indian-time.js';
import type { KiteNotice } from '../notice.js';
import type { InstrumentListCache } from './instrument-list-cache.js';
import { parseInstruments } from './parse-instruments.js';
import type { InstrumentTable } from './instrument-table.js';

/** Provides the list of instruments: downloads it on first use and again when it is stale. */
export interface InstrumentCatalog {
  getTable(signal: AbortSignal): Promise<Result<InstrumentTable, Failure>>;
  /** Cancels a download; resolves when the cache is no longer being written. */
  close(): Promise<void>;
}

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

/** No exchange loses half of its instruments within days: a shorter list was truncated during the download. */
const maxComparableAge: Duration = 4 * day;

/** A small exchange may lose all of its contracts at an expiry. */
const minComparableRows = 50;

const retryDelay: Duration = 5 * minute;

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
  /** After a failed refresh the older list is used until then, instead of a download for every request. */
  let retryAt: Instant = -Infinity;
  let loading: {
    readonly done: Promise<LoadResult>;
    readonly controller: AbortController;
    waiterCount: number;
  } | null = null;
  /** Resolves when every load has ended, those without waiters too. */
  let allLoads: Promise<unknown> = Promise.resolve();

  async function load(signal: AbortSignal): Promise<LoadResult> {
    if (!hasTriedCache) {
      hasTriedCache = true;
      current = await loadFromCache();
      if (current !== null && isFresh(current.fetchedAt, clock.now(), maxAge)) return ok(current);
    }
    const downloaded = await downloadTable(signal);
    const now = clock.now();
    if (!downloaded.ok) {
      const { error } = downloaded;
      if (current === null || signal.aborted || error.kind === 'fatal' || !isFromToday(current.fetchedAt, now))
        return downloaded;
      retryAt = now + retryDelay;
      onNotice({
        kind: 'stale-instruments',
        message: `using an older list of instruments: ${error.message}`,
      });
      return ok(current);
    }
    const { table, text } = downloaded.value;
    current = { table, fetchedAt: now };
    const stored = await cache.store({ text, fetchedAt: now });
    if (!stored.ok) onNotice({ kind: 'cache', message: `cannot store the list of instruments: ${stored.error}` });
    return ok(current);
  }

  /** Downloads a list that nothing shows to be truncated. */
  async function downloadTable(
    signal: AbortSignal,
  ): Promise<Result<{ readonly table: InstrumentTable; readonly text: string }, Failure>> {
    const text = await download(signal);
    if (!text.ok) return text;
    const parsed = await yieldToEventLoop(parseInstruments(text.value));
    if (!parsed.ok) return err({ kind: 'retryable', message: parsed.error });
    const known = current !== null && clock.now() - current.fetchedAt < maxComparableAge ? current.table : null;
    const lost = known === null ? null : findLostExchange(parsed.value, known);
    if (lost !== null) {
      const hint = 'if this is correct, delete the list in the cache folder';
      return err({ kind: 'retryable', message: `the list of instruments is truncated: ${lost}`, hint });
    }
    const { duplicates } = parsed.value;
    if (duplicates.length > 0) {
      const named = `${duplicates.slice(0, 3).join(', ')}${duplicates.length > 3 ? ', …' : ''}`;
      const message = `the list of instruments has several rows for ${named}: the first row counts`;
      onNotice({ kind: 'duplicate-instruments', message });
    }
    return ok({ table: parsed.value, text: text.value });
  }

  async function loadFromCache(): Promise<DatedTable | null> {
    const list = await cache.load();
    const parsed = list === null ? null : await yieldToEventLoop(parseInstruments(list.text));
    return list !== null && parsed?.ok === true ? { table: parsed.value, fetchedAt: list.fetchedAt } : null;
  }

  return {
    async getTable(signal) {
      if (signal.aborted) return err(abortedFailure);
      const now = clock.now();
      const isUsable = ({ fetchedAt }: DatedTable): boolean =>
        isFresh(fetchedAt, now, maxAge) || (now < retryAt && isFromToday(fetchedAt, now));
      if (current !== null && isUsable(current)) return ok(current.table);
      if (loading === null) {
        const controller = new AbortController();
        const newLoad = { done: load(controller.signal), controller, waiterCount: 0 };
        loading = newLoad;
        allLoads = Promise.allSettled([allLoads, newLoad.done]);
        const clearLoading = (): void => {
          if (loading === newLoad) loading = null;
        };
        newLoad.done.then(clearLoading, clearLoading);
      }
      // Callers that abort leave the download to the others; when the last one aborts, the download is cancelled.
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

    async close() {
      loading?.controller.abort();
      await allLoads;
    },
  };
}

/** Kite's list of a day is complete at 08:30 in India. */
const listReadyMinute = 8 * 60 + 30;

/** Returns whether a list is younger than `maxAge` and from the current day. */
export function isFresh(fetchedAt: Instant, now: Instant, maxAge: Duration): boolean {
  return now - fetchedAt < maxAge && isFromToday(fetchedAt, now);
}

/** Returns whether a list was downloaded after the list of the current day was complete. */
function isFromToday(fetchedAt: Instant, now: Instant): boolean {
  return now >= fetchedAt && now < nextIndianTime(fetchedAt, listReadyMinute);
}

/** Describes an exchange with less than half of its rows of an earlier list; null if there is none. */
function findLostExchange(table: InstrumentTable, earlier: InstrumentTable): string | null {
  for (const [exchange, rows] of earlier.rowIndex) {
    const size = table.rowIndex.get(exchange)?.size ?? 0;
    if (rows.size >= minComparableRows && size * 2 < rows.size)
      return `${size} instruments of ${exchange} instead of ${rows.size}`;
  }
  return null;
}

/** Runs a long computation and lets the event loop turn whenever it yields. */
export async function yieldToEventLoop<T>(work: Generator<undefined, T, undefined>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}
