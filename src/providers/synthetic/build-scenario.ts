import type { FailureKind } from '../../core/failure.js';
import type { Duration } from '../../core/time/time.js';
import type {
  Match,
  Action,
  Frequency,
  Rule,
  Scenario,
  ScenarioClock,
  ScenarioMarket,
} from '../../config/scenario/scenario.js';

type RequestMatch = Extract<Match, { kind: 'request' }>;

/** Actions without parameters. */
type BareAction =
  'no-response' | 'empty' | 'unknown' | 'expired' | 'garbage' | 'drop' | 'half-open' | 'refuse' | 'logged-out';

/** An action, the name of one, or a failure. */
export type ActionInput =
  Action | BareAction | { readonly fail: FailureKind; readonly message?: string; readonly retryAfter?: Duration };

/** A rule; by default it matches every request at all times. */
export interface RuleInput extends Partial<Frequency>, Partial<Omit<RequestMatch, 'kind'>> {
  /** Matches connections, or a time after the start, instead of requests. */
  readonly on?: 'connect' | { readonly after: Duration; readonly every?: Duration };
  readonly do: ActionInput;
}

export interface ScenarioInput {
  readonly name?: string;
  readonly market?: Partial<ScenarioMarket>;
  readonly clock?: Partial<ScenarioClock>;
  readonly rules?: readonly RuleInput[];
}

/** Builds a scenario of the synthetic provider; by default there are no faults. */
export function buildScenario({ name = 'synthetic', market, clock, rules = [] }: ScenarioInput = {}): Scenario {
  return {
    name,
    source: 'synthetic',
    market: { seed: 1, volatility: null, basePrices: {}, ...market },
    clock: { start: null, speed: 1, ...clock },
    rules: rules.map(buildRule),
  };
}

function buildRule(input: RuleInput): Rule {
  const { skip = 0, every = 1, times = null, chance = 1, from = 0, until = null } = input;
  return {
    match: buildMatch(input),
    frequency: { skip, every, times, chance, from, until },
    action: buildAction(input.do),
  };
}

function buildMatch({ on, ...match }: RuleInput): Match {
  if (on === 'connect') return { kind: 'connect' };
  if (on !== undefined) return { kind: 'time', after: on.after, every: on.every ?? null };
  const { requests = null, symbols = null, barSizes = null, priceType = null } = match;
  const { expiries = null, strikes = null, rights = null } = match;
  return { kind: 'request', requests, symbols, barSizes, priceType, expiries, strikes, rights };
}

function buildAction(input: ActionInput): Action {
  if (input === 'drop') return { kind: 'drop', midMessage: false };
  if (typeof input === 'string') return { kind: input };
  if ('kind' in input) return input;
  const { fail, message = `the scenario answers with a ${fail} failure`, retryAfter = null } = input;
  return { kind: 'failure', failure: fail, message, retryAfter };
}
