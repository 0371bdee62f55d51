import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

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

function fetchRows(rows: readonly RawRow[], request: Request): Promise<FetchOutcome> {
  return createProviderWithRules([{ do: { kind: 'rows', rows } }], createVirtualClock(now)).fetch(request, never);
}

describe('own bars', () => {
  const rows = [
    { ts: '2026-11-11T14:30:00Z', open: 2, high: 3, low: 1, close: 2.5, volume: 100, bar_count: 7, open_interest: 50 },
    { ts: Date.parse('2026-11-10T14:30:00Z'), close: 2 },
    { ts: '2026-11-03T09:30:00-05:00', close: 1 },
    { ts: '2026-11-20T14:30:00Z', close: 9 },
  ];

  it('are those of the window that have happened, in order, with nothing where nothing is written', async () => {
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

  it('that are none in the window are nothing there', async () => {
    expect(await fetchRows([], barsRequest())).toEqual({ kind: 'empty' });
    expect(await fetchRows(rows.slice(2), barsRequest())).toEqual({ kind: 'empty' });
  });

  it('say nothing about what has not happened yet', async () => {
    const window = { start: now - day, end: now + 7 * day };
    expect(await fetchRows(rows, barsRequest(undefined, { window }))).toMatchObject({
      kind: 'rows',
      rows: { length: 0 },
      answered: { start: now - day, end: now },
    });
  });

  it('lie in the window and in order, whatever is written', async () => {
    const anyRow = fc.record({
      ts: fc.integer({ min: twoWeeks.start - 5 * day, max: twoWeeks.end + 5 * day }),
      close: fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow), async (written) => {
        const outcome = await fetchRows(written, barsRequest());
        const within = written.map(({ ts }) => ts).filter((ts) => ts >= twoWeeks.start && ts < twoWeeks.end);
        const times =
          outcome.kind === 'rows' && outcome.rows.dataset === 'equity_bars' ? [...outcome.rows.columns.ts] : [];
        expect(times).toEqual(within.toSorted((a, b) => a - b));
        expect(outcome.kind).toBe(within.length === 0 ? 'empty' : 'rows');
      }),
    );
  });
});

describe('own rows of what is true now', () => {
  it('are typed as their table says', async () => {
    expect(
      await fetchRows(
        [{ expiry: '2026-12-18', strike: 100, right: 'C', multiplier: 100, exchange: 'SMART' }],
        pointRequest('chains'),
      ),
    ).toEqual({
      kind: 'rows',
      answered: null,
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

  it('are no others than the options asked for, in order', async () => {
    const expiry = '2026-12-18';
    const asked = [
      { expiry, strike: 110, right: 'P', conId: 4 },
      { expiry, strike: 110, right: 'C', conId: null },
      { expiry, strike: 100, right: 'C', conId: 3 },
    ] as const;
    const rows = [
      { strike: 110, right: 'C', bid: 1 },
      { strike: 110, right: 'P', bid: 2 },
      { strike: 120, right: 'C', bid: 3 },
    ];
    expect(await fetchRows(rows, snapshotRequest(asked))).toMatchObject({
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

  it('that are none are nothing', async () => {
    for (const request of Object.values(requestByDataset))
      expect(await fetchRows([], request)).toEqual({ kind: 'empty' });
  });
});

describe('rows that cannot be read', () => {
  it.each<[string, RawRow, string]>([
    ['equity_bars', { ts: 0, clsoe: 1 }, '`clsoe` is no column of equity_bars (did you mean `close`?)'],
    [
      'equity_bars',
      { ts: 0, constructor: 1 },
      '`constructor` is no column of equity_bars (columns of equity_bars are ts,',
    ],
    [
      'equity_bars',
      { ts: 0, symbol: 'AAPL' },
      '`symbol` comes from the request and not from its answer (leave it out)',
    ],
    ['equity_bars', { ts: 0, run_id: 'x' }, '`run_id` comes from the run and not from its answer (leave it out)'],
    ['equity_bars', { close: 1 }, 'a row of equity_bars needs `ts`'],
    ['equity_bars', { ts: null }, 'a row of equity_bars needs `ts`'],
    [
      'equity_bars',
      { ts: '2026-11-20 15:00' },
      '`ts` takes a moment with its zone such as `2026-11-20T15:00:00-05:00`',
    ],
    ['equity_bars', { ts: '2026-02-30T15:00:00Z' }, '`ts` takes a moment'],
    [
      'equity_bars',
      { ts: 0, session: '2026-02-30' },
      '`session` takes a date such as `2026-11-20`, and this is `"2026-02-30"`',
    ],
    ['equity_bars', { ts: 0, close: '12' }, '`close` takes a number, and this is `"12"`'],
    ['equity_bars', { ts: 0, close: Infinity }, '`close` takes a number'],
    ['equity_bars', { ts: 0, bar_count: 1.5 }, '`bar_count` takes a whole number, and this is `1.5`'],
    ['contracts', { long_name: 5 }, '`long_name` takes a text, and this is `5`'],
    ['quotes', { delayed: 1 }, '`delayed` takes true or false, and this is `1`'],
    [
      'chains',
      { expiry: '2026-12-18', strike: 5, right: 'CALL' },
      '`right` takes `C` for calls or `P` for puts, and this is `"CALL"`',
    ],
    ['option_snapshots', { bid: 1 }, 'a row of option_snapshots needs `strike`'],
  ])('for %s, such as %j, are refused: %s', async (dataset, row, message) => {
    const input = { rules: [{ requests: [dataset], do: { kind: 'rows', rows: [row] } }] } as const;
    expect(findRowProblems(buildScenario(input).rules)[0]).toContain(`row 1: ${message}`);
    const refusal = await createProvider(input, createVirtualClock(now)).open(never);
    expect(refusal?.kind).toBe('fatal');
    expect(refusal?.message).toContain(message);
  });

  it('name every problem at once, with its row', () => {
    const rows = [{ ts: 0 }, { ts: 'x', high: 'y' }, {}];
    const { rules } = buildScenario({ rules: [{ requests: ['equity_bars', 'quotes'], do: { kind: 'rows', rows } }] });
    expect(findRowProblems(rules)).toEqual([
      'row 2: `ts` takes a moment with its zone such as `2026-11-20T15:00:00-05:00`, or milliseconds since 1970, and this is `"x"`',
      'row 2: `high` takes a number, and this is `"y"`',
      'row 3: a row of equity_bars needs `ts`',
      'row 1: `ts` comes from the run and not from its answer (leave it out)',
      'row 2: `ts` comes from the run and not from its answer (leave it out)',
      'row 2: `high` takes a number, and this is `"y"`',
      'row 2: a request for quotes is answered with one row, not with 3 (leave the others out)',
    ]);
  });

  it('may be meant for one table where the rule names none, and are wrong for the others', async () => {
    const provider = createProviderWithRules([{ do: { kind: 'rows', rows: [{ last: 5 }] } }], createVirtualClock(now));
    expect(await provider.open(never)).toBeNull();
    expect(await provider.fetch(pointRequest('quotes'), never)).toMatchObject({ kind: 'rows' });
    expect(await provider.fetch(barsRequest(), never)).toMatchObject({ kind: 'failure', failure: { kind: 'invalid' } });
    const nowhere = buildScenario({ rules: [{ do: { kind: 'rows', rows: [{ nonsense: 5 }] } }] });
    expect(findRowProblems(nowhere.rules)).toEqual(['these rows are of no table']);
  });
});
