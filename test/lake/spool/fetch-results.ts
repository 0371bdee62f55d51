import type { CommitInfo, FetchResult } from '../../../src/core/fetch-result.js';
import type { ProcessIdentity } from '../../../src/lake/locks/process-identity.js';
import type { ClaimedSpool } from '../../../src/lake/spool/abandoned-spools.js';
import { getProcessIdentity } from '../../../src/lake/locks/process-identity.js';
import { openSpool } from '../../../src/lake/spool/spool.js';
import type { SpoolOptions } from '../../../src/lake/spool/spool.js';

/** A process that does not exist: no system assigns such a process id. */
export const deadProcess: ProcessIdentity = { ...getProcessIdentity(), pid: 2 ** 30 };

export function author(runId: string): CommitInfo {
  return { runId, pipeline: { name: 'nightly', hash: 'abc' } };
}

export function buildSpoolOptions(folder: string, runId: string, owner = getProcessIdentity()): SpoolOptions {
  return { folder, author: author(runId), owner };
}

/** Daily bars of one symbol. */
export function buildBarsResult(symbol: string, length: number, requestId = 'run/1'): FetchResult {
  const column = (base: number): Float64Array => Float64Array.from({ length }, (_, row) => base + row / 4);
  return {
    requestId,
    series: {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument: { symbol, kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' },
      barSize: '1 day',
      priceType: 'TRADES',
      hours: 'rth',
    },
    step: 'prices',
    requestedAt: 1_700_000_000_000,
    answeredAt: 1_700_000_000_500,
    upstream: ['other/7'],
    contract: { conId: 265598, date: '2026-11-20' },
    closedWindows: [{ window: { start: 0, end: 1000 }, state: 'data', rows: length }],
    rows: {
      dataset: 'equity_bars',
      length,
      columns: {
        ts: column(1e12),
        session: column(19_000),
        open: column(1),
        high: column(2),
        low: column(3),
        close: column(4),
        volume: column(5),
        wap: column(6),
        bar_count: new Float64Array(length).fill(NaN),
        open_interest: column(7),
      },
    },
  };
}

/** A failure with a reason and without rows. */
export function buildFailedResult(symbol: string, requestId = 'run/2'): FetchResult {
  return {
    ...buildBarsResult(symbol, 0, requestId),
    closedWindows: [{ window: { start: 5, end: 9 }, state: 'failed', rows: 0, reason: 'time-out “30 s”\n' }],
    rows: null,
  };
}

/** Contracts with text columns that are equal, mixed and null. */
export function buildContractResult(symbol: string, requestId = 'run/3'): FetchResult {
  return {
    requestId,
    series: {
      dataset: 'contracts',
      provider: 'mock',
      instrument: { symbol, kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' },
    },
    step: 'contracts',
    requestedAt: 1,
    answeredAt: 2,
    upstream: [],
    closedWindows: [{ window: { start: 2, end: 3 }, state: 'data', rows: 2 }],
    rows: {
      dataset: 'contracts',
      length: 2,
      columns: {
        con_id: Float64Array.of(265598, NaN),
        sec_type: ['STK', 'STK'],
        exchange: ['SMART', 'NASDAQ'],
        primary_exchange: [null, 'NASDAQ'],
        currency: ['USD', 'USD'],
        local_symbol: [null, null],
        trading_class: ['NMS', 'NMS'],
        multiplier: Float64Array.of(1, 1),
        long_name: ['Æther “Ltd”', 'Æther “Ltd”'],
        industry: ['', ''],
        category: ['a', 'b'],
        min_tick: Float64Array.of(0.01, 0.01),
        time_zone: ['US/Eastern', 'US/Eastern'],
      },
    },
  };
}

/** Creates the spool of a run that ended before it committed its only result. */
export async function leaveSpool(folder: string, runId: string, owner: ProcessIdentity): Promise<void> {
  const spool = await openSpool(buildSpoolOptions(folder, runId, owner));
  await spool.append(buildBarsResult('AAPL', 2, `${runId}/1`));
  await spool.rotate();
}

/** The request ids of the results in a spool; none for a spool that was not claimed. */
export async function listRequestIds(spool: ClaimedSpool | null): Promise<readonly string[]> {
  const ids: string[] = [];
  if (spool !== null) {
    for await (const { results } of spool.read()) ids.push(...results.map(({ requestId }) => requestId));
  }
  return ids;
}
