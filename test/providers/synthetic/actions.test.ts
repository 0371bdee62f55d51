import { describe, expect, it, test } from 'vitest';

import type { FailureKind } from '../../../src/core/failure.js';
import type { FetchOutcome } from '../../../src/core/request.js';
import { hour, second } from '../../../src/core/time/time.js';
import type { ActionInput } from '../../../src/providers/synthetic/build-scenario.js';
import { createVirtualClock } from '../../virtual-clock.js';
import {
  apple,
  barsRequest,
  twoWeeks,
  microsoft,
  never,
  newYork,
  now,
  requestByDataset,
  createProviderWithRules,
  createProvider,
  fetchOutcomeKinds,
} from './requests.js';

const unlistedOption = { ...apple, symbol: 'STRANGE' };
const option = { expiry: '2026-12-18', strike: 270, right: 'C', conId: null } as const;

/** What one action makes of a request for daily bars. */
async function fetchBarsAfter(act: ActionInput): Promise<FetchOutcome> {
  return createProviderWithRules([{ do: act }], createVirtualClock(now)).fetch(barsRequest(), never);
}

function failure(outcome: FetchOutcome): Extract<FetchOutcome, { kind: 'failure' }>['failure'] {
  if (outcome.kind !== 'failure') return expect.fail(`expected a failure, got ${outcome.kind}`);
  return outcome.failure;
}

describe('answers', () => {
  it('come later by all delays together', async () => {
    const clock = createVirtualClock(now);
    const provider = createProviderWithRules(
      [
        { do: { kind: 'delay', duration: 2 * second } },
        { symbols: ['AAPL'], do: { kind: 'delay', duration: 3 * second } },
      ],
      clock,
    );
    expect(await fetchOutcomeKinds(provider, [barsRequest(microsoft)])).toEqual(['rows']);
    expect(clock.now()).toBe(now + 2 * second);
    expect(await fetchOutcomeKinds(provider, [barsRequest(apple)])).toEqual(['rows']);
    expect(clock.now()).toBe(now + 7 * second);
  });

  it('never come of silence, until the request is given up', async () => {
    const clock = createVirtualClock(now);
    const provider = createProviderWithRules([{ do: 'silence' }], clock);
    const controller = new AbortController();
    let answered = false;
    const answer = provider.fetch(barsRequest(), controller.signal).finally(() => (answered = true));
    await clock.advanceBy(240 * hour);
    expect(answered).toBe(false);
    expect(clock.sleepers).toBe(0);
    controller.abort();
    expect(failure(await answer)).toMatchObject({ kind: 'retryable', message: 'stopped before the answer came' });
  });

  it.each(Object.keys(requestByDataset))('can be empty: %s', async (dataset) => {
    const provider = createProviderWithRules([{ requests: [dataset], do: 'empty' }], createVirtualClock(now));
    for (const [table, request] of Object.entries(requestByDataset))
      expect((await provider.fetch(request, never)).kind).toBe(table === dataset ? 'empty' : 'rows');
  });

  it.each([
    ['retryable', 5 * second],
    ['pacing', 5 * second],
    ['denied', null],
    ['lost', null],
    ['invalid', null],
    ['fatal', null],
  ] as const)('fail in the words of the house: %s', async (kind: FailureKind, retryAfter) => {
    const said = failure(await fetchBarsAfter({ fail: kind, message: 'no', retryAfter: 5 * second }));
    expect(said).toEqual({ kind, message: 'no', ...(retryAfter === null ? {} : { retryAfter }) });
  });

  it.each([
    ['162', null, 'retryable'],
    ['E-17', null, 'retryable'],
    ['constructor', null, 'retryable'],
    ['429', null, 'pacing'],
    ['TooMany', 429, 'pacing'],
    ['TokenException', 401, 'fatal'],
    ['PermissionException', 403, 'denied'],
    ['gone', 410, 'lost'],
    ['InputException', 400, 'invalid'],
    ['GeneralException', 503, 'retryable'],
    ['GeneralException', 200, 'retryable'],
    ['354', null, 'denied'],
    ['200', null, 'invalid'],
    ['TokenException', null, 'fatal'],
  ] as const)('fail with the error %s and the status %s: %s', async (code, status, kind) => {
    expect(failure(await fetchBarsAfter({ kind: 'error', code, message: null, status }))).toEqual({
      kind,
      code,
      message: `the source answered with the error ${code}`,
    });
    expect(failure(await fetchBarsAfter({ kind: 'error', code, message: 'so it is', status })).message).toBe(
      'so it is',
    );
  });

  it.each([
    ['garbage', 'retryable', 'malformed'],
    ['drop', 'retryable', 'dropped'],
    [{ kind: 'drop', midMessage: true }, 'retryable', 'dropped'],
    ['expired', 'lost', 'expired'],
    ['unknown', 'invalid', 'no-symbol'],
    ['logged-out', 'fatal', 'logged-out'],
    [{ kind: 'restart', for: second }, 'retryable', 'restarting'],
    [{ kind: 'link-lost', for: second, dataKept: false }, 'retryable', 'link-lost'],
  ] as const)('that end with %s are failures: %s', async (act, kind, code) => {
    const said = failure(await fetchBarsAfter(act));
    expect(said).toMatchObject({ kind, code });
    expect(said.message).not.toBe('');
  });

  it('name the options that are unknown', async () => {
    const provider = createProviderWithRules([{ do: 'unknown' }], createVirtualClock(now));
    const unlisted = { kind: 'empty', unlisted: [option] };
    expect(await provider.fetch(requestByDataset.option_bars, never)).toEqual(unlisted);
    expect(await provider.fetch(requestByDataset.option_snapshots, never)).toEqual(unlisted);
    for (const dataset of ['contracts', 'chains', 'quotes', 'history_starts', 'equity_bars'] as const) {
      const said = failure(await provider.fetch(requestByDataset[dataset], never));
      expect(said.kind).toBe('invalid');
      expect(said.message).toContain('AAPL');
    }
  });

  it('are what all rules make of them, one after the other', async () => {
    const rows = [
      { ts: '2026-11-10T14:30:00Z', close: 1 },
      { ts: '2026-11-11T14:30:00Z', close: 2 },
    ];
    const halfOfRows = createProviderWithRules(
      [{ do: { kind: 'rows', rows } }, { do: { kind: 'truncate', keepFraction: 0.5 } }],
      createVirtualClock(now),
    );
    expect(await halfOfRows.fetch(barsRequest(), never)).toMatchObject({
      rows: { length: 1 },
      answered: { start: twoWeeks.start, end: newYork.startOf('2026-11-11') },
    });
    const deniedAtLast = createProviderWithRules(
      [{ do: 'empty' }, { do: { fail: 'denied' } }],
      createVirtualClock(now),
    );
    expect(await fetchOutcomeKinds(deniedAtLast, [barsRequest()])).toEqual(['denied']);
    const emptyAtLast = createProviderWithRules([{ do: { fail: 'denied' } }, { do: 'empty' }], createVirtualClock(now));
    expect(await fetchOutcomeKinds(emptyAtLast, [barsRequest()])).toEqual(['empty']);
  });
});

describe('an answer that is cut short', () => {
  const cut = async (keep: number, request = barsRequest()): Promise<FetchOutcome> =>
    createProviderWithRules([{ do: { kind: 'truncate', keepFraction: keep } }], createVirtualClock(now)).fetch(
      request,
      never,
    );

  test.each([
    [0, 0, '2026-11-04'],
    [0.3, 3, '2026-11-09'],
    [0.5, 5, '2026-11-11'],
    [0.99, 9, '2026-11-17'],
  ])('to %d of its ten days says how far it goes', async (keep, length, end) => {
    const whole = await createProviderWithRules([], createVirtualClock(now)).fetch(barsRequest(), never);
    const outcome = await cut(keep);
    if (whole.kind !== 'rows' || outcome.kind !== 'rows') return expect.fail('no rows');
    expect(whole.rows.length).toBe(10);
    expect(outcome.rows.length).toBe(length);
    expect(outcome.answeredWindow).toEqual({ start: twoWeeks.start, end: newYork.startOf(end) });
  });

  it('of short bars ends with the first that is missing, and asking for the rest gives the rest', async () => {
    const window = { start: newYork.startOf('2026-11-17'), end: newYork.startOf('2026-11-18') };
    const whole = await createProviderWithRules([], createVirtualClock(now)).fetch(
      barsRequest(apple, { barSize: '1 min', window }),
      never,
    );
    const part = await cut(0.4, barsRequest(apple, { barSize: '1 min', window }));
    if (whole.kind !== 'rows' || part.kind !== 'rows' || part.answeredWindow === null) return expect.fail('no rows');
    const rest = { start: part.answeredWindow.end, end: window.end };
    const others = await createProviderWithRules([], createVirtualClock(now)).fetch(
      barsRequest(apple, { barSize: '1 min', window: rest }),
      never,
    );
    if (others.kind !== 'rows') return expect.fail('no rows');
    const times = (outcome: typeof whole): readonly number[] =>
      outcome.rows.dataset === 'equity_bars' ? [...outcome.rows.columns.ts] : [];
    expect(part.rows.length).toBe(156);
    expect([...times(part), ...times(others)]).toEqual(times(whole));
  });

  it('is no answer where it could not be told', async () => {
    for (const dataset of ['contracts', 'chains', 'quotes', 'option_snapshots'] as const)
      expect(failure(await cut(0.5, requestByDataset[dataset]))).toMatchObject({
        kind: 'retryable',
        code: 'truncated',
      });
  });

  it('stays what it is when it has no rows', async () => {
    const nothing = createProviderWithRules(
      [{ do: 'empty' }, { do: { kind: 'truncate', keepFraction: 0.5 } }],
      createVirtualClock(now),
    );
    expect(await fetchOutcomeKinds(nothing, [barsRequest()])).toEqual(['empty']);
    expect(failure(await cut(0.5, barsRequest({ ...apple, symbol: 'UNKNOWN' }))).kind).toBe('invalid');
  });
});

describe('the market of a scenario', () => {
  it('has the prices that the scenario says', async () => {
    const seen = async (market: { seed?: number; basePrices?: Record<string, number> }): Promise<FetchOutcome> =>
      createProvider({ market }, createVirtualClock(now)).fetch(barsRequest(unlistedOption), never);
    expect(await seen({ seed: 2 })).not.toEqual(await seen({ seed: 3 }));
    const outcome = await seen({ basePrices: { STRANGE: 5_000 } });
    if (outcome.kind !== 'rows' || outcome.rows.dataset !== 'equity_bars') return expect.fail('no bars');
    expect(outcome.rows.columns.close[0]).toBeGreaterThan(1_000);
  });

  it('is at its own time, which may run faster', async () => {
    const clock = createVirtualClock(now);
    const start = newYork.startOf('2026-11-10');
    const provider = createProvider({ clock: { start, speed: 3_600 } }, clock);
    const answered = async (): Promise<unknown> => {
      const outcome = await provider.fetch(barsRequest(), never);
      return outcome.kind === 'rows' ? outcome.answeredWindow?.end : outcome;
    };
    expect(await answered()).toBe(start);
    await clock.advanceBy(24 * second);
    expect(await answered()).toBe(newYork.startOf('2026-11-11'));
  });
});
