import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../core/time/clock.js';
import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { minute } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { Market } from '../../market/market.js';
import type { Action, ScenarioEngine } from '../../config/scenario/scenario.js';
import type { PortProblem, SimulatorEvent } from '../simulator-event.js';
import { listen } from '../listen.js';
import { createRouteHandler } from './http/route-handler.js';
import { createOpenConnections } from './open-connections.js';
import type { HttpConnection } from './open-connections.js';
import { planFaults } from '../../config/scenario/engine/plan-faults.js';
import type { Fault, SourceAction } from '../../config/scenario/engine/plan-faults.js';
import { createScenarioError } from './errors.js';
import { sharedDumps } from './instruments/instrument-dump.js';
import { createLogins } from './login/logins.js';
import { createRateLimiter } from './http/rate-limiter.js';
import { createRequestHandler } from './http/request-handler.js';
import { createKiteCounters } from './statistics.js';
import type { KiteStatistics } from './statistics.js';
import { createTickerServer } from './ticker/ticker-server.js';
import { createUpgradeHandler } from './http/upgrade-handler.js';
import { createSerializer } from './http/http-response.js';

export interface KiteSimulatorOptions {
  readonly host: string;
  /** 0 selects any free port. */
  readonly port: number;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Access token that is valid from the start; expires like issued ones. */
  readonly accessToken: string | null;
  /** Default redirect address of logins; if absent, a page shows the token. */
  readonly redirectUrl?: string;
  readonly market: Market;
  /** Wall clock of rate limits and delays. */
  readonly clock: Clock;
  /** Time of the simulated market. */
  readonly marketTime: () => Instant;
  readonly scenarioEngine: ScenarioEngine;
  /** Whether requests beyond the limits are rejected; violations are counted in both modes. */
  readonly pacing: 'strict' | 'off';
  readonly emit: (event: SimulatorEvent) => void;
}

export interface KiteSimulator {
  readonly port: number;
  statistics(): KiteStatistics;
  close(): Promise<void>;
}

/** Kite's servers keep idle connections open for this long. */
const keepAliveTimeout: Duration = 2 * minute;

export async function startKiteSimulator(options: KiteSimulatorOptions): Promise<Result<KiteSimulator, PortProblem>> {
  const { clock, scenarioEngine, emit, host, market, marketTime } = options;
  const startedAt = clock.now();
  const closing = new AbortController();
  const openConnections = createOpenConnections();
  const counters = createKiteCounters();
  const logins = createLogins(options);
  const getDump = sharedDumps(market);
  const tickerServer = createTickerServer({ market, clock, marketTime, logins, getDump, counters });
  let port = 0;
  let restarting: Promise<void> | null = null;

  const context = {
    ...options,
    openConnections,
    counters,
    logins,
    getDump,
    tickerServer,
    handleRoute: createRouteHandler({ ...options, redirectUrl: options.redirectUrl ?? null, logins, getDump }),
    serialize: createSerializer(),
    tryAcquire: createRateLimiter(),
    closing: closing.signal,
    actionsFor: (scenarioEvent: Parameters<ScenarioEngine['actionsFor']>[0]) =>
      scenarioEngine.actionsFor(scenarioEvent, clock.now() - startedAt),
    recordAction,
    applySourceActions,
  };
  const handleRequest = createRequestHandler(context);
  // A request for 500 quotes names them in its address, for which Node's default of 16 kilobytes is nearly too short.
  const server = createServer({ keepAliveTimeout, maxHeaderSize: 64 * 1024 }, handleRequest);
  server.on('upgrade', createUpgradeHandler(context, handleRequest));
  server.on('connection', onConnection);

  function recordAction(action: Action, connection: HttpConnection | null, request: string | null): void {
    counters.count('actions', action.kind);
    emit({ kind: 'action', at: clock.now(), connection: connection?.number ?? null, action: action.kind, request });
  }

  function onConnection(socket: Socket): void {
    const connection = openConnections.add(socket);
    counters.connections.total++;
    counters.connections.open++;
    emit({ kind: 'connected', at: clock.now(), connection: connection.number, from: socket.remoteAddress ?? '' });
    // `close` follows every error and reports the disconnect.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      counters.connections.open--;
      emit({ kind: 'disconnected', at: clock.now(), connection: connection.number });
    });
    const actions = context.actionsFor({ kind: 'connect' });
    for (const action of actions) recordAction(action, connection, null);
    const { delay, fault } = planFaults(actions);
    if (delay > 0) connection.respondsFrom = clock.now() + delay;
    if (fault !== null) applyConnectFault(connection, fault);
  }

  function applyConnectFault(connection: HttpConnection, fault: Fault): void {
    if (fault.kind === 'refuse') connection.socket.resetAndDestroy();
    else if (fault.kind === 'drop') connection.socket.destroy();
    else if (fault.kind === 'half-open') connection.muted = true;
    else if (fault.kind === 'error') {
      connection.connectError = createScenarioError(fault.code, fault.message, fault.status);
    }
  }

  /** Applies what happens to the whole source; during a restart nothing is answered. */
  function applySourceActions(actions: readonly SourceAction[]): 'running' | 'restarting' {
    let state: 'running' | 'restarting' = 'running';
    for (const action of actions) {
      if (action.kind === 'logged-out') logins.endAll();
      if (action.kind === 'restart') {
        restart(action.duration);
        state = 'restarting';
      }
    }
    return state;
  }

  function restart(downtime: Duration): void {
    restarting ??= restartAfter(downtime).finally(() => (restarting = null));
  }

  async function restartAfter(downtime: Duration): Promise<void> {
    const restartAt = clock.now() + downtime;
    await closeServer(server, openConnections.all());
    await clock.sleepUntil(restartAt, closing.signal).catch(() => undefined);
    if (!closing.signal.aborted) await listen(server, host, port);
  }

  /** Performs the timed actions of the scenario on the whole source. */
  async function runTimedActions(): Promise<void> {
    for (const { after, action } of scenarioEngine.timedActions()) {
      await clock.sleepUntil(startedAt + after, closing.signal);
      recordAction(action, null, null);
      if (action.kind === 'restart') restart(action.duration);
      else if (action.kind === 'logged-out') logins.endAll();
      else if (action.kind === 'drop') for (const { socket } of openConnections.all()) socket.destroy();
      if (action.kind === 'half-open') {
        for (const connection of openConnections.all()) connection.muted = true;
        tickerServer.muteAll();
      }
    }
  }

  const listening = await listen(server, host, options.port);
  if (!listening.ok) return listening;
  port = listening.value;
  // Closing the simulator interrupts the timed actions; any other error is a bug.
  const timedActions = runTimedActions().catch((error: unknown) => {
    if (!closing.signal.aborted) throw error;
  });

  return ok({
    port,
    statistics: () => counters.statistics(),
    async close() {
      closing.abort();
      tickerServer.close();
      await restarting;
      await closeServer(server, openConnections.all());
      await timedActions;
    },
  });
}

function closeServer(server: Server, open: readonly HttpConnection[]): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const { socket } of open) socket.destroy();
  });
}
