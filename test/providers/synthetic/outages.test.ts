import { describe, expect, it } from 'vitest';

import type { Outcome, Request } from '../../../src/core/request.js';
import { hour, minute, second } from '../../../src/core/time.js';
import type { Provider } from '../../../src/providers/contract.js';
import type { RuleWish } from '../../../src/providers/synthetic/scenario-of.js';
import type { VirtualClock } from '../../virtual-clock.js';
import { virtualClock } from '../../virtual-clock.js';
import { apple, bars, microsoft, never, now, oneOfEach, point, ruled, wordOf, words } from './asking.js';

/** A source and its clock, which moves by hand. */
function timed(rules: readonly RuleWish[]): { provider: Provider; clock: VirtualClock } {
  const clock = virtualClock(now, { auto: false });
  return { provider: ruled(rules, clock), clock };
}

/** A request that goes on while the clock is moved. */
function asking(provider: Provider, request: Request, signal = never): { readonly outcome: Outcome | null } {
  const held: { outcome: Outcome | null } = { outcome: null };
  void provider.fetch(request, signal).then((outcome) => (held.outcome = outcome));
  return held;
}

function seen({ outcome }: { readonly outcome: Outcome | null }): string {
  return outcome === null ? 'waiting' : wordOf(outcome);
}

describe('a restart', () => {
  it('after a time takes the source away for a while, and nothing else counts meanwhile', async () => {
    const { provider, clock } = timed([
      { on: { after: 5 * minute }, do: { kind: 'restart', for: 30 * second } },
      { times: 2, do: 'empty' },
    ]);
    expect(await words(provider, [bars()])).toEqual(['empty']);
    await clock.advanceBy(5 * minute);
    expect(await words(provider, [bars(), point('quotes')])).toEqual(['retryable', 'retryable']);
    await clock.advanceBy(30 * second - 1);
    expect(await words(provider, [bars()])).toEqual(['retryable']);
    await clock.advanceBy(1);
    expect(await words(provider, [bars(), bars()])).toEqual(['empty', 'rows']);
  });

  it('that was over before anybody asked is not noticed', async () => {
    const { provider, clock } = timed([{ on: { after: minute }, do: { kind: 'restart', for: 30 * second } }]);
    await clock.advanceBy(hour);
    expect(await words(provider, [bars()])).toEqual(['rows']);
  });

  it('comes again as often as it is told', async () => {
    const { provider, clock } = timed([
      { on: { after: minute, every: hour }, times: 2, do: { kind: 'restart', for: second } },
    ]);
    const during: string[] = [];
    await clock.advanceBy(minute);
    for (let count = 0; count < 3; count++) {
      during.push(...(await words(provider, [bars()])));
      await clock.advanceBy(hour);
    }
    expect(during).toEqual(['retryable', 'retryable', 'rows']);
  });

  it('cuts everything that is under way, silent requests too', async () => {
    const { provider, clock } = timed([
      { symbols: ['AAPL'], do: 'silence' },
      { symbols: ['MSFT'], do: { kind: 'delay', for: hour } },
      { on: { after: minute }, do: { kind: 'restart', for: second } },
    ]);
    const silent = asking(provider, bars(apple));
    const slow = asking(provider, bars(microsoft));
    await clock.advanceBy(minute - 1);
    expect([seen(silent), seen(slow)]).toEqual(['waiting', 'waiting']);
    await clock.advanceBy(1);
    expect([seen(silent), seen(slow)]).toEqual(['retryable', 'retryable']);
    expect(silent.outcome).toMatchObject({ failure: { code: 'restarting' } });
  });

  it('can be brought about by a request, to the harm of the others', async () => {
    const { provider, clock } = timed([
      { symbols: ['AAPL'], do: { kind: 'delay', for: hour } },
      { symbols: ['MSFT'], do: { kind: 'restart', for: second } },
    ]);
    const other = asking(provider, bars(apple));
    await clock.advanceBy(0);
    expect(seen(other)).toBe('waiting');
    expect(await words(provider, [bars(microsoft)])).toEqual(['retryable']);
    await clock.advanceBy(0);
    expect(seen(other)).toBe('retryable');
  });
});

describe('a connection that is dropped', () => {
  it('for a request is nothing to the others', async () => {
    const { provider, clock } = timed([
      { symbols: ['AAPL'], do: { kind: 'delay', for: minute } },
      { symbols: ['MSFT'], do: 'drop' },
    ]);
    const other = asking(provider, bars(apple));
    expect(await words(provider, [bars(microsoft)])).toEqual(['retryable']);
    await clock.advanceBy(minute);
    expect(seen(other)).toBe('rows');
  });

  it('after a time is every connection there is then', async () => {
    const { provider, clock } = timed([
      { do: { kind: 'delay', for: 2 * second } },
      { on: { after: second }, do: 'drop' },
    ]);
    const before = asking(provider, bars());
    await clock.advanceBy(second);
    expect(before.outcome).toMatchObject({ failure: { kind: 'retryable', code: 'dropped' } });
    const after = asking(provider, bars());
    await clock.advanceBy(2 * second);
    expect(seen(after)).toBe('rows');
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
    const { provider, clock } = timed([{ on: { after: 0 }, do: { kind: 'farm-down', farm, for: minute } }]);
    const held = own.map((dataset) => asking(provider, oneOfEach[dataset]));
    const free = others.map((dataset) => asking(provider, oneOfEach[dataset]));
    await clock.advanceBy(minute - 1);
    expect(held.map(seen)).toEqual(held.map(() => 'waiting'));
    expect(free.map(seen)).toEqual(free.map(() => 'rows'));
    await clock.advanceBy(1);
    expect(held.map(seen)).toEqual(held.map(() => 'rows'));
  });
});

describe('a link that is lost', () => {
  it('with its data cuts what is under way and refuses the rest until it is back', async () => {
    const { provider, clock } = timed([
      { times: 1, do: { kind: 'delay', for: hour } },
      { on: { after: minute }, do: { kind: 'link-lost', for: minute, dataKept: false } },
    ]);
    const early = asking(provider, bars());
    await clock.advanceBy(minute);
    expect(early.outcome).toMatchObject({ failure: { kind: 'retryable', code: 'link-lost' } });
    expect(await words(provider, [bars()])).toEqual(['retryable']);
    await clock.advanceBy(minute);
    expect(await words(provider, [bars()])).toEqual(['rows']);
  });

  it('without its data makes everything wait', async () => {
    const { provider, clock } = timed([
      { do: { kind: 'delay', for: second } },
      { on: { after: 0 }, do: { kind: 'link-lost', for: minute, dataKept: true } },
    ]);
    const early = asking(provider, bars());
    await clock.advanceBy(minute - 1);
    expect(seen(early)).toBe('waiting');
    await clock.advanceBy(1);
    expect(seen(early)).toBe('rows');
  });
});

describe('a line that is half open', () => {
  it('says nothing on anything any more, until it is cut', async () => {
    const { provider, clock } = timed([
      { symbols: ['MSFT'], times: 1, do: 'half-open' },
      { on: { after: hour }, do: 'drop' },
    ]);
    expect(await words(provider, [bars(apple)])).toEqual(['rows']);
    const both = [asking(provider, bars(microsoft)), asking(provider, bars(apple))];
    await clock.advanceBy(hour - 1);
    expect(both.map(seen)).toEqual(['waiting', 'waiting']);
    await clock.advanceBy(1);
    expect(both.map(seen)).toEqual(['retryable', 'retryable']);
    expect(await words(provider, [bars(microsoft)])).toEqual(['rows']);
  });

  it('after a time is silent on what is under way, and alive again when the source is opened anew', async () => {
    const { provider, clock } = timed([
      { times: 1, do: { kind: 'delay', for: minute } },
      { on: { after: second }, do: 'half-open' },
    ]);
    const early = asking(provider, bars());
    await clock.advanceBy(hour);
    expect(seen(early)).toBe('waiting');
    expect(await provider.open(never)).toBeNull();
    expect(await words(provider, [bars()])).toEqual(['rows']);
    await provider.close();
    await clock.advanceBy(0);
    expect(seen(early)).toBe('retryable');
  });
});

describe('a login that ended', () => {
  it('is the end of everything until the source is opened anew', async () => {
    const { provider, clock } = timed([
      { do: { kind: 'delay', for: second } },
      { on: { after: second / 2 }, do: 'logged-out' },
    ]);
    expect(await provider.open(never)).toBeNull();
    const early = asking(provider, bars());
    await clock.advanceBy(second);
    expect(seen(early)).toBe('fatal');
    expect(await words(provider, [point('contracts')])).toEqual(['fatal']);
    expect(await provider.open(never)).toBeNull();
    const again = asking(provider, bars());
    await clock.advanceBy(second);
    expect(seen(again)).toBe('rows');
  });
});

describe('opening', () => {
  const open = (rules: readonly RuleWish[]): Promise<unknown> => ruled(rules, virtualClock(now)).open(never);

  it('is refused as often as the scenario says', async () => {
    const provider = ruled([{ on: 'connect', times: 1, do: 'refuse' }], virtualClock(now));
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
    const clock = virtualClock(now);
    expect(await ruled([slow], clock).open(never)).toBeNull();
    expect(clock.now()).toBe(now + minute);
    const standing = virtualClock(now, { auto: false });
    const controller = new AbortController();
    const opening = ruled([slow], standing).open(controller.signal);
    controller.abort(new Error('enough'));
    expect(await opening).toMatchObject({ kind: 'retryable' });
    expect(standing.sleepers).toBe(0);
  });

  it('fails while the source is away', async () => {
    expect(await open([{ on: { after: 0 }, do: { kind: 'restart', for: minute } }])).toMatchObject({
      kind: 'fatal',
      code: 'restarting',
    });
  });
});

describe('closing', () => {
  it('leaves nothing under way and nobody asleep', async () => {
    const { provider, clock } = timed([
      { symbols: ['AAPL'], do: 'silence' },
      { symbols: ['MSFT'], do: { kind: 'delay', for: hour } },
    ]);
    const both = [asking(provider, bars(apple)), asking(provider, bars(microsoft))];
    await clock.advanceBy(0);
    await provider.close();
    await clock.advanceBy(0);
    expect(both.map(seen)).toEqual(['retryable', 'retryable']);
    expect(clock.sleepers).toBe(0);
  });
});
