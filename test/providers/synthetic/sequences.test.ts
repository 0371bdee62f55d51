import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { minute, second } from '../../../src/core/time/time.js';
import { createVirtualClock } from '../../virtual-clock.js';
import {
  apple,
  barsRequest,
  microsoft,
  now,
  requestByDataset,
  pointRequest,
  createProviderWithRules,
  fetchOutcomeKinds,
} from './requests.js';

const sixRequests = Array.from({ length: 6 }, () => barsRequest());
const denied = { fail: 'denied' } as const;

describe('a rule of a scenario', () => {
  it.each([
    [{ times: 2 }, 'denied denied rows rows rows rows'],
    [{ skip: 2 }, 'rows rows denied denied denied denied'],
    [{ every: 3 }, 'denied rows rows denied rows rows'],
    [{ skip: 1, every: 2, times: 2 }, 'rows denied rows denied rows rows'],
  ])('with the frequency %j causes the outcomes %s', async (frequency, expected) => {
    const provider = createProviderWithRules([{ ...frequency, do: denied }], createVirtualClock(now));
    expect((await fetchOutcomeKinds(provider, sixRequests)).join(' ')).toBe(expected);
  });

  it('counts only matching requests', async () => {
    const provider = createProviderWithRules(
      [{ symbols: ['AAPL'], requests: ['equity_bars'], times: 1, do: denied }],
      createVirtualClock(now),
    );
    const requests = [barsRequest(microsoft), pointRequest('quotes'), barsRequest(apple), barsRequest(apple)];
    expect(await fetchOutcomeKinds(provider, requests)).toEqual(['rows', 'rows', 'denied', 'rows']);
  });

  it.each([
    [{ barSizes: ['1 min'] }, [barsRequest(apple, { barSize: '1 min' })], [barsRequest(), pointRequest('quotes')]],
    [{ priceType: ['BID'] }, [barsRequest(apple, { priceType: 'BID' })], [barsRequest(), pointRequest('chains')]],
    [{ strikes: [270] }, [requestByDataset.option_bars, requestByDataset.option_snapshots], [barsRequest()]],
    [{ rights: ['C'] }, [requestByDataset.option_bars, requestByDataset.option_snapshots], [barsRequest()]],
    [{ strikes: [280] }, [], [requestByDataset.option_bars, requestByDataset.option_snapshots]],
    [
      { expiries: ['2026-12-18'] },
      [requestByDataset.option_bars, requestByDataset.option_snapshots],
      [pointRequest('chains')],
    ],
    [{ expiries: ['2027-01-15'] }, [], [requestByDataset.option_bars, requestByDataset.option_snapshots]],
  ] as const)('with the match %j acts on matching requests only', async (match, matching, others) => {
    const provider = createProviderWithRules([{ ...match, do: denied }], createVirtualClock(now));
    expect(await fetchOutcomeKinds(provider, matching)).toEqual(matching.map(() => 'denied'));
    expect(await fetchOutcomeKinds(provider, others)).toEqual(others.map(() => 'rows'));
  });

  it('acts only between `from` and `until`', async () => {
    const clock = createVirtualClock(now);
    const provider = createProviderWithRules([{ from: minute, until: 2 * minute, do: denied }], clock);
    const kinds: string[] = [];
    for (const elapsed of [0, minute - 1, 1, minute - 1, 1]) {
      await clock.advanceBy(elapsed);
      kinds.push(...(await fetchOutcomeKinds(provider, [barsRequest()])));
    }
    expect(kinds).toEqual(['rows', 'rows', 'denied', 'denied', 'rows']);
  });

  it('with a chance acts on the same requests in every run', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.1, max: 0.9, noNaN: true }), async (chance) => {
        const fetchAll = (): Promise<readonly string[]> =>
          fetchOutcomeKinds(createProviderWithRules([{ chance, do: denied }], createVirtualClock(now)), [
            ...sixRequests,
            ...sixRequests,
          ]);
        expect(await fetchAll()).toEqual(await fetchAll());
      }),
      { numRuns: 20 },
    );
  });

  it('causes different outcomes of consecutive requests', async () => {
    const provider = createProviderWithRules(
      [
        { times: 1, do: { fail: 'pacing', retryAfter: 10 * second } },
        { skip: 1, times: 1, do: 'empty' },
        { skip: 2, times: 1, do: { kind: 'truncate', keepFraction: 0.5 } },
      ],
      createVirtualClock(now),
    );
    expect(await fetchOutcomeKinds(provider, sixRequests)).toEqual(['pacing', 'empty', 'rows', 'rows', 'rows', 'rows']);
  });
});
