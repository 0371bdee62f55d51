import type { Calendar } from '../../core/time/calendar.js';
import type { Clock } from '../../core/time/clock.js';
import type { Failure } from '../../core/failure.js';
import { defaultEmptyConfirmation } from '../../core/empty-confirmation.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import { err, ok } from '../../core/result.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import type { Series } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import { createMarketWithActions } from '../../market/with-actions.js';
import { planFaults } from '../../config/scenario/engine/plan-faults.js';
import type { Fault } from '../../config/scenario/engine/plan-faults.js';
import type { Scenario, ScenarioEngine, ScenarioEvent } from '../../config/scenario/scenario.js';
import type { Provider } from '../provider.js';
import { abortedOutcome } from '../aborted-outcome.js';
import { marketLimits } from '../market-limits.js';
import { answerWithOptionFaults, planRequestFaults } from './option-faults.js';
import type { RequestFaults } from './option-faults.js';
import { scriptedOutcome } from './scripted-outcome.js';
import type { ScriptDeps } from './scripted-outcome.js';
import { createFailure, toErrorFailure } from './action-failures.js';
import { findRowProblems } from './scenario-row-problems.js';
import { createSourceState } from './source-state.js';

/** The limits of the mock provider, which the synthetic one replaces in tests; its answers may lack rows. */
export const syntheticLimits: ProviderLimits = {
  ...marketLimits,
  name: 'synthetic',
  confirmEmpty: defaultEmptyConfirmation,
};

export interface SyntheticProviderDeps {
  readonly scenario: Scenario;
  /** The engine of the same scenario; it counts events for the lifetime of the provider. */
  readonly engine: ScenarioEngine;
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  readonly clock: Clock;
  /** The start of the time of the scenario, earlier than now if another provider has begun it; default: now. */
  readonly startedAt?: Instant;
}

/**
 * Provides the embedded market with the faults of a scenario. The time of the scenario begins when the provider is created,
 * or continues that of an earlier one; every attempt that reaches the source is an event for its rules.
 *
 * Each request has its own connection: an action that drops a connection fails one request, a restart fails all.
 */
export function createSyntheticProvider(deps: SyntheticProviderDeps): Provider {
  const { scenario, engine, calendarOf, clock, startedAt = clock.now() } = deps;
  const market = createMarketWithActions({ settings: scenario.market, getCalendar: calendarOf });
  const { start, speed } = scenario.clock;
  const state = createSourceState(engine, startedAt);
  // What happened before this provider ended the connections of that time and not those of this one.
  state.advanceTo(clock.now() - 1);
  const getElapsed = (): number => clock.now() - startedAt;
  const getScenarioTime = (): Instant => (start ?? startedAt) + getElapsed() * speed;

  return {
    name: 'synthetic',

    async open(signal) {
      const problems = findRowProblems(scenario.rules);
      if (problems.length > 0)
        return err(
          createFailure('fatal', `the scenario ${scenario.name} is invalid: ${problems.join('; ')}`, 'scenario'),
        );
      state.connect();
      state.advanceTo(clock.now());
      const { delay, fault } = planFaults(engine.actionsFor({ kind: 'connect' }, getElapsed()));
      if (delay > 0) await sleepUntil(clock, clock.now() + delay, signal);
      const connectFailure = fault === null ? null : toConnectFailure(fault);
      if (connectFailure !== null) return err(connectFailure);
      if (signal.aborted) return err(createFailure('retryable', 'cancelled before the connection was open'));
      state.advanceTo(clock.now());
      const unavailableReason = state.unavailableReason(clock.now());
      return unavailableReason === null ? ok(undefined) : err({ ...unavailableReason, kind: 'fatal' });
    },

    async fetch(request, { signal, calls }) {
      if (signal.aborted) return abortedOutcome;
      calls.sent();
      state.advanceTo(clock.now());
      const unavailableReason = state.unavailableReason(clock.now());
      if (unavailableReason !== null) return failureOutcome(unavailableReason);

      const inFlight = state.track(signal);
      const faults = planRequestFaults(toScenarioEvent(request.series), request, (event) =>
        engine.actionsFor(event, getElapsed()),
      );
      const { delay, sourceActions, fault } = faults;
      for (const action of sourceActions) state.apply(action, clock.now());
      if (fault?.kind === 'half-open') state.apply(fault, clock.now());
      const answerAt = fault?.kind === 'no-response' ? Infinity : clock.now() + delay;
      for (;;) {
        state.advanceTo(clock.now());
        const abortReason = inFlight.abortReason();
        if (abortReason !== null) return failureOutcome(abortReason);
        if (inFlight.signal.aborted) return abortedOutcome;
        const due = Math.max(answerAt, state.heldUntil(request.series.dataset));
        if (clock.now() >= due) break;
        await sleepUntil(clock, Math.min(due, state.getNextActionTime()), inFlight.signal);
      }
      return answer(request, faults, { market, calendarOf, now: getScenarioTime() });
    },

    async close() {
      state.abortAll(createFailure('retryable', 'the connection was closed', 'closed'));
    },
  };
}

function answer(request: Request, { fault, byOption }: RequestFaults, deps: ScriptDeps): FetchOutcome {
  const { series } = request;
  if (fault !== null || byOption.size === 0 || series.dataset !== 'option_snapshots')
    return scriptedOutcome(fault, request, deps);
  return answerWithOptionFaults(series.contracts, byOption, (contracts, optionFault) =>
    scriptedOutcome(optionFault, { ...request, series: { ...series, contracts } }, deps),
  );
}

function failureOutcome(failure: Failure): FetchOutcome {
  return { kind: 'failure', failure };
}

function toConnectFailure(fault: Fault): Failure | null {
  switch (fault.kind) {
    case 'refuse':
      return createFailure('fatal', 'the connection was refused', 'refused');
    case 'error':
      return toErrorFailure(fault);
    case 'failure':
      return createFailure(fault.failure, fault.message, undefined, fault.retryAfter);
    default:
      return null;
  }
}

/** The request as rules match it: its kind is the dataset, and a snapshot has an expiry but no strike. */
function toScenarioEvent(series: Series): Extract<ScenarioEvent, { kind: 'request' }> {
  const contract = 'contract' in series ? series.contract : undefined;
  return {
    kind: 'request',
    request: series.dataset,
    symbol: series.instrument.symbol,
    barSize: 'barSize' in series ? series.barSize : null,
    priceType: 'priceType' in series ? series.priceType : null,
    expiry: contract?.expiry ?? ('expiry' in series ? series.expiry : null),
    strike: contract?.strike ?? null,
    right: contract?.right ?? null,
  };
}

/** Waits for an instant, which may be Infinity, or until the signal aborts. */
async function sleepUntil(clock: Clock, instant: Instant, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  if (instant === Infinity) return waitForAbort(signal);
  await clock.sleepUntil(instant, signal).catch((reason: unknown) => {
    if (!signal.aborted) throw reason;
  });
}

function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
