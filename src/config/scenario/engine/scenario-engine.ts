import { hashKey, hashString } from '../../../platform/random.js';
import { createSampler } from './sampler.js';
import { matchesEvent } from './matches.js';
import type { Action, ScenarioEngine, Scenario } from '../scenario.js';
import { generateTimedActions } from './timed-actions.js';

/** An engine without rules. */
export const noFaults: ScenarioEngine = { actionsFor: () => [], timedActions: () => [] };

/**
 * Matches events with the rules of a scenario. The same events in the same order always have the same actions: chance is a hash
 * of the seed, the rule and its count of matches.
 */
export function createScenarioEngine({ market, rules }: Pick<Scenario, 'market' | 'rules'>): ScenarioEngine {
  if (rules.length === 0) return noFaults;
  const seed = hashString(market.seed, 'scenario');
  const sampledRules = rules.map((rule, index) => ({
    rule,
    choose: createSampler(rule.frequency, hashKey(seed, index)),
  }));
  return {
    actionsFor(event, elapsed) {
      const actions: Action[] = [];
      for (const { rule, choose: sample } of sampledRules) {
        if (matchesEvent(rule.match, event) && sample(elapsed)) actions.push(rule.action);
      }
      return actions;
    },
    timedActions: () =>
      generateTimedActions(rules, (rule, index) => createSampler(rule.frequency, hashKey(seed, index))),
  };
}
