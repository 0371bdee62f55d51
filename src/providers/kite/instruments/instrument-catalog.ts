import { setImmediate } from 'node:timers/promises';

import type { Clock } from '../../../core/time/clock.js';
import type { Failure } from '../../../core/failure.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { day } from '../../../core/time/time.js';
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

/** A list does not shrink by half within days: a shorter one was truncated during the download. */
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
        kind: 'stale-instruments',
        message: `using an older list of instruments: ${text.error.message}`,
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
      const sizes = `${parsed.value.length} rows instead of ${current.table.length}`;
      const hint = 'if this is correct, delete the list in the cache folder';
      return err({ kind: 'retryable', message: `the list of instruments is truncated: ${sizes}; ${hint}` });
    }
    current = { table: parsed.value, fetchedAt: now };
    const stored = await cache.store({ text: text.value, fetchedAt: now });
    if (!stored.ok) onNotice({ kind: 'cache', message: `cannot store the list of instruments: ${stored.error}` });
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

/** Runs a long computation and lets the event loop turn whenever it yields. */
export async function yieldToEventLoop<T>(work: Generator<undefined, T, undefined>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}
