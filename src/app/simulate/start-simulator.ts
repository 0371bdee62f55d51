import { getCalendar } from '../../calendar/calendars.js';
import type { Clock } from '../../core/time/clock.js';
import type { Result } from '../../core/result.js';
import { ok } from '../../core/result.js';
import type { Instant } from '../../core/time/time.js';
import { createMarket } from '../../market/market.js';
import { createScenarioEngine } from '../../config/scenario/engine/scenario-engine.js';
import type { Scenario } from '../../config/scenario/scenario.js';
import type { PortProblem, SimulatorEvent } from '../../simulators/simulator-event.js';
import type { KiteSimulatorOptions } from '../../simulators/kite/simulator.js';
import type { TwsSimulatorOptions } from '../../simulators/tws/simulator-options.js';
import type { SimulatorName, SimulateOptions } from '../../cli/options/simulate-options.js';
import type { SimulatorCounts } from '../../cli/output/format-simulator-event.js';

/** A simulator that lets clients in. */
export interface RunningSimulator {
  readonly port: number;
  /** What it is, for the line that says that it listens. */
  readonly title: string;
  /** The environment in which a pipeline reaches it. */
  readonly environment: string;
  /** What else can be tried, as one line. */
  readonly hint: string;
  counts(): SimulatorCounts;
  /** All it knows of what it has seen, in its own words. */
  statistics(): unknown;
  close(): Promise<void>;
}

/** What a simulator is started with. */
export interface SimulatorInput {
  readonly options: SimulateOptions;
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly emit: (event: SimulatorEvent) => void;
}

type StartSimulator = (input: SimulatorInput) => Promise<Result<RunningSimulator, PortProblem>>;

/** How each source is started. Only the one that is played is loaded. */
export const simulators: Readonly<Record<SimulatorName, StartSimulator>> = { tws: startTws, kite: startKite };

/** A version that the clients of the last years all know. */
const defaultServerVersion = 176;

async function startTws(input: SimulatorInput): Promise<Result<RunningSimulator, PortProblem>> {
  const { startTwsSimulator } = await import('../../simulators/tws/simulator.js');
  const { host, pacing } = input.options;
  const serverVersion = input.options.serverVersion ?? defaultServerVersion;
  const started = await startTwsSimulator({
    ...createSimulatorDeps(input),
    host,
    port: input.options.port ?? 7497,
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

async function startKite(input: SimulatorInput): Promise<Result<RunningSimulator, PortProblem>> {
  const { startKiteSimulator } = await import('../../simulators/kite/simulator.js');
  const { host, pacing } = input.options;
  const started = await startKiteSimulator({
    ...createSimulatorDeps(input),
    ...kiteLogin,
    host,
    port: input.options.port ?? 8899,
    // Kite documents its limits as it enforces them.
    pacing: pacing === 'off' ? 'off' : 'strict',
  });
  if (!started.ok) return started;
  const simulator = started.value;
  const { port } = simulator;
  const { apiKey, apiSecret, accessToken } = kiteLogin;
  const address = `KITE_ROOT=http://${host}:${port} KITE_API_KEY=${apiKey}`;
  return ok({
    port,
    title: 'Kite Connect',
    environment: `${address} KITE_ACCESS_TOKEN=${accessToken}`,
    more: `log in as every morning: ${address} KITE_API_SECRET=${apiSecret} pipe login kite`,
    counts: () => {
      const { connections, requests, rateLimited } = simulator.statistics();
      return { connections, requests, violations: rateLimited };
    },
    statistics: () => simulator.statistics(),
    close: () => simulator.close(),
  });
}

type SimulatorDeps = Pick<
  TwsSimulatorOptions & KiteSimulatorOptions,
  'market' | 'calendarOf' | 'clock' | 'marketTime' | 'scenarioEngine' | 'emit'
>;

/** What every source is made of: the market and time that it shows, and what goes wrong. */
function createSimulatorDeps({ scenario, clock, emit }: SimulatorInput): SimulatorDeps {
  return {
    market: createMarket({ settings: scenario.market, getCalendar }),
    calendarOf: getCalendar,
    clock,
    marketTime: marketTime(scenario, clock),
    scenarioEngine: createScenarioEngine(scenario),
    emit,
  };
}

/** The time at the source: its clock starts where the scenario says and runs as fast. */
function marketTime({ clock: { start, speed } }: Scenario, clock: Clock): () => Instant {
  const startedAt = clock.now();
  const first = start ?? startedAt;
  return () => first + Math.round((clock.now() - startedAt) * speed);
}
