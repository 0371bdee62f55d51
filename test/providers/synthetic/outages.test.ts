import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/core/result.js';

import type { FetchOutcome, Request } from '../../../src/core/request.js';
import { hour, minute, second } from '../../../src/core/time/time.js';
import type { Provider } from '../../../src/providers/provider.js';
import type { RuleInput } from '../../../src/providers/synthetic/build-scenario.js';
import type { VirtualClock } from '../../virtual-clock.js';
import { createVirtualClock } from '../../virtual-clock.js';
import {
  apple,
  barsRequest,
  microsoft,
  never,
  now,
  requestByDataset,
  pointRequest,
  createProviderWithRules,
  getOutcomeKind,
  fetchOutcomeKinds,
} from './requests.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

/** A provider with a clock that the test advances. */
function createTimedProvider(rules: readonly RuleInput[]): { provider: Provider; clock: VirtualClock } {
  const clock = createVirtualClock(now, { auto: false });
  return { provider: createProviderWithRules(rules, clock), clock };
}

/** Starts a request; its outcome appears when the clock has advanced far enough. */
function startFetch(provider: Provider, request: Request, signal = never): { readonly outcome: FetchOutcome | null } {
  const held: { outcome: FetchOutcome | null } = { outcome: null };
  void provider.fetch(request, createFetchContext(signal)).then((outcome) => (held.outcome = outcome));
  return held;
}

function getResultKind({ outcome }: { readonly outcome: FetchOutcome | null }): string {
  return outcome === null ? 'waiting' : getOutcomeKind(outcome);
}

describe('a restart', () => {
  it('at a time makes the source unavailable, and rules do not count meanwhile', async () => {
    const { provider, clock } = createTimedProvider([
      { on: { after: 5 * minute }, do: { kind: 'restart', duration: 30 * second } },
      { times: 2, do: 'empty' },
    ]);
    expect(await fetchOutcomeKinds(provider, [barsRequest()])).toEqual(['empty']);
    await clock.advanceBy(5 * minute);
    expect(await fetchOutcomeKinds(provider, [barsRequest(), pointRequest('quotes')])).toEqual([
      'retryable',
      'retryable',
    ]);
    await clock.advanceBy(30 * second - 1);
    expect(await fetchOutcomeKinds(provider, [barsRequest()])).toEqual(['retryable']);
    await clock.advanceBy(1);
    expect(await fetchOutcomeKinds(provider, [barsRequest(), barsRequest()])).toEqual(['empty', 'rows']);
  });

  it('that ended before the first request has no effect', async () => {
    const { provider, clock } = createTimedProvider([
      { on: { after: minute }, do: { kind: 'restart', duration: 30 * second } },
    ]);
    await clock.advanceBy(hour);
    expect(await fetchOutcomeKinds(provider, [barsRequest()])).toEqual(['rows']);
  });

  it('repeats as often as the rule allows', async () => {
    const { provider, clock } = createTimedProvider([
      { on: { after: minute, every: hour }, times: 2, do: { kind: 'restart', duration: second } },
    ]);
    const during: string[] = [];
    await clock.advanceBy(minute);
    for (let count = 0; count < 3; count++) {
      during.push(...(await fetchOutcomeKinds(provider, [barsRequest()])));
      await clock.advanceBy(hour);
    }
    expect(during).toEqual(['retryable', 'retryable', 'rows']);
  });

  it('fails every request in flight, also those without a response', async () => {
    const { provider, clock } = createTimedProvider([
      { symbols: ['AAPL'], do: 'no-response' },
      { symbols: ['MSFT'], do: { kind: 'delay', duration: hour } },
      { on: { after: minute }, do: { kind: 'restart', duration: second } },
    ]);
    const silent = startFetch(provider, barsRequest(apple));
    const slow = startFetch(provider, barsRequest(microsoft));
    await clock.advanceBy(minute - 1);
    expect([getResultKind(silent), getResultKind(slow)]).toEqual(['waiting', 'waiting']);
    await clock.advanceBy(1);
    expect([getResultKind(silent), getResultKind(slow)]).toEqual(['retryable', 'retryable']);
    expect(silent.outcome).toMatchObject({ failure: { code: 'restarting' } });
  });

  it('caused by one request fails the others in flight', async () => {
    const { provider, clock } = createTimedProvider([
      { symbols: ['AAPL'], do: { kind: 'delay', duration: hour } },
      { symbols: ['MSFT'], do: { kind: 'restart', duration: second } },
    ]);
    const other = startFetch(provider, barsRequest(apple));
    await clock.advanceBy(0);
    expect(getResultKind(other)).toBe('waiting');
    expect(await fetchOutcomeKinds(provider, [barsRequest(microsoft)])).toEqual(['retryable']);
    await clock.advanceBy(0);
    expect(getResultKind(other)).toBe('retryable');
  });
});

describe('a dropped connection', () => {
  it('of one request does not affect others', async () => {
    const { provider, clock } = createTimedProvider([
      { symbols: ['AAPL'], do: { kind: 'delay', duration: minute } },
      { symbols: ['MSFT'], do: 'drop' },
    ]);
    const other = startFetch(provider, barsRequest(apple));
    expect(await fetchOutcomeKinds(provider, [barsRequest(microsoft)])).toEqual(['retryable']);
    await clock.advanceBy(minute);
    expect(getResultKind(other)).toBe('rows');
  });

  it('at a time affects every open connection and no later one', async () => {
    const { provider, clock } = createTimedProvider([
      { do: { kind: 'delay', duration: 2 * second } },
      { on: { after: second }, do: 'drop' },
    ]);
    const before = startFetch(provider, barsRequest());
    await clock.advanceBy(second);
    expect(before.outcome).toMatchObject({ failure: { kind: 'retryable', code: 'dropped' } });
    const after = startFetch(provider, barsRequest());
    await clock.advanceBy(2 * second);
    expect(getResultKind(after)).toBe('rows');
  });
});

describe('a data farm that is down', () => {
  it.each([
    [
      'historical',
      ['equity_bars', 'option_bars', 'history_starts'],
      ['quotes', 'option_snapshots', 'contracts', 'chains'],
    ],
    ['market', ['quotes', 'option_snapshots'], ['equity_bars', 'option_bars', 'history_starts', 'contracts', 'chains']],
  ] as const)('(%s) holds requests to this farm, and no others, until the farm is up', async (farm, own, others) => {
    const { provider, clock } = createTimedProvider([
      { on: { after: 0 }, do: { kind: 'farm-down', farm, duration: minute } },
    ]);
    const held = own.map((dataset) => startFetch(provider, requestByDataset[dataset]));
    const free = others.map((dataset) => startFetch(provider, requestByDataset[dataset]));
    await clock.advanceBy(minute - 1);
    expect(held.map(getResultKind)).toEqual(held.map(() => 'waiting'));
    expect(free.map(getResultKind)).toEqual(free.map(() => 'rows'));
    await clock.advanceBy(1);
    expect(held.map(getResultKind)).toEqual(held.map(() => 'rows'));
  });
});

describe('a lost upstream connection', () => {
  it('without its data fails requests until it is restored', async () => {
    const { provider, clock } = createTimedProvider([
      { times: 1, do: { kind: 'delay', duration: hour } },
      { on: { after: minute }, do: { kind: 'upstream-lost', duration: minute, dataKept: false } },
    ]);
    const early = startFetch(provider, barsRequest());
    await clock.advanceBy(minute);
    expect(early.outcome).toMatchObject({ failure: { kind: 'retryable', code: 'upstream-lost' } });
    expect(await fetchOutcomeKinds(provider, [barsRequest()])).toEqual(['retryable']);
    await clock.advanceBy(minute);
    expect(await fetchOutcomeKinds(provider, [barsRequest()])).toEqual(['rows']);
  });

  it('that keeps its data holds requests until it is restored', async () => {
    const { provider, clock } = createTimedProvider([
      { do: { kind: 'delay', duration: second } },
      { on: { after: 0 }, do: { kind: 'upstream-lost', duration: minute, dataKept: true } },
    ]);
    const early = startFetch(provider, barsRequest());
    await clock.advanceBy(minute - 1);
    expect(getResultKind(early)).toBe('waiting');
    await clock.advanceBy(1);
    expect(getResultKind(early)).toBe('rows');
  });
});

describe('a half-open connection', () => {
  it('sends no response until the connection is dropped', async () => {
    const { provider, clock } = createTimedProvider([
      { symbols: ['MSFT'], times: 1, do: 'half-open' },
      { on: { after: hour }, do: 'drop' },
    ]);
    expect(await fetchOutcomeKinds(provider, [barsRequest(apple)])).toEqual(['rows']);
    const both = [startFetch(provider, barsRequest(microsoft)), startFetch(provider, barsRequest(apple))];
    await clock.advanceBy(hour - 1);
    expect(both.map(getResultKind)).toEqual(['waiting', 'waiting']);
    await clock.advanceBy(1);
    expect(both.map(getResultKind)).toEqual(['retryable', 'retryable']);
    expect(await fetchOutcomeKinds(provider, [barsRequest(microsoft)])).toEqual(['rows']);
  });

  it('holds requests in flight, and later ones are answered after the source is opened again', async () => {
    const { provider, clock } = createTimedProvider([
      { times: 1, do: { kind: 'delay', duration: minute } },
      { on: { after: second }, do: 'half-open' },
    ]);
    const early = startFetch(provider, barsRequest());
    await clock.advanceBy(hour);
    expect(getResultKind(early)).toBe('waiting');
    expect(await provider.open(never)).toEqual(ok(undefined));
    expect(await fetchOutcomeKinds(provider, [barsRequest()])).toEqual(['rows']);
    await provider.close();
    await clock.advanceBy(0);
    expect(getResultKind(early)).toBe('retryable');
  });
});

describe('an expired login', () => {
  it('fails every request as fatal until the source is opened again', async () => {
    const { provider, clock } = createTimedProvider([
      { do: { kind: 'delay', duration: second } },
      { on: { after: second / 2 }, do: 'logged-out' },
    ]);
    expect(await provider.open(never)).toEqual(ok(undefined));
    const early = startFetch(provider, barsRequest());
    await clock.advanceBy(second);
    expect(getResultKind(early)).toBe('fatal');
    expect(await fetchOutcomeKinds(provider, [pointRequest('contracts')])).toEqual(['fatal']);
    expect(await provider.open(never)).toEqual(ok(undefined));
    const again = startFetch(provider, barsRequest());
    await clock.advanceBy(second);
    expect(getResultKind(again)).toBe('rows');
  });
});

describe('opening', () => {
  const open = (rules: readonly RuleInput[]): Promise<unknown> =>
    createProviderWithRules(rules, createVirtualClock(now)).open(never);

  it('fails as fatal as often as the rule allows', async () => {
    const provider = createProviderWithRules([{ on: 'connect', times: 1, do: 'refuse' }], createVirtualClock(now));
    expect(await provider.open(never)).toMatchObject({
      ok: false,
      error: { kind: 'fatal', message: 'the connection was refused' },
    });
    expect(await provider.open(never)).toEqual(ok(undefined));
  });

  it('fails with the error of the scenario', async () => {
    expect(await open([{ on: 'connect', do: { fail: 'fatal', message: 'no such user' } }])).toMatchObject({
      ok: false,
      error: { kind: 'fatal', message: 'no such user' },
    });
    const error = { kind: 'error', code: 'TokenException', message: null, status: 401 } as const;
    expect(await open([{ on: 'connect', do: error }])).toMatchObject({
      ok: false,
      error: { kind: 'fatal', code: 'TokenException' },
    });
  });

  it('takes the time of slow-accept and is cancelled by its signal', async () => {
    const slow = { on: 'connect', do: { kind: 'slow-accept', duration: minute } } as const;
    const clock = createVirtualClock(now);
    expect(await createProviderWithRules([slow], clock).open(never)).toEqual(ok(undefined));
    expect(clock.now()).toBe(now + minute);
    const stopped = createVirtualClock(now, { auto: false });
    const controller = new AbortController();
    const opening = createProviderWithRules([slow], stopped).open(controller.signal);
    controller.abort(new Error('cancelled'));
    expect(await opening).toMatchObject({ ok: false, error: { kind: 'retryable' } });
    expect(stopped.sleepers).toBe(0);
  });

  it('fails as fatal during a restart', async () => {
    expect(await open([{ on: { after: 0 }, do: { kind: 'restart', duration: minute } }])).toMatchObject({
      ok: false,
      error: { kind: 'fatal', code: 'restarting' },
    });
  });
});

describe('closing', () => {
  it('fails requests in flight and leaves no sleeper', async () => {
    const { provider, clock } = createTimedProvider([
      { symbols: ['AAPL'], do: 'no-response' },
      { symbols: ['MSFT'], do: { kind: 'delay', duration: hour } },
    ]);
    const both = [startFetch(provider, barsRequest(apple)), startFetch(provider, barsRequest(microsoft))];
    await clock.advanceBy(0);
    await provider.close();
    await clock.advanceBy(0);
    expect(both.map(getResultKind)).toEqual(['retryable', 'retryable']);
    expect(clock.sleepers).toBe(0);
  });
});
