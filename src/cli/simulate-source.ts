import { calendarOf } from '../calendar/calendars.js';
import type { Clock } from '../core/clock.js';
import type { Result } from '../core/result.js';
import { ok } from '../core/result.js';
import type { Instant } from '../core/time.js';
import { createMarket } from '../market/market.js';
import { createDirector } from '../scenario/director.js';
import type { Scenario } from '../scenario/scenario.js';
import type { PortProblem, SimulatorEvent } from '../simulators/events.js';
import type { KiteSimulatorParts } from '../simulators/kite/simulator.js';
import type { TwsSimulatorParts } from '../simulators/tws/parts.js';
import type { Simulated, SimulateOptions } from './simulate-options.js';
import type { SimulatorCounts } from './simulate-words.js';

/** A simulator that lets clients in. */
export interface Playing {
  readonly port: number;
  /** What it is, for the line that says that it listens. */
  readonly title: string;
  /** The environment in which a pipeline reaches it. */
  readonly environment: string;
  /** What else can be tried, as one line. */
  readonly more: string;
  counts(): SimulatorCounts;
  /** All it knows of what it has seen, in its own words. */
  statistics(): unknown;
  close(): Promise<void>;
}

/** What a simulator is started with. */
export interface Play {
  readonly options: SimulateOptions;
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly emit: (event: SimulatorEvent) => void;
}

type Start = (play: Play) => Promise<Result<Playing, PortProblem>>;

/** How each source is started. Only the one that is played is loaded. */
export const startSimulated: Readonly<Record<Simulated, Start>> = { tws: startTws, kite: startKite };

/** A version that the clients of the last years all know. */
const usualServerVersion = 176;

async function startTws(play: Play): Promise<Result<Playing, PortProblem>> {
  const { startTwsSimulator } = await import('../simulators/tws/simulator.js');
  const { host, pacing } = play.options;
  const serverVersion = play.options.serverVersion ?? usualServerVersion;
  const started = await startTwsSimulator({
    ...worldOf(play),
    host,
    port: play.options.port ?? 7497,
    serverVersion,
    account: 'DU1234567',
    pacing,
  });
  if (!started.ok) return started;
  const simulator = started.value;
  const { port } = simulator;
  return ok({
    port,
    title: `TWS, server version ${serverVersion}`,
    environment: `IB_HOST=${host} IB_PORT=${port}`,
    more: `examine it: IB_HOST=${host} IB_PORT=${port} pipe doctor ib`,
    counts: () => {
      const { connections, requests, violations } = simulator.statistics();
      return { connections: connections.accepted, requests, violations };
    },
    statistics: () => simulator.statistics(),
    close: () => simulator.close(),
  });
}

/** No secrets: whoever reaches the simulator may use it. */
const kiteLogin = { apiKey: 'simulated', apiSecret: 'simulated-secret', accessToken: 'simulated-token' };

async function startKite(play: Play): Promise<Result<Playing, PortProblem>> {
  const { startKiteSimulator } = await import('../simulators/kite/simulator.js');
  const { host, pacing } = play.options;
  const started = await startKiteSimulator({
    ...worldOf(play),
    ...kiteLogin,
    host,
    port: play.options.port ?? 8899,
    // Kite documents its limits as it enforces them.
    pacing: pacing === 'off' ? 'off' : 'strict',
  });
  if (!started.ok) return started;
  const simulator = started.value;
  const { port } = simulator;
  const { apiKey, apiSecret, accessToken } = kiteLogin;
  const place = `KITE_ROOT=http://${host}:${port} KITE_API_KEY=${apiKey}`;
  return ok({
    port,
    title: 'Kite Connect',
    environment: `${place} KITE_ACCESS_TOKEN=${accessToken}`,
    more: `log in as every morning: ${place} KITE_API_SECRET=${apiSecret} pipe login kite`,
    counts: () => {
      const { connections, requests, tooFast } = simulator.statistics();
      return { connections, requests, violations: tooFast };
    },
    statistics: () => simulator.statistics(),
    close: () => simulator.close(),
  });
}

type World = Pick<
  TwsSimulatorParts & KiteSimulatorParts,
  'market' | 'calendarOf' | 'clock' | 'marketTime' | 'director' | 'emit'
>;

/** What every source is made of: the market and time that it shows, and what goes wrong. */
function worldOf({ scenario, clock, emit }: Play): World {
  return {
    market: createMarket({ settings: scenario.market, calendarOf }),
    calendarOf,
    clock,
    marketTime: marketTime(scenario, clock),
    director: createDirector(scenario),
    emit,
  };
}

/** The time at the source: its clock starts where the scenario says and runs as fast. */
function marketTime({ clock: { start, speed } }: Scenario, clock: Clock): () => Instant {
  const startedAt = clock.now();
  const first = start ?? startedAt;
  return () => first + Math.round((clock.now() - startedAt) * speed);
}
