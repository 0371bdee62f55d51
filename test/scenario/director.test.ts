import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hour, minute } from '../../src/core/time.js';
import { createDirector, quietDirector } from '../../src/scenario/director.js';
import type { Action, Director, Occasion, Often, Rule } from '../../src/scenario/scenario.js';
import { historical, onRequest, withRules } from './rules.js';

const connect: Occasion = { kind: 'connect' };
const silence: Action = { kind: 'silence' };
const atTime = (
  after: number,
  often: Partial<Often> = {},
  every: number | null = null,
  act: Action = silence,
): Rule => ({
  ...onRequest({}, often, act),
  about: { kind: 'time', after, every },
});

/** At which of so many equal occasions, one a second, the only rule acts. */
function actsAt(rule: Rule, count: number, occasion: Occasion = historical): readonly number[] {
  const director = createDirector(withRules([rule]));
  return Array.from({ length: count }, (_, index) => index).filter(
    (index) => director.direct(occasion, index * 1000).length > 0,
  );
}

const arbitraryOften = fc.record({
  skip: fc.nat(5),
  every: fc.integer({ min: 1, max: 4 }),
  times: fc.option(fc.integer({ min: 1, max: 5 })),
  chance: fc.double({ min: 0.05, max: 1, noNaN: true }),
  from: fc.nat(20_000),
  until: fc.option(fc.nat(40_000)),
});

describe('the director', () => {
  it('has nothing to say without rules', () => {
    expect(createDirector(withRules([]))).toBe(quietDirector);
    expect(quietDirector.direct(historical, 0)).toEqual([]);
    expect([...quietDirector.timed()]).toEqual([]);
  });

  it('lets some occasions pass, then takes every so manyeth, so often', () => {
    expect(actsAt(onRequest({}), 3)).toEqual([0, 1, 2]);
    expect(actsAt(onRequest({}, { skip: 2, every: 3 }), 12)).toEqual([2, 5, 8, 11]);
    expect(actsAt(onRequest({}, { skip: 1, every: 2, times: 2 }), 12)).toEqual([1, 3]);
  });

  it('counts only what happens in the stretch', () => {
    expect(actsAt(onRequest({}, { skip: 1, from: 4000, until: 7000 }), 12)).toEqual([5, 6]);
  });

  it('tells connections from requests', () => {
    const onConnect: Rule = { ...onRequest({}), about: { kind: 'connect' } };
    expect(actsAt(onConnect, 2, connect)).toEqual([0, 1]);
    expect(actsAt(onConnect, 2)).toEqual([]);
    expect(actsAt(onRequest({}), 2, connect)).toEqual([]);
    expect(actsAt(atTime(0), 2)).toEqual([]);
  });

  it.each([
    ['requests', ['quote', 'historical'], ['quote']],
    ['symbols', ['AAPL'], ['MSFT']],
    ['barSizes', ['1 min'], ['1 day']],
    ['what', ['TRADES'], ['BID']],
    ['expiries', ['2026-12-18'], ['2027-01-15']],
    ['strikes', [100, 105], [110]],
    ['rights', ['C'], ['P']],
  ])('matches %s', (field, right, wrong) => {
    expect(actsAt(onRequest({ [field]: right }), 1)).toEqual([0]);
    expect(actsAt(onRequest({ [field]: wrong }), 1)).toEqual([]);
  });

  it('matches what does not apply only with a rule that does not ask for it', () => {
    const bare: Occasion = { ...historical, symbol: null, strike: null };
    expect(actsAt(onRequest({ symbols: ['AAPL'] }), 1, bare)).toEqual([]);
    expect(actsAt(onRequest({}), 1, bare)).toEqual([0]);
  });

  it('gives the actions of all rules that match, in their order, each with its own count', () => {
    const director = createDirector(
      withRules([
        onRequest({}, { times: 1 }, { kind: 'delay', for: 1 }),
        onRequest({ symbols: ['MSFT'] }, {}, { kind: 'empty' }),
        onRequest({}, { skip: 1 }, { kind: 'expired' }),
        onRequest({}),
      ]),
    );
    const kinds = (): readonly string[] => director.direct(historical, 0).map(({ kind }) => kind);
    expect(kinds()).toEqual(['delay', 'silence']);
    expect(kinds()).toEqual(['expired', 'silence']);
  });

  it('takes a chance about as often as it says, otherwise with every seed and rule', () => {
    const rare = onRequest({}, { chance: 0.2 });
    const taken = (seed: number): readonly number[] => {
      const director = createDirector(withRules([rare, rare], seed));
      return Array.from({ length: 2000 }, () => director.direct(historical, 0).length);
    };
    const share = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0) / 4000;
    for (const seed of [0, 1, 2, 7, -3, 2 ** 31]) expect(Math.abs(share(taken(seed)) - 0.2)).toBeLessThan(0.03);
    expect(taken(1)).toEqual(taken(1));
    expect(taken(1)).not.toEqual(taken(2));
    expect(taken(1)).toContain(1);
  });

  it('does the same at the same occasions, whatever rules follow', () => {
    fc.assert(
      fc.property(
        arbitraryOften,
        arbitraryOften,
        fc.array(fc.nat(50_000), { maxLength: 40 }),
        (often, other, times) => {
          const moments = times.sort((a, b) => a - b);
          const rule = onRequest({}, often);
          const run = (director: Director): readonly boolean[] =>
            moments.map((since) => director.direct(historical, since).some(({ kind }) => kind === 'silence'));
          const alone = run(createDirector(withRules([rule])));
          expect(run(createDirector(withRules([rule])))).toEqual(alone);
          expect(run(createDirector(withRules([rule, onRequest({}, other, { kind: 'empty' })])))).toEqual(alone);
          expect(alone.filter(Boolean).length).toBeLessThanOrEqual(often.times ?? Infinity);
        },
      ),
    );
  });
});

describe('what only waits for time', () => {
  const afters = (rules: readonly Rule[], most = 20): readonly number[] => {
    const found: number[] = [];
    for (const { after } of createDirector(withRules(rules)).timed()) {
      if (found.push(after) >= most) break;
    }
    return found;
  };

  it('happens once, or again and again', () => {
    expect(afters([atTime(5 * minute)])).toEqual([5 * minute]);
    expect(afters([atTime(minute, { times: 3 }, hour)])).toEqual([minute, minute + hour, minute + 2 * hour]);
    expect(afters([atTime(minute, { until: 2 * hour, skip: 1 }, hour)])).toEqual([minute + hour]);
    expect(afters([atTime(0, {}, hour)], 4)).toEqual([0, hour, 2 * hour, 3 * hour]);
  });

  it('ends where nothing more can come', () => {
    expect(afters([atTime(0, { chance: 0 }, 1)])).toEqual([]);
    expect(afters([atTime(0, {}, 0)])).toEqual([0]);
    expect(afters([atTime(0, { until: 0 }, 1)])).toEqual([]);
    expect(afters([onRequest({})])).toEqual([]);
  });

  it('comes soonest first, rules in their order, and anew with every call', () => {
    const rules = [atTime(2, {}, 2, { kind: 'drop', midMessage: false }), atTime(4, {}, 3), atTime(1)];
    const director = createDirector(withRules(rules));
    const some = (): readonly string[] => {
      const found: string[] = [];
      for (const { after, action } of director.timed()) {
        if (found.push(`${after} ${action.kind}`) === 6) break;
      }
      return found;
    };
    expect(some()).toEqual(['1 silence', '2 drop', '4 drop', '4 silence', '6 drop', '7 silence']);
    expect(some()).toEqual(some());
  });

  it('is in order for all rules', () => {
    const rule = fc
      .record({ after: fc.nat(50_000), every: fc.option(fc.integer({ min: 1, max: 9000 })), often: arbitraryOften })
      .map(({ after, every, often }) => atTime(after, often, every));
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), (rules) => {
        const found = afters(rules, 100);
        expect(found).toEqual([...found].sort((a, b) => a - b));
        const most = rules.reduce((sum, { often, about }) => {
          return sum + (about.kind === 'time' && about.every === null ? 1 : (often.times ?? Infinity));
        }, 0);
        expect(found.length).toBeLessThanOrEqual(most);
      }),
    );
  });
});
