import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hour, minute } from '../../../../src/core/time/time.js';
import { createScenarioEngine, noFaults } from '../../../../src/config/scenario/engine/scenario-engine.js';
import type {
  Action,
  ScenarioEngine,
  ScenarioEvent,
  Frequency,
  Rule,
} from '../../../../src/config/scenario/scenario.js';
import { historicalRequest, requestRule, scenarioWithRules } from '../build-rules.js';

const connectEvent: ScenarioEvent = { kind: 'connect' };
const noResponse: Action = { kind: 'no-response' };
const timedRule = (
  after: number,
  frequency: Partial<Frequency> = {},
  every: number | null = null,
  action: Action = noResponse,
): Rule => ({
  ...requestRule({}, frequency, action),
  match: { kind: 'time', after, every },
});

/** Returns the indices at which the only rule fires for `count` equal events, one per second. */
function firingIndices(rule: Rule, count: number, event: ScenarioEvent = historicalRequest): readonly number[] {
  const engine = createScenarioEngine(scenarioWithRules([rule]));
  return Array.from({ length: count }, (_, index) => index).filter(
    (index) => engine.actionsFor(event, index * 1000).length > 0,
  );
}

const arbitraryFrequency = fc.record({
  skip: fc.nat(5),
  every: fc.integer({ min: 1, max: 4 }),
  times: fc.option(fc.integer({ min: 1, max: 5 })),
  chance: fc.double({ min: 0.05, max: 1, noNaN: true }),
  from: fc.nat(20_000),
  until: fc.option(fc.nat(40_000)),
});

describe('createScenarioEngine', () => {
  it('returns the engine without faults for a scenario without rules', () => {
    expect(createScenarioEngine(scenarioWithRules([]))).toMatchObject(noFaults);
    expect(noFaults.actionsFor(historicalRequest, 0)).toEqual([]);
    expect([...noFaults.timedActions()]).toEqual([]);
  });

  it('fires after `skip` events, then at every n-th event, at most `times` times', () => {
    expect(firingIndices(requestRule({}), 3)).toEqual([0, 1, 2]);
    expect(firingIndices(requestRule({}, { skip: 2, every: 3 }), 12)).toEqual([2, 5, 8, 11]);
    expect(firingIndices(requestRule({}, { skip: 1, every: 2, times: 2 }), 12)).toEqual([1, 3]);
  });

  it('counts only events between `from` and `until`', () => {
    expect(firingIndices(requestRule({}, { skip: 1, from: 4000, until: 7000 }), 12)).toEqual([5, 6]);
  });

  it('matches connect rules with connections only, and request rules with requests only', () => {
    const connectRule: Rule = { ...requestRule({}), match: { kind: 'connect' } };
    expect(firingIndices(connectRule, 2, connectEvent)).toEqual([0, 1]);
    expect(firingIndices(connectRule, 2)).toEqual([]);
    expect(firingIndices(requestRule({}), 2, connectEvent)).toEqual([]);
    expect(firingIndices(timedRule(0), 2)).toEqual([]);
  });

  it.each([
    ['requests', ['quote', 'historical'], ['quote']],
    ['symbols', ['AAPL'], ['MSFT']],
    ['barSizes', ['1 min'], ['1 day']],
    ['priceType', ['TRADES'], ['BID']],
    ['expiries', ['2026-12-18'], ['2027-01-15']],
    ['strikes', [100, 105], [110]],
    ['rights', ['C'], ['P']],
  ])('matches only events with the given %s', (field, right, wrong) => {
    expect(firingIndices(requestRule({ [field]: right }), 1)).toEqual([0]);
    expect(firingIndices(requestRule({ [field]: wrong }), 1)).toEqual([]);
  });

  it('matches an event without a symbol only with rules that name no symbol', () => {
    const bare: ScenarioEvent = { ...historicalRequest, symbol: null, strike: null };
    expect(firingIndices(requestRule({ symbols: ['AAPL'] }), 1, bare)).toEqual([]);
    expect(firingIndices(requestRule({}), 1, bare)).toEqual([0]);
  });

  it('returns the actions of all matching rules in the order of the rules, each with a separate count', () => {
    const engine = createScenarioEngine(
      scenarioWithRules([
        requestRule({}, { times: 1 }, { kind: 'delay', duration: 1 }),
        requestRule({ symbols: ['MSFT'] }, {}, { kind: 'empty' }),
        requestRule({}, { skip: 1 }, { kind: 'expired' }),
        requestRule({}),
      ]),
    );
    const kinds = (): readonly string[] => engine.actionsFor(historicalRequest, 0).map(({ kind }) => kind);
    expect(kinds()).toEqual(['delay', 'no-response']);
    expect(kinds()).toEqual(['expired', 'no-response']);
  });

  it('fires a rule with `chance` at that rate, at different events for each seed and rule', () => {
    const rare = requestRule({}, { chance: 0.2 });
    const taken = (seed: number): readonly number[] => {
      const engine = createScenarioEngine(scenarioWithRules([rare, rare], seed));
      return Array.from({ length: 2000 }, () => engine.actionsFor(historicalRequest, 0).length);
    };
    const share = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0) / 4000;
    for (const seed of [0, 1, 2, 7, -3, 2 ** 31]) expect(Math.abs(share(taken(seed)) - 0.2)).toBeLessThan(0.03);
    expect(taken(1)).toEqual(taken(1));
    expect(taken(1)).not.toEqual(taken(2));
    expect(taken(1)).toContain(1);
  });

  it('fires a rule at the same events when other rules follow', () => {
    fc.assert(
      fc.property(
        arbitraryFrequency,
        arbitraryFrequency,
        fc.array(fc.nat(50_000), { maxLength: 40 }),
        (frequency, other, times) => {
          const moments = times.sort((a, b) => a - b);
          const rule = requestRule({}, frequency);
          const run = (engine: ScenarioEngine): readonly boolean[] =>
            moments.map((elapsed) =>
              engine.actionsFor(historicalRequest, elapsed).some(({ kind }) => kind === 'no-response'),
            );
          const alone = run(createScenarioEngine(scenarioWithRules([rule])));
          expect(run(createScenarioEngine(scenarioWithRules([rule])))).toEqual(alone);
          expect(
            run(createScenarioEngine(scenarioWithRules([rule, requestRule({}, other, { kind: 'empty' })]))),
          ).toEqual(alone);
          expect(alone.filter(Boolean).length).toBeLessThanOrEqual(frequency.times ?? Infinity);
        },
      ),
    );
  });
});

describe('timedActions', () => {
  const afters = (rules: readonly Rule[], most = 20): readonly number[] => {
    const found: number[] = [];
    for (const { after } of createScenarioEngine(scenarioWithRules(rules)).timedActions()) {
      if (found.push(after) >= most) break;
    }
    return found;
  };

  it('returns one instant for `after`, and repeated instants with `every`', () => {
    expect(afters([timedRule(5 * minute)])).toEqual([5 * minute]);
    expect(afters([timedRule(minute, { times: 3 }, hour)])).toEqual([minute, minute + hour, minute + 2 * hour]);
    expect(afters([timedRule(minute, { until: 2 * hour, skip: 1 }, hour)])).toEqual([minute + hour]);
    expect(afters([timedRule(0, {}, hour)], 4)).toEqual([0, hour, 2 * hour, 3 * hour]);
  });

  it('ends when no further action is possible', () => {
    expect(afters([timedRule(0, { chance: 0 }, 1)])).toEqual([]);
    expect(afters([timedRule(0, {}, 0)])).toEqual([0]);
    expect(afters([timedRule(0, { until: 0 }, 1)])).toEqual([]);
    expect(afters([requestRule({})])).toEqual([]);
  });

  it('returns actions by time, then in the order of rules, and starts again at every call', () => {
    const rules = [timedRule(2, {}, 2, { kind: 'drop', midMessage: false }), timedRule(4, {}, 3), timedRule(1)];
    const engine = createScenarioEngine(scenarioWithRules(rules));
    const some = (): readonly string[] => {
      const found: string[] = [];
      for (const { after, action } of engine.timedActions()) {
        if (found.push(`${after} ${action.kind}`) === 6) break;
      }
      return found;
    };
    expect(some()).toEqual(['1 no-response', '2 drop', '4 drop', '4 no-response', '6 drop', '7 no-response']);
    expect(some()).toEqual(some());
  });

  it('returns actions in order of time for any rules', () => {
    const rule = fc
      .record({ after: fc.nat(50_000), every: fc.option(fc.integer({ min: 1, max: 9000 })), often: arbitraryFrequency })
      .map(({ after, every, often: frequency }) => timedRule(after, frequency, every));
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), (rules) => {
        const found = afters(rules, 100);
        expect(found).toEqual([...found].sort((a, b) => a - b));
        const most = rules.reduce((sum, { frequency, match }) => {
          return sum + (match.kind === 'time' && match.every === null ? 1 : (frequency.times ?? Infinity));
        }, 0);
        expect(found.length).toBeLessThanOrEqual(most);
      }),
    );
  });
});
