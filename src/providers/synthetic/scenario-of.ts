import type { FailureKind } from '../../core/failure.js';
import type { Duration } from '../../core/time.js';
import type { About, Action, Often, Rule, Scenario, ScenarioClock, ScenarioMarket } from '../../scenario/scenario.js';

type RequestAbout = Extract<About, { kind: 'request' }>;

/** Actions that need no more than their name. */
type PlainAction =
  'silence' | 'empty' | 'unknown' | 'expired' | 'garbage' | 'drop' | 'half-open' | 'refuse' | 'logged-out';

/** What is done: an action, the name of one, or one of the failures of the house. */
export type Doing =
  Action | PlainAction | { readonly fail: FailureKind; readonly message?: string; readonly retryAfter?: Duration };

/** A rule with what matters said and the rest left out: about every request, always. */
export interface RuleWish extends Partial<Often>, Partial<Omit<RequestAbout, 'kind'>> {
  /** Of what else than requests it is: of clients that come in, or of a moment so long after the start. */
  readonly on?: 'connect' | { readonly after: Duration; readonly every?: Duration };
  readonly do: Doing;
}

/** A scenario with what matters said and the rest left out. */
export interface ScenarioWish {
  readonly name?: string;
  readonly market?: Partial<ScenarioMarket>;
  readonly clock?: Partial<ScenarioClock>;
  readonly rules?: readonly RuleWish[];
}

/** Writes a scenario of the synthetic source in code; without a word in it, nothing goes wrong. */
export function scenarioOf({ name = 'synthetic', market, clock, rules = [] }: ScenarioWish = {}): Scenario {
  return {
    name,
    source: 'synthetic',
    market: { seed: 1, volatility: null, basePrices: {}, ...market },
    clock: { start: null, speed: 1, ...clock },
    rules: rules.map(ruleOf),
  };
}

function ruleOf(wish: RuleWish): Rule {
  const { skip = 0, every = 1, times = null, chance = 1, from = 0, until = null } = wish;
  return { about: aboutOf(wish), often: { skip, every, times, chance, from, until }, act: actionOf(wish.do) };
}

function aboutOf({ on, ...about }: RuleWish): About {
  if (on === 'connect') return { kind: 'connect' };
  if (on !== undefined) return { kind: 'time', after: on.after, every: on.every ?? null };
  const { requests = null, symbols = null, barSizes = null, what = null } = about;
  const { expiries = null, strikes = null, rights = null } = about;
  return { kind: 'request', requests, symbols, barSizes, what, expiries, strikes, rights };
}

function actionOf(doing: Doing): Action {
  if (doing === 'drop') return { kind: 'drop', midMessage: false };
  if (typeof doing === 'string') return { kind: doing };
  if ('kind' in doing) return doing;
  const { fail, message = `the scenario says ${fail}`, retryAfter = null } = doing;
  return { kind: 'failure', failure: fail, message, retryAfter };
}
