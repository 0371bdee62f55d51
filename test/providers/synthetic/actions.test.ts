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
  newYork,
  now,
  requestByDataset,
  createProviderWithRules,
  createProvider,
  fetchOutcomeKinds,
} from './requests.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

const unlistedOption = { ...apple, symbol: 'STRANGE' };
const option = { expiry: '2026-12-18', strike: 270, right: 'C', conId: null } as const;

/** The outcome of a request for daily bars under one action. */
async function fetchBarsAfter(action: ActionInput): Promise<FetchOutcome> {
  return createProviderWithRules([{ do: action }], createVirtualClock(now)).fetch(barsRequest(), createFetchContext());
}

function getFailure(outcome: FetchOutcome): Extract<FetchOutcome, { kind: 'failure' }>['failure'] {
  if (outcome.kind !== 'failure') return expect.fail(`expected a failure, got ${outcome.kind}`);
  return outcome.failure;
}

describe('an action on responses', () => {
  it('delays a response by the sum of all matching delays', async () => {
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

  it('of no_response sends no response until the signal aborts', async () => {
    const clock = createVirtualClock(now);
    const provider = createProviderWithRules([{ do: 'no-response' }], clock);
    const controller = new AbortController();
    let answered = false;
    const pending = provider
      .fetch(barsRequest(), createFetchContext(controller.signal))
      .finally(() => (answered = true));
    await clock.advanceBy(240 * hour);
    expect(answered).toBe(false);
    expect(clock.sleepers).toBe(0);
    controller.abort();
    expect(getFailure(await pending)).toMatchObject({
      kind: 'retryable',
      message: 'cancelled before the response arrived',
    });
  });

  it.each(Object.keys(requestByDataset))('of empty affects only its dataset: %s', async (dataset) => {
    const provider = createProviderWithRules([{ requests: [dataset], do: 'empty' }], createVirtualClock(now));
    for (const [table, request] of Object.entries(requestByDataset))
      expect((await provider.fetch(request, createFetchContext())).kind).toBe(table === dataset ? 'empty' : 'rows');
  });

  it.each([
    ['retryable', 5 * second],
    ['pacing', 5 * second],
    ['denied', null],
    ['unavailable', null],
    ['invalid', null],
    ['fatal', null],
  ] as const)('of a %s failure returns the failure with its message', async (kind: FailureKind, retryAfter) => {
    const failure = getFailure(await fetchBarsAfter({ fail: kind, message: 'no', retryAfter: 5 * second }));
    expect(failure).toEqual({ kind, message: 'no', ...(retryAfter === null ? {} : { retryAfter }) });
  });

  it.each([
    ['162', null, 'retryable'],
    ['E-17', null, 'retryable'],
    ['constructor', null, 'retryable'],
    ['429', null, 'pacing'],
    ['TooMany', 429, 'pacing'],
    ['TokenException', 401, 'fatal'],
    ['PermissionException', 403, 'denied'],
    ['gone', 410, 'unavailable'],
    ['InputException', 400, 'invalid'],
    ['GeneralException', 503, 'retryable'],
    ['GeneralException', 200, 'retryable'],
    ['354', null, 'denied'],
    ['200', null, 'invalid'],
    ['TokenException', null, 'fatal'],
  ] as const)('of error %s with status %s returns a %s failure', async (code, status, kind) => {
    expect(getFailure(await fetchBarsAfter({ kind: 'error', code, message: null, status }))).toEqual({
      kind,
      code,
      message: `the source returned error ${code}`,
    });
    expect(getFailure(await fetchBarsAfter({ kind: 'error', code, message: 'custom message', status })).message).toBe(
      'custom message',
    );
  });

  it.each([
    ['garbage', 'retryable', 'malformed'],
    ['drop', 'retryable', 'dropped'],
    [{ kind: 'drop', midMessage: true }, 'retryable', 'dropped'],
    ['expired', 'unavailable', 'expired'],
    ['unknown', 'invalid', 'no-symbol'],
    ['logged-out', 'fatal', 'logged-out'],
    [{ kind: 'restart', duration: second }, 'retryable', 'restarting'],
    [{ kind: 'upstream-lost', duration: second, dataKept: false }, 'retryable', 'upstream-lost'],
  ] as const)('of %j returns a %s failure', async (action, kind, code) => {
    const failure = getFailure(await fetchBarsAfter(action));
    expect(failure).toMatchObject({ kind, code });
    expect(failure.message).not.toBe('');
  });

  it('of unknown reports options as unlisted and fails as invalid for other datasets', async () => {
    const provider = createProviderWithRules([{ do: 'unknown' }], createVirtualClock(now));
    const unlisted = { kind: 'empty', unlisted: [option] };
    expect(await provider.fetch(requestByDataset.option_bars, createFetchContext())).toEqual(unlisted);
    expect(await provider.fetch(requestByDataset.option_snapshots, createFetchContext())).toEqual(unlisted);
    for (const dataset of ['contracts', 'chains', 'quotes', 'history_starts', 'equity_bars'] as const) {
      const failure = getFailure(await provider.fetch(requestByDataset[dataset], createFetchContext()));
      expect(failure.kind).toBe('invalid');
      expect(failure.message).toContain('AAPL');
    }
  });

  it('that matches first decides the outcome when several contradict', async () => {
    const rows = [
      { ts: '2026-11-10T14:30:00Z', close: 1 },
      { ts: '2026-11-11T14:30:00Z', close: 2 },
    ];
    const rowsFirst = createProviderWithRules(
      [{ do: { kind: 'rows', rows } }, { do: { kind: 'truncate', keepFraction: 0.5 } }],
      createVirtualClock(now),
    );
    expect(await rowsFirst.fetch(barsRequest(), createFetchContext())).toMatchObject({
      rows: { length: 2 },
      answeredWindow: twoWeeks,
    });
    const emptyFirst = createProviderWithRules([{ do: 'empty' }, { do: { fail: 'denied' } }], createVirtualClock(now));
    expect(await fetchOutcomeKinds(emptyFirst, [barsRequest()])).toEqual(['empty']);
    const deniedFirst = createProviderWithRules([{ do: { fail: 'denied' } }, { do: 'empty' }], createVirtualClock(now));
    expect(await fetchOutcomeKinds(deniedFirst, [barsRequest()])).toEqual(['denied']);
  });
});

describe('a truncated response', () => {
  const cut = async (keep: number, request = barsRequest()): Promise<FetchOutcome> =>
    createProviderWithRules([{ do: { kind: 'truncate', keepFraction: keep } }], createVirtualClock(now)).fetch(
      request,
      createFetchContext(),
    );

  test.each([
    [0, 0, '2026-11-04'],
    [0.3, 3, '2026-11-09'],
    [0.5, 5, '2026-11-11'],
    [0.99, 9, '2026-11-17'],
  ])('with the fraction %d of ten daily bars has %i bars and is answered until %s', async (keep, length, end) => {
    const whole = await createProviderWithRules([], createVirtualClock(now)).fetch(barsRequest(), createFetchContext());
    const outcome = await cut(keep);
    if (whole.kind !== 'rows' || outcome.kind !== 'rows') return expect.fail('no rows');
    expect(whole.rows.length).toBe(10);
    expect(outcome.rows.length).toBe(length);
    expect(outcome.answeredWindow).toEqual({ start: twoWeeks.start, end: newYork.startOf(end) });
  });

  it('of one-minute bars is answered until the first missing bar, and a request for the rest completes the window', async () => {
    const window = { start: newYork.startOf('2026-11-17'), end: newYork.startOf('2026-11-18') };
    const whole = await createProviderWithRules([], createVirtualClock(now)).fetch(
      barsRequest(apple, { barSize: '1 min', window }),
      createFetchContext(),
    );
    const part = await cut(0.4, barsRequest(apple, { barSize: '1 min', window }));
    if (whole.kind !== 'rows' || part.kind !== 'rows' || part.answeredWindow === null) return expect.fail('no rows');
    const rest = { start: part.answeredWindow.end, end: window.end };
    const others = await createProviderWithRules([], createVirtualClock(now)).fetch(
      barsRequest(apple, { barSize: '1 min', window: rest }),
      createFetchContext(),
    );
    if (others.kind !== 'rows') return expect.fail('no rows');
    const times = (outcome: typeof whole): readonly number[] =>
      outcome.rows.dataset === 'equity_bars' ? [...outcome.rows.columns.ts] : [];
    expect(part.rows.length).toBe(156);
    expect([...times(part), ...times(others)]).toEqual(times(whole));
  });

  it('is a retryable failure for datasets without time', async () => {
    for (const dataset of ['contracts', 'chains', 'quotes', 'option_snapshots'] as const)
      expect(getFailure(await cut(0.5, requestByDataset[dataset]))).toMatchObject({
        kind: 'retryable',
        code: 'truncated',
      });
  });

  it('without rows is unchanged', async () => {
    const nothing = createProviderWithRules(
      [{ do: 'empty' }, { do: { kind: 'truncate', keepFraction: 0.5 } }],
      createVirtualClock(now),
    );
    expect(await fetchOutcomeKinds(nothing, [barsRequest()])).toEqual(['empty']);
    expect(getFailure(await cut(0.5, barsRequest({ ...apple, symbol: 'UNKNOWN' }))).kind).toBe('invalid');
  });
});

describe('the market of a scenario', () => {
  it('has the seed and the base prices of the scenario', async () => {
    const fetchBarsOf = async (market: { seed?: number; basePrices?: Record<string, number> }): Promise<FetchOutcome> =>
      createProvider({ market }, createVirtualClock(now)).fetch(barsRequest(unlistedOption), createFetchContext());
    expect(await fetchBarsOf({ seed: 2 })).not.toEqual(await fetchBarsOf({ seed: 3 }));
    const outcome = await fetchBarsOf({ basePrices: { STRANGE: 5_000 } });
    if (outcome.kind !== 'rows' || outcome.rows.dataset !== 'equity_bars') return expect.fail('no bars');
    expect(outcome.rows.columns.close[0]).toBeGreaterThan(1_000);
  });

  it('starts at the time of the scenario and runs at its speed', async () => {
    const clock = createVirtualClock(now);
    const start = newYork.startOf('2026-11-10');
    const provider = createProvider({ clock: { start, speed: 3_600 } }, clock);
    const answered = async (): Promise<unknown> => {
      const outcome = await provider.fetch(barsRequest(), createFetchContext());
      return outcome.kind === 'rows' ? outcome.answeredWindow?.end : outcome;
    };
    expect(await answered()).toBe(start);
    await clock.advanceBy(24 * second);
    expect(await answered()).toBe(newYork.startOf('2026-11-11'));
  });
});
