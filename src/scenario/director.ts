import { keyOf, keyOfText } from '../core/random.js';
import { chooser } from './chooser.js';
import { matches } from './matches.js';
import type { Action, Director, Scenario } from './scenario.js';
import { timedActions } from './timed.js';

/** Nothing goes wrong. */
export const quietDirector: Director = { direct: () => [], timed: () => [] };

/**
 * Holds occasions against the rules of a scenario. The same occasions in the same order always have the same actions: chance
 * is a hash of the seed, the rule and how often it has matched.
 */
export function createDirector({ market, rules }: Pick<Scenario, 'market' | 'rules'>): Director {
  if (rules.length === 0) return quietDirector;
  const seed = keyOfText(market.seed, 'scenario');
  const chosen = rules.map((rule, index) => ({ rule, choose: chooser(rule.often, keyOf(seed, index)) }));
  return {
    direct(occasion, since) {
      const actions: Action[] = [];
      for (const { rule, choose } of chosen) {
        if (matches(rule.about, occasion) && choose(since)) actions.push(rule.act);
      }
      return actions;
    },
    timed: () => timedActions(rules, (rule, index) => chooser(rule.often, keyOf(seed, index))),
  };
}
