import { calendarOf } from '../../src/calendar/calendars.js';
import { systemClock } from '../../src/core/clock.js';
import type { Clock } from '../../src/core/clock.js';
import type { Failure } from '../../src/core/failure.js';
import { second } from '../../src/core/time.js';
import { shiftedClock } from '../../src/cli/shifted-clock.js';
import { createMarket } from '../../src/market/market.js';
import type { Provider } from '../../src/providers/contract.js';
import type { IbTimings } from '../../src/providers/ib/settings.js';
import { createDirector } from '../../src/scenario/director.js';
import { scenarioFrom } from '../../src/scenario/load.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import type { SimulatorEvent } from '../../src/simulators/events.js';
import type { PacingMode } from '../../src/simulators/tws/parts.js';
import { startTwsSimulator } from '../../src/simulators/tws/simulator.js';
import type { TwsSimulator } from '../../src/simulators/tws/simulator.js';
import type { TwsStatistics } from '../../src/simulators/tws/statistics.js';

/** The evening of Wednesday, 18 November 2026 in New York: everything of the day is settled. */
export const evening = Date.parse('2026-11-18T23:00:00Z');

/** What every simulated gateway here shows, and what every answer is held against. */
export const market = createMarket({
  // Low prices have few strikes.
  settings: { seed: 7, volatility: null, basePrices: { AAPL: 24, MSFT: 31 } },
  calendarOf,
});

/** A rule as scenario files write it. */
export type WrittenRule = Readonly<Record<string, unknown>>;

/** The scenario with these rules, read as `pipe simulate` reads its file. */
export function scenarioOf(rules: readonly WrittenRule[]): Scenario {
  const text = JSON.stringify({ name: 'faults', source: 'tws', market: { seed: 7 }, rules });
  const loaded = scenarioFrom('faults.yaml', text);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('; '));
  return loaded.scenario;
}

/** A gateway that plays some rules. */
export interface PlayedGateway extends TwsSimulator {
  readonly events: readonly SimulatorEvent[];
}

export async function playGateway(
  rules: readonly WrittenRule[],
  clock: Clock,
  pacing: PacingMode,
): Promise<PlayedGateway> {
  const events: SimulatorEvent[] = [];
  const started = await startTwsSimulator({
    host: '127.0.0.1',
    port: 0,
    serverVersion: 178,
    account: 'DU1234567',
    market,
    calendarOf,
    clock,
    marketTime: () => clock.now(),
    director: createDirector(scenarioOf(rules)),
    pacing,
    emit: (event) => events.push(event),
  });
  if (!started.ok) throw new Error(started.error.message);
  return Object.assign(started.value, { events });
}

/** A gateway in the same room that answers at once, so that silences can be short. */
export const quickTimings: Partial<IbTimings> = {
  connect: 1_500,
  idle: 400,
  probe: 600,
  pause: 20,
  longestPause: 80,
  hold: 1_500,
  quiet: 100,
  snapshot: 1_200,
  spacing: 5,
};

/** How many times shorter the waits are that the source asks for. */
const hurry = 1_000;

/** What was seen of a provider from the outside. */
export interface Watched {
  /** Every failure it answered with, with the waits it asked for. */
  readonly failures: readonly Failure[];
  /** What the gateway still had open for us when everything was answered, before we hung up. */
  readonly atEnd: TwsStatistics | null;
}

/** The provider with the waits it asks for a thousand times shorter, and with an eye on what it leaves open. */
export function watched(
  provider: Provider,
  gateway: TwsSimulator,
  waits: 'hurried' | 'real',
): { readonly provider: Provider; readonly seen: () => Watched } {
  const failures: Failure[] = [];
  let atEnd: TwsStatistics | null = null;
  return {
    seen: () => ({ failures, atEnd }),
    provider: {
      name: provider.name,
      open: (signal) => provider.open(signal),
      async fetch(request, signal) {
        const outcome = await provider.fetch(request, signal);
        if (outcome.kind !== 'failure') return outcome;
        const { failure } = outcome;
        failures.push(failure);
        if (waits === 'real' || !('retryAfter' in failure)) return outcome;
        return { kind: 'failure', failure: { ...failure, retryAfter: failure.retryAfter / hurry } };
      },
      async close() {
        atEnd ??= await quiet(gateway);
        await provider.close();
      },
    },
  };
}

/** The gateway's counts once the last cancellations have reached it, or after a second if they never do. */
async function quiet(gateway: TwsSimulator): Promise<TwsStatistics> {
  const until = systemClock.now() + second;
  for (;;) {
    const statistics = gateway.statistics();
    const isQuiet = statistics.openHistorical.now === 0 && statistics.lines.now === 0;
    if (isQuiet || systemClock.now() >= until) return statistics;
    await systemClock.sleepUntil(systemClock.now() + 10);
  }
}

/** The real clock, set to another time. */
export function clockFrom(instant: number): Clock {
  return shiftedClock(systemClock, instant - systemClock.now());
}
