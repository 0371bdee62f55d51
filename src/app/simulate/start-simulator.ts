import { randomInt } from 'node:crypto';
import { getCalendar } from '../../calendar/calendars.js';
import type { Clock } from '../../core/time/clock.js';
import type { Result } from '../../core/result.js';
import { ok } from '../../core/result.js';
import type { Instant } from '../../core/time/time.js';
import { createMarketWithActions } from '../../market/with-actions.js';
import { createScenarioEngine } from '../../config/scenario/engine/scenario-engine.js';
import type { Scenario } from '../../config/scenario/scenario.js';
import type { PortProblem, SimulatorEvent } from '../../simulators/simulator-event.js';
import type { KiteSimulatorOptions } from '../../simulators/kite/simulator.js';
import type { TwsSimulatorOptions } from '../../simulators/tws/simulator-options.js';

/** The providers that have a simulator. */
export type SimulatorName = 'tws' | 'kite';

/** Modes of enforcing the limits of a provider. */
export const pacingModes = ['strict', 'documented', 'off'] as const;
export type PacingMode = (typeof pacingModes)[number];

/** The counters of a simulator, by name. */
export interface SimulatorCounts {
  readonly connections: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<string, number>>;
}

/** A simulator that accepts clients. */
export interface RunningSimulator {
  readonly port: number;
  /** The name and version to show. */
  readonly title: string;
  /** The variables with which a pipeline connects to it. */
  readonly environment: string;
  /** One more command to try, as one line. */
  readonly hint: string;
  counts(): SimulatorCounts;
  /** All statistics, in the form of the simulator. */
  statistics(): unknown;
  close(): Promise<void>;
}

export interface SimulatorInput {
  readonly host: string;
  /** Null for the simulator's default. */
  readonly port: number | null;
  /** The server version of the TWS protocol; null for the default. */
  readonly serverVersion: number | null;
  readonly pacing: PacingMode;
  /** Names that the TWS simulator lists beside the built-in ones; `any` lists every name. */
  readonly symbols: readonly string[] | 'any';
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly emit: (event: SimulatorEvent) => void;
}

type StartSimulator = (input: SimulatorInput) => Promise<Result<RunningSimulator, PortProblem>>;

/** Starts each simulator; only the one that is started is loaded. */
export const simulators: Readonly<Record<SimulatorName, StartSimulator>> = { tws: startTws, kite: startKite };

/** All clients of recent years support this version. */
const defaultServerVersion = 176;

async function startTws(input: SimulatorInput): Promise<Result<RunningSimulator, PortProblem>> {
  const { startTwsSimulator } = await import('../../simulators/tws/simulator.js');
  const { allListed, createListings } = await import('../../simulators/tws/contracts/listings.js');
  const { host, pacing, symbols, scenario } = input;
  const serverVersion = input.serverVersion ?? defaultServerVersion;
  const started = await startTwsSimulator({
    ...createSimulatorDeps(input),
    host,
    port: input.port ?? 7497,
    serverVersion,
    account: createPaperAccount(),
    pacing,
    isListed: symbols === 'any' ? allListed : createListings([...symbols, ...listScenarioSymbols(scenario)]),
  });
  if (!started.ok) return started;
  const simulator = started.value;
  const { port } = simulator;
  return ok({
    port,
    title: `TWS, server version ${serverVersion}`,
    environment: `IB_HOST=${host} IB_PORT=${port}`,
    hint: `check it: IB_HOST=${host} IB_PORT=${port} pipe doctor ib`,
    counts: () => {
      const { connections, requests, violations } = simulator.statistics();
      return { connections: connections.accepted, requests, violations };
    },
    statistics: () => simulator.statistics(),
    close: () => simulator.close(),
  });
}

/**
 * Names a new account at each start: limits are counted by account across lakes, and a new simulator has answered no
 * requests yet.
 */
function createPaperAccount(): string {
  return `DU${randomInt(1_000_000, 10_000_000)}`;
}

/** The names that a scenario expects: those with prices and those of rules. */
function listScenarioSymbols({ market, rules }: Scenario): readonly string[] {
  const ofRules = rules.flatMap(({ match }) => (match.kind === 'request' ? (match.symbols ?? []) : []));
  return [...Object.keys(market.basePrices), ...ofRules];
}

/** Not secret: every client that can connect may use the simulator. */
const kiteLogin = { apiKey: 'simulated', apiSecret: 'simulated-secret', accessToken: 'simulated-token' };

async function startKite(input: SimulatorInput): Promise<Result<RunningSimulator, PortProblem>> {
  const { startKiteSimulator } = await import('../../simulators/kite/simulator.js');
  const { host, pacing } = input;
  const started = await startKiteSimulator({
    ...createSimulatorDeps(input),
    ...kiteLogin,
    host,
    port: input.port ?? 8899,
    // Kite enforces its documented limits, so strict and documented are the same.
    pacing: pacing === 'off' ? 'off' : 'strict',
  });
  if (!started.ok) return started;
  const simulator = started.value;
  const { port } = simulator;
  const { apiKey, apiSecret, accessToken } = kiteLogin;
  const address = `KITE_BASE_URL=http://${host}:${port} KITE_API_KEY=${apiKey}`;
  return ok({
    port,
    title: 'Kite Connect',
    environment: `${address} KITE_ACCESS_TOKEN=${accessToken}`,
    hint: `try the daily login: ${address} KITE_API_SECRET=${apiSecret} pipe login kite`,
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

function createSimulatorDeps({ scenario, clock, emit }: SimulatorInput): SimulatorDeps {
  return {
    market: createMarketWithActions({ settings: scenario.market, getCalendar }),
    calendarOf: getCalendar,
    clock,
    marketTime: createMarketTime(scenario, clock),
    scenarioEngine: createScenarioEngine(scenario),
    emit,
  };
}

/** The simulated time: it starts at the scenario's instant and runs at its speed. */
function createMarketTime({ clock: { start, speed } }: Scenario, clock: Clock): () => Instant {
  const startedAt = clock.now();
  const first = start ?? startedAt;
  return () => first + Math.round((clock.now() - startedAt) * speed);
}
