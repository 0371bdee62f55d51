import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/core/result.js';

import type { FetchOutcome, Request } from '../../../src/core/request.js';
import { toDayNumber, day } from '../../../src/core/time/time.js';
import { findRowProblems } from '../../../src/providers/synthetic/scenario-row-problems.js';
import type { RawRow } from '../../../src/config/scenario/rules/scripted-rows.js';
import { buildScenario } from '../../../src/providers/synthetic/build-scenario.js';
import { createVirtualClock } from '../../virtual-clock.js';
import {
  barsRequest,
  twoWeeks,
  never,
  now,
  requestByDataset,
  pointRequest,
  createProviderWithRules,
  snapshotRequest,
  createProvider,
} from './requests.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

function fetchRows(rows: readonly RawRow[], request: Request): Promise<FetchOutcome> {
  return createProviderWithRules([{ do: { kind: 'rows', rows } }], createVirtualClock(now)).fetch(
    request,
    createFetchContext(),
  );
}

describe('bars of a scenario', () => {
  const rows = [
    { ts: '2026-11-11T14:30:00Z', open: 2, high: 3, low: 1, close: 2.5, volume: 100, bar_count: 7, open_interest: 50 },
    { ts: Date.parse('2026-11-10T14:30:00Z'), close: 2 },
    { ts: '2026-11-03T09:30:00-05:00', close: 1 },
    { ts: '2026-11-20T14:30:00Z', close: 9 },
  ];

  it('are the past bars of the window, sorted, with NaN for missing values', async () => {
    const outcome = await fetchRows(rows, barsRequest());
    if (outcome.kind !== 'rows' || outcome.rows.dataset !== 'equity_bars') return expect.fail('no bars');
    const { length, columns } = outcome.rows;
    expect(outcome.answeredWindow).toEqual(twoWeeks);
    expect(length).toBe(2);
    expect([...columns.ts]).toEqual([Date.parse('2026-11-10T14:30:00Z'), Date.parse('2026-11-11T14:30:00Z')]);
    expect([...columns.session]).toEqual([toDayNumber('2026-11-10'), toDayNumber('2026-11-11')]);
    expect([...columns.close]).toEqual([2, 2.5]);
    expect([...columns.open]).toEqual([NaN, 2]);
    expect([...columns.wap]).toEqual([NaN, NaN]);
    expect([...columns.bar_count]).toEqual([NaN, 7]);
    expect([...columns.open_interest]).toEqual([NaN, 50]);
  });

  it('are empty if none lies in the window', async () => {
    expect(await fetchRows([], barsRequest())).toEqual({ kind: 'empty' });
    expect(await fetchRows(rows.slice(2), barsRequest())).toEqual({ kind: 'empty' });
  });

  it('answer a window in progress only until now', async () => {
    const window = { start: now - day, end: now + 7 * day };
    expect(await fetchRows(rows, barsRequest(undefined, { window }))).toMatchObject({
      kind: 'rows',
      rows: { length: 0 },
      answeredWindow: { start: now - day, end: now },
    });
  });

  it('lie in the window and are sorted for any rows', async () => {
    const anyRow = fc.record({
      ts: fc.integer({ min: twoWeeks.start - 5 * day, max: twoWeeks.end + 5 * day }),
      close: fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow), async (scenarioRows) => {
        const outcome = await fetchRows(scenarioRows, barsRequest());
        const within = scenarioRows.map(({ ts }) => ts).filter((ts) => ts >= twoWeeks.start && ts < twoWeeks.end);
        const times =
          outcome.kind === 'rows' && outcome.rows.dataset === 'equity_bars' ? [...outcome.rows.columns.ts] : [];
        expect(times).toEqual(within.toSorted((a, b) => a - b));
        expect(outcome.kind).toBe(within.length === 0 ? 'empty' : 'rows');
      }),
    );
  });
});

describe('rows without time of a scenario', () => {
  it('have the column types of their table', async () => {
    expect(
      await fetchRows(
        [{ expiry: '2026-12-18', strike: 100, right: 'C', multiplier: 100, exchange: 'SMART' }],
        pointRequest('chains'),
      ),
    ).toEqual({
      kind: 'rows',
      answeredWindow: null,
      rows: {
        dataset: 'chains',
        length: 1,
        columns: {
          exchange: ['SMART'],
          trading_class: [null],
          multiplier: Float64Array.of(100),
          expiry: Float64Array.of(toDayNumber('2026-12-18')),
          strike: Float64Array.of(100),
          right: ['C'],
          con_id: Float64Array.of(NaN),
          local_symbol: [null],
        },
      },
    });
    expect(await fetchRows([{ last: 12.5, delayed: true }], pointRequest('quotes'))).toMatchObject({
      rows: { columns: { last: Float64Array.of(12.5), delayed: Float64Array.of(1), bid: Float64Array.of(NaN) } },
    });
  });

  it('of a snapshot are limited to the requested options and sorted', async () => {
    const expiry = '2026-12-18';
    const requested = [
      { expiry, strike: 110, right: 'P', conId: 4 },
      { expiry, strike: 110, right: 'C', conId: null },
      { expiry, strike: 100, right: 'C', conId: 3 },
    ] as const;
    const rows = [
      { strike: 110, right: 'C', bid: 1 },
      { strike: 110, right: 'P', bid: 2 },
      { strike: 120, right: 'C', bid: 3 },
    ];
    expect(await fetchRows(rows, snapshotRequest(requested))).toMatchObject({
      rows: {
        length: 2,
        columns: {
          strike: Float64Array.of(110, 110),
          right: ['C', 'P'],
          bid: Float64Array.of(1, 2),
          con_id: Float64Array.of(NaN, 4),
        },
      },
    });
  });

  it('are empty without rows', async () => {
    for (const request of Object.values(requestByDataset))
      expect(await fetchRows([], request)).toEqual({ kind: 'empty' });
  });
});

describe('invalid rows of a scenario', () => {
  it.each<[string, RawRow, string]>([
    ['equity_bars', { ts: 0, clsoe: 1 }, 'equity_bars has no column `clsoe` (did you mean `close`?)'],
    [
      'equity_bars',
      { ts: 0, constructor: 1 },
      'equity_bars has no column `constructor` (the columns of equity_bars are ts,',
    ],
    [
      'equity_bars',
      { ts: 0, symbol: 'AAPL' },
      '`symbol` is set by the request, not by the response (remove the column)',
    ],
    ['equity_bars', { ts: 0, run_id: 'x' }, '`run_id` is set by the run, not by the response (remove the column)'],
    ['equity_bars', { close: 1 }, 'a row of equity_bars needs `ts`'],
    ['equity_bars', { ts: null }, 'a row of equity_bars needs `ts`'],
    [
      'equity_bars',
      { ts: '2026-11-20 15:00' },
      '`ts` must be a timestamp with a zone, such as `2026-11-20T15:00:00-05:00`',
    ],
    ['equity_bars', { ts: '2026-02-30T15:00:00Z' }, '`ts` must be a timestamp'],
    [
      'equity_bars',
      { ts: 0, session: '2026-02-30' },
      '`session` must be a date such as `2026-11-20`, not `"2026-02-30"`',
    ],
    ['equity_bars', { ts: 0, close: '12' }, '`close` must be a number, not `"12"`'],
    ['equity_bars', { ts: 0, close: Infinity }, '`close` must be a number'],
    ['equity_bars', { ts: 0, bar_count: 1.5 }, '`bar_count` must be a whole number, not `1.5`'],
    ['contracts', { long_name: 5 }, '`long_name` must be a text, not `5`'],
    ['quotes', { delayed: 1 }, '`delayed` must be true or false, not `1`'],
    [
      'chains',
      { expiry: '2026-12-18', strike: 5, right: 'CALL' },
      '`right` must be `C` for calls or `P` for puts, not `"CALL"`',
    ],
    ['option_snapshots', { bid: 1 }, 'a row of option_snapshots needs `strike`'],
  ])('of %s fail the opening as fatal: %j (%s)', async (dataset, row, message) => {
    const input = { rules: [{ requests: [dataset], do: { kind: 'rows', rows: [row] } }] } as const;
    expect(findRowProblems(buildScenario(input).rules)[0]).toContain(`row 1: ${message}`);
    const opened = await createProvider(input, createVirtualClock(now)).open(never);
    if (opened.ok) expect.fail('expected a failure');
    expect(opened.error.kind).toBe('fatal');
    expect(opened.error.message).toContain(message);
  });

  it('are reported all at once with their row numbers', () => {
    const rows = [{ ts: 0 }, { ts: 'x', high: 'y' }, {}];
    const { rules } = buildScenario({ rules: [{ requests: ['equity_bars', 'quotes'], do: { kind: 'rows', rows } }] });
    expect(findRowProblems(rules)).toEqual([
      'row 2: `ts` must be a timestamp with a zone, such as `2026-11-20T15:00:00-05:00`, or milliseconds since 1970, not `"x"`',
      'row 2: `high` must be a number, not `"y"`',
      'row 3: a row of equity_bars needs `ts`',
      'row 1: `ts` is set by the run, not by the response (remove the column)',
      'row 2: `ts` is set by the run, not by the response (remove the column)',
      'row 2: `high` must be a number, not `"y"`',
      'row 2: the response to a request for quotes has one row, not 3 (remove the other rows)',
    ]);
  });

  it('are accepted if they are valid for one table, and fail requests for the others', async () => {
    const provider = createProviderWithRules([{ do: { kind: 'rows', rows: [{ last: 5 }] } }], createVirtualClock(now));
    expect(await provider.open(never)).toEqual(ok(undefined));
    expect(await provider.fetch(pointRequest('quotes'), createFetchContext())).toMatchObject({ kind: 'rows' });
    expect(await provider.fetch(barsRequest(), createFetchContext())).toMatchObject({
      kind: 'failure',
      failure: { kind: 'invalid' },
    });
    const withoutTable = buildScenario({ rules: [{ do: { kind: 'rows', rows: [{ nonsense: 5 }] } }] });
    expect(findRowProblems(withoutTable.rules)).toEqual(['the rows match no table']);
  });
});
