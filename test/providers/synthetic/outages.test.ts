import { describe, expect, it } from 'vitest';

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

/** A source and its clock, which moves by hand. */
function createTimedProvider(rules: readonly RuleInput[]): { provider: Provider; clock: VirtualClock } {
  const clock = createVirtualClock(now, { auto: false });
  return { provider: createProviderWithRules(rules, clock), clock };
}

/** A request that goes on while the clock is moved. */
function startFetch(provider: Provider, request: Request, signal = never): { readonly outcome: FetchOutcome | null } {
  const held: { outcome: FetchOutcome | null } = { outcome: null };
  void provider.fetch(request, signal).then((outcome) => (held.outcome = outcome));
  return held;
}

function getResultKind({ outcome }: { readonly outcome: FetchOutcome | null }): string {
  return outcome === null ? 'waiting' : getOutcomeKind(outcome);
}

describe('a restart', () => {
  it('after a time takes the source away for a while, and nothing else counts meanwhile', async () => {
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

  it('that was over before anybody asked is not noticed', async () => {
    const { provider, clock } = createTimedProvider([
      { on: { after: minute }, do: { kind: 'restart', duration: 30 * second } },
    ]);
    await clock.advanceBy(hour);
    expect(await fetchOutcomeKinds(provider, [barsRequest()])).toEqual(['rows']);
  });

  it('comes again as often as it is told', async () => {
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

  it('cuts everything that is under way, silent requests too', async () => {
    const { provider, clock } = createTimedProvider([
      { symbols: ['AAPL'], do: 'silence' },
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

  it('can be brought about by a request, to the harm of the others', async () => {
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

describe('a connection that is dropped', () => {
  it('for a request is nothing to the others', async () => {
    const { provider, clock } = createTimedProvider([
      { symbols: ['AAPL'], do: { kind: 'delay', duration: minute } },
      { symbols: ['MSFT'], do: 'drop' },
    ]);
    const other = startFetch(provider, barsRequest(apple));
    expect(await fetchOutcomeKinds(provider, [barsRequest(microsoft)])).toEqual(['retryable']);
    await clock.advanceBy(minute);
    expect(getResultKind(other)).toBe('rows');
  });

  it('after a time is every connection there is then', async () => {
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

describe('a farm that is down', () => {
  it.each([
    [
      'historical',
      ['equity_bars', 'option_bars', 'history_starts'],
      ['quotes', 'option_snapshots', 'contracts', 'chains'],
    ],
    ['market', ['quotes', 'option_snapshots'], ['equity_bars', 'option_bars', 'history_starts', 'contracts', 'chains']],
  ] as const)('(%s) leaves its own requests unanswered until it is back', async (farm, own, others) => {
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

describe('a link that is lost', () => {
  it('with its data cuts what is under way and refuses the rest until it is back', async () => {
    const { provider, clock } = createTimedProvider([
      { times: 1, do: { kind: 'delay', duration: hour } },
      { on: { after: minute }, do: { kind: 'link-lost', duration: minute, dataKept: false } },
    ]);
    const early = startFetch(provider, barsRequest());
    await clock.advanceBy(minute);
    expect(early.outcome).toMatchObject({ failure: { kind: 'retryable', code: 'link-lost' } });
    expect(await fetchOutcomeKinds(provider, [barsRequest()])).toEqual(['retryable']);
    await clock.advanceBy(minute);
    expect(await fetchOutcomeKinds(provider, [barsRequest()])).toEqual(['rows']);
  });

  it('without its data makes everything wait', async () => {
    const { provider, clock } = createTimedProvider([
      { do: { kind: 'delay', duration: second } },
      { on: { after: 0 }, do: { kind: 'link-lost', duration: minute, dataKept: true } },
    ]);
    const early = startFetch(provider, barsRequest());
    await clock.advanceBy(minute - 1);
    expect(getResultKind(early)).toBe('waiting');
    await clock.advanceBy(1);
    expect(getResultKind(early)).toBe('rows');
  });
});

describe('a line that is half open', () => {
  it('says nothing on anything any more, until it is cut', async () => {
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

  it('after a time is silent on what is under way, and alive again when the source is opened anew', async () => {
    const { provider, clock } = createTimedProvider([
      { times: 1, do: { kind: 'delay', duration: minute } },
      { on: { after: second }, do: 'half-open' },
    ]);
    const early = startFetch(provider, barsRequest());
    await clock.advanceBy(hour);
    expect(getResultKind(early)).toBe('waiting');
    expect(await provider.open(never)).toBeNull();
    expect(await fetchOutcomeKinds(provider, [barsRequest()])).toEqual(['rows']);
    await provider.close();
    await clock.advanceBy(0);
    expect(getResultKind(early)).toBe('retryable');
  });
});

describe('a login that ended', () => {
  it('is the end of everything until the source is opened anew', async () => {
    const { provider, clock } = createTimedProvider([
      { do: { kind: 'delay', duration: second } },
      { on: { after: second / 2 }, do: 'logged-out' },
    ]);
    expect(await provider.open(never)).toBeNull();
    const early = startFetch(provider, barsRequest());
    await clock.advanceBy(second);
    expect(getResultKind(early)).toBe('fatal');
    expect(await fetchOutcomeKinds(provider, [pointRequest('contracts')])).toEqual(['fatal']);
    expect(await provider.open(never)).toBeNull();
    const again = startFetch(provider, barsRequest());
    await clock.advanceBy(second);
    expect(getResultKind(again)).toBe('rows');
  });
});

describe('opening', () => {
  const open = (rules: readonly RuleInput[]): Promise<unknown> =>
    createProviderWithRules(rules, createVirtualClock(now)).open(never);

  it('is refused as often as the scenario says', async () => {
    const provider = createProviderWithRules([{ on: 'connect', times: 1, do: 'refuse' }], createVirtualClock(now));
    expect(await provider.open(never)).toMatchObject({ kind: 'fatal', message: 'the connection was refused' });
    expect(await provider.open(never)).toBeNull();
  });

  it('fails with the error that the scenario gives', async () => {
    expect(await open([{ on: 'connect', do: { fail: 'fatal', message: 'no such user' } }])).toMatchObject({
      kind: 'fatal',
      message: 'no such user',
    });
    const error = { kind: 'error', code: 'TokenException', message: null, status: 401 } as const;
    expect(await open([{ on: 'connect', do: error }])).toMatchObject({ kind: 'fatal', code: 'TokenException' });
  });

  it('takes as long as the scenario says, and can be given up', async () => {
    const slow = { on: 'connect', do: { kind: 'slow-accept', for: minute } } as const;
    const clock = createVirtualClock(now);
    expect(await createProviderWithRules([slow], clock).open(never)).toBeNull();
    expect(clock.now()).toBe(now + minute);
    const standing = createVirtualClock(now, { auto: false });
    const controller = new AbortController();
    const opening = createProviderWithRules([slow], standing).open(controller.signal);
    controller.abort(new Error('enough'));
    expect(await opening).toMatchObject({ kind: 'retryable' });
    expect(standing.sleepers).toBe(0);
  });

  it('fails while the source is away', async () => {
    expect(await open([{ on: { after: 0 }, do: { kind: 'restart', duration: minute } }])).toMatchObject({
      kind: 'fatal',
      code: 'restarting',
    });
  });
});

describe('closing', () => {
  it('leaves nothing under way and nobody asleep', async () => {
    const { provider, clock } = createTimedProvider([
      { symbols: ['AAPL'], do: 'silence' },
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
