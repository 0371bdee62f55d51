import { hashKey, hashString } from '../../../platform/random.js';
import { createSampler } from './sampler.js';
import type { RuleCount } from './sampler.js';
import { matchesEvent } from './matches.js';
import type { Action, ScenarioEngine, Scenario } from '../scenario.js';
import { generateTimedActions } from './timed-actions.js';

/** An engine without rules. */
export const noFaults: ScenarioEngine = { actionsFor: () => [], timedActions: () => [] };

/** An engine that another one can continue. */
export interface CountingScenarioEngine extends ScenarioEngine {
  /** The counts of all rules so far, in the order of the rules. */
  counts(): readonly RuleCount[];
}

/**
 * Matches events with the rules of a scenario. The same events in the same order always have the same actions: chance is a hash
 * of the seed, the rule and its count of matches. With the counts of an earlier engine it continues where that one ended.
 */
export function createScenarioEngine(
  { market, rules }: Pick<Scenario, 'market' | 'rules'>,
  counts: readonly RuleCount[] = [],
): CountingScenarioEngine {
  if (rules.length === 0) return { ...noFaults, counts: () => [] };
  const seed = hashString(market.seed, 'scenario');
  const sampledRules = rules.map((rule, index) => ({
    rule,
    sampler: createSampler(rule.frequency, hashKey(seed, index), counts[index]),
  }));
  return {
    actionsFor(event, elapsed) {
      const actions: Action[] = [];
      for (const { rule, sampler } of sampledRules) {
        if (matchesEvent(rule.match, event) && sampler.choose(elapsed)) actions.push(rule.action);
      }
      return actions;
    },
    timedActions: () =>
      generateTimedActions(rules, (rule, index) => createSampler(rule.frequency, hashKey(seed, index))),
    counts: () => sampledRules.map(({ sampler }) => sampler.count()),
  };
}
