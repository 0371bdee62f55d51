import type { Calendar } from '../../core/calendar.js';
import type { Clock } from '../../core/clock.js';
import type { Failure } from '../../core/failure.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import type { Outcome } from '../../core/request.js';
import type { Instant } from '../../core/time.js';
import { createMarket } from '../../market/market.js';
import type { Action, Director, Scenario } from '../../scenario/scenario.js';
import type { Provider } from '../contract.js';
import { givenUp } from '../given-up.js';
import { marketLimits } from '../market-limits.js';
import { directedAnswer } from './directed-answer.js';
import { failureOf, failureOfError } from './errors.js';
import { occasionOf } from './occasion.js';
import { ownRowsProblems } from './own-rows-problems.js';
import { sleepUntil } from './sleep.js';
import { sourceState } from './source-state.js';

/** What may be asked of the synthetic source: what may be asked of the mock market, in whose place it stands. */
export const syntheticLimits: ProviderLimits = { ...marketLimits, name: 'synthetic' };

/** What the synthetic provider is made of. */
export interface SyntheticParts {
  readonly scenario: Scenario;
  /** Of the same scenario; counts for as long as the provider lives. */
  readonly director: Director;
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  readonly clock: Clock;
}

/**
 * A source that does what its scenario says and shows the embedded market where that says nothing. The scenario's time
 * begins when the provider is made; every attempt is an occasion, as long as the source can be reached.
 *
 * Each request has a connection of its own: an action that drops one is about that request, a restart is about all.
 */
export function syntheticProvider({ scenario, director, calendarOf, clock }: SyntheticParts): Provider {
  const market = createMarket({ settings: scenario.market, calendarOf });
  const startedAt = clock.now();
  const { start, speed } = scenario.clock;
  const state = sourceState(director, startedAt);
  const since = (): number => clock.now() - startedAt;
  const sourceTime = (): Instant => (start ?? startedAt) + since() * speed;

  return {
    name: 'synthetic',

    async open(signal) {
      const problems = ownRowsProblems(scenario.rules);
      if (problems.length > 0)
        return failureOf('fatal', `the scenario ${scenario.name} cannot be played: ${problems.join('; ')}`, 'scenario');
      state.connect();
      state.catchUp(clock.now());
      for (const action of director.direct({ kind: 'connect' }, since())) {
        if (action.kind === 'slow-accept') await sleepUntil(clock, clock.now() + action.for, signal);
        const refusal = refusalOf(action);
        if (refusal !== null) return refusal;
      }
      if (signal.aborted) return failureOf('retryable', 'stopped before the connection stood');
      state.catchUp(clock.now());
      const obstacle = state.obstacle(clock.now());
      return obstacle === null ? null : { ...obstacle, kind: 'fatal' };
    },

    async fetch(request, signal) {
      if (signal.aborted) return givenUp;
      state.catchUp(clock.now());
      const obstacle = state.obstacle(clock.now());
      if (obstacle !== null) return failed(obstacle);

      const passage = state.enter(signal);
      const actions = director.direct(occasionOf(request.series), since());
      for (const action of actions) state.apply(action, clock.now());
      const answerAt = clock.now() + delayOf(actions);
      for (;;) {
        state.catchUp(clock.now());
        const cut = passage.cut();
        if (cut !== null) return failed(cut);
        if (passage.signal.aborted) return givenUp;
        const due = Math.max(answerAt, state.heldUntil(request.series.dataset));
        if (clock.now() >= due) break;
        await sleepUntil(clock, Math.min(due, state.nextMoment()), passage.signal);
      }
      return directedAnswer(actions, request, { market, calendarOf, now: sourceTime() });
    },

    async close() {
      state.cutAll(failureOf('retryable', 'the connection was closed', 'closed'));
    },
  };
}

function failed(failure: Failure): Outcome {
  return { kind: 'failure', failure };
}

function refusalOf(action: Action): Failure | null {
  switch (action.kind) {
    case 'refuse':
      return failureOf('fatal', 'the connection was refused', 'refused');
    case 'error':
      return failureOfError(action);
    case 'failure':
      return failureOf(action.failure, action.message, undefined, action.retryAfter);
    default:
      return null;
  }
}

/** How long the answer takes: for ever where there will be none. */
function delayOf(actions: readonly Action[]): number {
  return actions.reduce(
    (sum, action) => sum + (action.kind === 'silence' ? Infinity : action.kind === 'delay' ? action.for : 0),
    0,
  );
}
