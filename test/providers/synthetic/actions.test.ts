import { describe, expect, it, test } from 'vitest';

import type { FailureKind } from '../../../src/core/failure.js';
import type { Outcome } from '../../../src/core/request.js';
import { hour, second } from '../../../src/core/time.js';
import type { Doing } from '../../../src/providers/synthetic/scenario-of.js';
import { virtualClock } from '../../virtual-clock.js';
import {
  apple,
  bars,
  fortnight,
  microsoft,
  never,
  newYork,
  now,
  oneOfEach,
  ruled,
  synthetic,
  words,
} from './asking.js';

const strange = { ...apple, symbol: 'STRANGE' };
const option = { expiry: '2026-12-18', strike: 270, right: 'C', conId: null } as const;

/** What one action makes of a request for daily bars. */
async function barsAfter(act: Doing): Promise<Outcome> {
  return ruled([{ do: act }], virtualClock(now)).fetch(bars(), never);
}

function failure(outcome: Outcome): Extract<Outcome, { kind: 'failure' }>['failure'] {
  if (outcome.kind !== 'failure') return expect.fail(`expected a failure, got ${outcome.kind}`);
  return outcome.failure;
}

describe('answers', () => {
  it('come later by all delays together', async () => {
    const clock = virtualClock(now);
    const provider = ruled(
      [{ do: { kind: 'delay', for: 2 * second } }, { symbols: ['AAPL'], do: { kind: 'delay', for: 3 * second } }],
      clock,
    );
    expect(await words(provider, [bars(microsoft)])).toEqual(['rows']);
    expect(clock.now()).toBe(now + 2 * second);
    expect(await words(provider, [bars(apple)])).toEqual(['rows']);
    expect(clock.now()).toBe(now + 7 * second);
  });

  it('never come of silence, until the request is given up', async () => {
    const clock = virtualClock(now);
    const provider = ruled([{ do: 'silence' }], clock);
    const controller = new AbortController();
    let answered = false;
    const answer = provider.fetch(bars(), controller.signal).finally(() => (answered = true));
    await clock.advanceBy(240 * hour);
    expect(answered).toBe(false);
    expect(clock.sleepers).toBe(0);
    controller.abort();
    expect(failure(await answer)).toMatchObject({ kind: 'retryable', message: 'stopped before the answer came' });
  });

  it.each(Object.keys(oneOfEach))('can be empty: %s', async (dataset) => {
    const provider = ruled([{ requests: [dataset], do: 'empty' }], virtualClock(now));
    for (const [table, request] of Object.entries(oneOfEach))
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
    const said = failure(await barsAfter({ fail: kind, message: 'no', retryAfter: 5 * second }));
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
    expect(failure(await barsAfter({ kind: 'error', code, message: null, status }))).toEqual({
      kind,
      code,
      message: `the source answered with the error ${code}`,
    });
    expect(failure(await barsAfter({ kind: 'error', code, message: 'so it is', status })).message).toBe('so it is');
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
    const said = failure(await barsAfter(act));
    expect(said).toMatchObject({ kind, code });
    expect(said.message).not.toBe('');
  });

  it('name the options that are unknown', async () => {
    const provider = ruled([{ do: 'unknown' }], virtualClock(now));
    const unlisted = { kind: 'empty', unlisted: [option] };
    expect(await provider.fetch(oneOfEach.option_bars, never)).toEqual(unlisted);
    expect(await provider.fetch(oneOfEach.option_snapshots, never)).toEqual(unlisted);
    for (const dataset of ['contracts', 'chains', 'quotes', 'history_starts', 'equity_bars'] as const) {
      const said = failure(await provider.fetch(oneOfEach[dataset], never));
      expect(said.kind).toBe('invalid');
      expect(said.message).toContain('AAPL');
    }
  });

  it('are what all rules make of them, one after the other', async () => {
    const rows = [
      { ts: '2026-11-10T14:30:00Z', close: 1 },
      { ts: '2026-11-11T14:30:00Z', close: 2 },
    ];
    const halfOfOwn = ruled(
      [{ do: { kind: 'rows', rows } }, { do: { kind: 'truncate', keep: 0.5 } }],
      virtualClock(now),
    );
    expect(await halfOfOwn.fetch(bars(), never)).toMatchObject({
      rows: { length: 1 },
      answered: { start: fortnight.start, end: newYork.startOf('2026-11-11') },
    });
    const deniedAtLast = ruled([{ do: 'empty' }, { do: { fail: 'denied' } }], virtualClock(now));
    expect(await words(deniedAtLast, [bars()])).toEqual(['denied']);
    const emptyAtLast = ruled([{ do: { fail: 'denied' } }, { do: 'empty' }], virtualClock(now));
    expect(await words(emptyAtLast, [bars()])).toEqual(['empty']);
  });
});

describe('an answer that is cut short', () => {
  const cut = async (keep: number, request = bars()): Promise<Outcome> =>
    ruled([{ do: { kind: 'truncate', keep } }], virtualClock(now)).fetch(request, never);

  test.each([
    [0, 0, '2026-11-04'],
    [0.3, 3, '2026-11-09'],
    [0.5, 5, '2026-11-11'],
    [0.99, 9, '2026-11-17'],
  ])('to %d of its ten days says how far it goes', async (keep, length, end) => {
    const whole = await ruled([], virtualClock(now)).fetch(bars(), never);
    const outcome = await cut(keep);
    if (whole.kind !== 'rows' || outcome.kind !== 'rows') return expect.fail('no rows');
    expect(whole.rows.length).toBe(10);
    expect(outcome.rows.length).toBe(length);
    expect(outcome.answered).toEqual({ start: fortnight.start, end: newYork.startOf(end) });
  });

  it('of short bars ends with the first that is missing, and asking for the rest gives the rest', async () => {
    const window = { start: newYork.startOf('2026-11-17'), end: newYork.startOf('2026-11-18') };
    const whole = await ruled([], virtualClock(now)).fetch(bars(apple, { barSize: '1 min', window }), never);
    const part = await cut(0.4, bars(apple, { barSize: '1 min', window }));
    if (whole.kind !== 'rows' || part.kind !== 'rows' || part.answered === null) return expect.fail('no rows');
    const rest = { start: part.answered.end, end: window.end };
    const others = await ruled([], virtualClock(now)).fetch(bars(apple, { barSize: '1 min', window: rest }), never);
    if (others.kind !== 'rows') return expect.fail('no rows');
    const times = (outcome: typeof whole): readonly number[] =>
      outcome.rows.dataset === 'equity_bars' ? [...outcome.rows.columns.ts] : [];
    expect(part.rows.length).toBe(156);
    expect([...times(part), ...times(others)]).toEqual(times(whole));
  });

  it('is no answer where it could not be told', async () => {
    for (const dataset of ['contracts', 'chains', 'quotes', 'option_snapshots'] as const)
      expect(failure(await cut(0.5, oneOfEach[dataset]))).toMatchObject({ kind: 'retryable', code: 'truncated' });
  });

  it('stays what it is when it has no rows', async () => {
    const nothing = ruled([{ do: 'empty' }, { do: { kind: 'truncate', keep: 0.5 } }], virtualClock(now));
    expect(await words(nothing, [bars()])).toEqual(['empty']);
    expect(failure(await cut(0.5, bars({ ...apple, symbol: 'UNKNOWN' }))).kind).toBe('invalid');
  });
});

describe('the market of a scenario', () => {
  it('has the prices that the scenario says', async () => {
    const seen = async (market: { seed?: number; basePrices?: Record<string, number> }): Promise<Outcome> =>
      synthetic({ market }, virtualClock(now)).fetch(bars(strange), never);
    expect(await seen({ seed: 2 })).not.toEqual(await seen({ seed: 3 }));
    const outcome = await seen({ basePrices: { STRANGE: 5_000 } });
    if (outcome.kind !== 'rows' || outcome.rows.dataset !== 'equity_bars') return expect.fail('no bars');
    expect(outcome.rows.columns.close[0]).toBeGreaterThan(1_000);
  });

  it('is at its own time, which may run faster', async () => {
    const clock = virtualClock(now);
    const start = newYork.startOf('2026-11-10');
    const provider = synthetic({ clock: { start, speed: 3_600 } }, clock);
    const answered = async (): Promise<unknown> => {
      const outcome = await provider.fetch(bars(), never);
      return outcome.kind === 'rows' ? outcome.answered?.end : outcome;
    };
    expect(await answered()).toBe(start);
    await clock.advanceBy(24 * second);
    expect(await answered()).toBe(newYork.startOf('2026-11-11'));
  });
});
