import { getCalendar } from '../../src/calendar/calendars.js';
import { createOffsetClock, systemClock } from '../../src/core/time/clock.js';
import type { Clock } from '../../src/core/time/clock.js';
import type { Failure } from '../../src/core/failure.js';
import { second } from '../../src/core/time/time.js';
import { createMarket } from '../../src/market/market.js';
import type { Provider } from '../../src/providers/provider.js';
import type { IbTimings } from '../../src/providers/ib/settings.js';
import { createScenarioEngine } from '../../src/config/scenario/engine/scenario-engine.js';
import { parseScenario } from '../../src/config/scenario/load-scenario.js';
import type { Scenario } from '../../src/config/scenario/scenario.js';
import type { SimulatorEvent } from '../../src/simulators/simulator-event.js';
import type { PacingMode } from '../../src/simulators/tws/simulator-options.js';
import { startTwsSimulator } from '../../src/simulators/tws/simulator.js';
import type { TwsSimulator } from '../../src/simulators/tws/simulator.js';
import type { TwsStatistics } from '../../src/simulators/tws/statistics.js';

/** The evening of Wednesday, 18 November 2026 in New York: data of the day is final. */
export const evening = Date.parse('2026-11-18T23:00:00Z');

/** The market of every simulated gateway in these tests, and the reference for every answer. */
export const market = createMarket({
  // Low prices keep the number of strikes small.
  settings: { seed: 7, volatility: null, basePrices: { AAPL: 24, MSFT: 31 } },
  getCalendar,
});

/** A rule as written in scenario files. */
export type RuleInput = Readonly<Record<string, unknown>>;

/** Parses a scenario with these rules as `pipe simulate` does. */
export function createScenario(rules: readonly RuleInput[]): Scenario {
  const text = JSON.stringify({ name: 'faults', source: 'tws', market: { seed: 7 }, rules });
  const loaded = parseScenario('faults.yaml', text);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('; '));
  return loaded.scenario;
}

/** Starts a gateway with some rules. */
export interface FaultGateway extends TwsSimulator {
  readonly events: readonly SimulatorEvent[];
}

export async function startFaultGateway(
  rules: readonly RuleInput[],
  clock: Clock,
  pacing: PacingMode,
): Promise<FaultGateway> {
  const events: SimulatorEvent[] = [];
  const started = await startTwsSimulator({
    host: '127.0.0.1',
    port: 0,
    serverVersion: 178,
    account: 'DU1234567',
    market,
    calendarOf: getCalendar,
    clock,
    marketTime: () => clock.now(),
    scenarioEngine: createScenarioEngine(createScenario(rules)),
    pacing,
    emit: (event) => events.push(event),
  });
  if (!started.ok) throw new Error(started.error.message);
  return Object.assign(started.value, { events });
}

/** The gateway runs in this process and answers immediately, so time limits can be short. */
export const fastTimings: Partial<IbTimings> = {
  connectTimeout: 1_500,
  idleTimeout: 400,
  probeTimeout: 600,
  reconnectDelay: 20,
  maxReconnectDelay: 80,
  maxHold: 1_500,
  quietPeriod: 100,
  snapshotTimeout: 1_200,
  lineSpacing: 5,
};

/** Factor by which delays that the source requests are shortened. */
const waitDivisor = 1_000;

/** Observed behaviour of a provider. */
export interface Observed {
  /** Every failure, with the delay that it requested. */
  readonly failures: readonly Failure[];
  /** Requests and lines that were still open at the gateway after the last answer, before the disconnect. */
  readonly openAtEnd: TwsStatistics | null;
}

/** Wraps a provider: shortens the delays that it requests and observes what it leaves open. */
export function observeProvider(
  provider: Provider,
  gateway: TwsSimulator,
  retryWaits: 'hurried' | 'real',
): { readonly provider: Provider; readonly getObserved: () => Observed } {
  const failures: Failure[] = [];
  let openAtEnd: TwsStatistics | null = null;
  return {
    getObserved: () => ({ failures, openAtEnd }),
    provider: {
      name: provider.name,
      open: (signal) => provider.open(signal),
      async fetch(request, signal) {
        const outcome = await provider.fetch(request, signal);
        if (outcome.kind !== 'failure') return outcome;
        const { failure } = outcome;
        failures.push(failure);
        if (retryWaits === 'real' || !('retryAfter' in failure)) return outcome;
        return { kind: 'failure', failure: { ...failure, retryAfter: failure.retryAfter / waitDivisor } };
      },
      async close() {
        openAtEnd ??= await waitUntilQuiet(gateway);
        await provider.close();
      },
    },
  };
}

/** Returns the gateway's counts once the last cancellations have arrived, or after a second. */
async function waitUntilQuiet(gateway: TwsSimulator): Promise<TwsStatistics> {
  const until = systemClock.now() + second;
  for (;;) {
    const statistics = gateway.statistics();
    const isQuiet = statistics.openHistorical.now === 0 && statistics.lines.now === 0;
    if (isQuiet || systemClock.now() >= until) return statistics;
    await systemClock.sleepUntil(systemClock.now() + 10);
  }
}

/** The system clock with an offset that the limits of the account follow too. */
export function createShiftedClock(instant: number): Clock {
  return { ...createOffsetClock(systemClock, instant - systemClock.now()), offset: 0 };
}
