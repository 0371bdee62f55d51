import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { startBackgroundInterval } from '../../core/time/clock.js';
import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { minute, second } from '../../core/time/time.js';
import type { Action } from '../../config/scenario/scenario.js';
import { planFaults } from '../../config/scenario/engine/plan-faults.js';
import type { PortProblem } from '../simulator-event.js';
import { listen } from '../listen.js';
import { serveClient } from './client-connection.js';
import type { ClientConnection } from './client-connection.js';
import { createContractCatalog } from './contracts/contract-catalog.js';
import type { SourceAction } from '../../config/scenario/engine/plan-faults.js';
import { defaultMessage } from './default-messages.js';
import { toTwsError } from './history/historical-service.js';
import type { Gateway } from './gateway.js';
import { createOutages } from './outages.js';
import { createStallMeter } from './pacing/arrival.js';
import { createHistoricalPacing } from './pacing/historical-pacing.js';
import { createSlotPool } from './pacing/slot-pool.js';
import type { TwsSimulatorOptions } from './simulator-options.js';
import { createTwsCounters } from './statistics.js';
import type { TwsStatistics } from './statistics.js';
import { ignoreAbort } from './timers.js';
import { supportedVersions } from './wire/versions.js';

/** A gateway that speaks the text protocol of TWS and serves a synthetic market. */
export interface TwsSimulator {
  readonly port: number;
  readonly statistics: () => TwsStatistics;
  /** Closes all connections and stops listening. */
  close(): Promise<void>;
}

const maxOpenHistorical = 50;
const maxMarketDataLines = 100;

/** Interval in ms of the ticks that show that the event loop is not busy. */
const tickInterval = 20;

/** Starts a simulated gateway. */
export async function startTwsSimulator(options: TwsSimulatorOptions): Promise<Result<TwsSimulator, PortProblem>> {
  const { serverVersion } = options;
  if (serverVersion < supportedVersions.min || serverVersion > supportedVersions.max) {
    throw new Error(
      `server version ${serverVersion} is not one of ${supportedVersions.min} to ${supportedVersions.max}`,
    );
  }
  const { clock, scenarioEngine } = options;
  const startedAt = clock.now();
  const connections = new Map<number, ClientConnection>();
  const clients = new Map<number, number>();
  const isPacingOff = options.pacing === 'off';
  const openHistorical = createSlotPool(isPacingOff ? Infinity : maxOpenHistorical);
  const marketDataLines = createSlotPool(isPacingOff ? Infinity : maxMarketDataLines);
  const closing = new AbortController();
  let acceptedCount = 0;
  const stallMeter = createStallMeter();

  const gateway: Gateway = {
    options,
    catalog: createContractCatalog(options),
    outages: createOutages(),
    pacing: createHistoricalPacing(),
    openHistorical,
    marketDataLines,
    counters: createTwsCounters(openHistorical, marketDataLines),
    elapsed: () => clock.now() - startedAt,
    performAction(action, connection, request) {
      if (connection === null) {
        options.emit({ kind: 'action', at: clock.now(), connection, action: action.kind, request });
      }
      ignoreAbort(performSourceAction(action), closing.signal);
    },
  };

  function broadcast(code: number): void {
    for (const connection of connections.values()) connection.sendSystemMessage(code, defaultMessage(code, ''));
  }

  function disconnectAll(): void {
    for (const connection of connections.values()) connection.destroy();
  }

  const server = createServer((socket) => onConnection(socket));

  function onConnection(socket: Socket): void {
    const actions = scenarioEngine.actionsFor({ kind: 'connect' }, gateway.elapsed());
    const number = ++acceptedCount;
    for (const { kind } of actions) {
      options.emit({ kind: 'action', at: clock.now(), connection: number, action: kind, request: null });
    }
    const { delay, fault } = planFaults(actions);
    if (fault?.kind === 'refuse') {
      socket.on('error', () => undefined);
      socket.resetAndDestroy();
      return;
    }
    const registry = {
      claimClientId(clientId: number): boolean {
        if (clients.has(clientId)) return false;
        clients.set(clientId, number);
        return true;
      },
      release(): void {
        connections.delete(number);
        for (const [clientId, holder] of clients) if (holder === number) clients.delete(clientId);
      },
      measureStall: options.measureStall ?? (() => stallMeter.measure()),
    };
    connections.set(number, serveClient(socket, number, gateway, registry, { delay, fault }));
  }

  async function performSourceAction(action: SourceAction): Promise<void> {
    // The validation of scenarios rejects this for TWS.
    if (action.kind === 'logged-out') return;
    const until = clock.now() + action.duration;
    switch (action.kind) {
      case 'restart':
        await restart(until);
        return;
      case 'upstream-lost': {
        broadcast(1100);
        const bringUp = gateway.outages.takeDown(['historical', 'market']);
        await clock.sleepUntil(until, closing.signal);
        if (!action.dataKept) for (const connection of connections.values()) connection.cancelSubscriptions();
        broadcast(action.dataKept ? 1102 : 1101);
        bringUp();
        return;
      }
      case 'farm-down': {
        const historical = action.farm === 'historical';
        broadcast(historical ? 2105 : 2103);
        const bringUp = gateway.outages.takeDown([action.farm]);
        await clock.sleepUntil(until, closing.signal);
        broadcast(historical ? 2106 : 2104);
        bringUp();
      }
    }
  }

  /** Closes the server and all connections, then listens again; retries because another process may hold the port. */
  async function restart(until: number): Promise<void> {
    if (!server.listening) return;
    server.close();
    disconnectAll();
    await clock.sleepUntil(until, closing.signal);
    for (let attempt = 0; attempt < minute / second; attempt++) {
      const reopened = await listen(server, options.host, port);
      if (reopened.ok) return;
      await clock.sleepUntil(clock.now() + second, closing.signal);
    }
  }

  async function runTimedActions(): Promise<void> {
    for (const { after, action } of scenarioEngine.timedActions()) {
      await clock.sleepUntil(startedAt + after, closing.signal);
      applyTimedAction(action);
    }
  }

  function applyTimedAction(action: Action): void {
    switch (action.kind) {
      case 'restart':
      case 'upstream-lost':
      case 'farm-down':
        gateway.performAction(action, null, null);
        return;
      case 'drop':
      case 'half-open':
        options.emit({ kind: 'action', at: clock.now(), connection: null, action: action.kind, request: null });
        for (const connection of connections.values()) connection.applyFault(action);
        return;
      case 'error': {
        options.emit({ kind: 'action', at: clock.now(), connection: null, action: action.kind, request: null });
        const { code, message } = toTwsError(action, '');
        for (const connection of connections.values()) connection.sendSystemMessage(code, message);
        return;
      }
      default:
        // The validation of scenarios rejects other timed actions.
        return;
    }
  }

  const listening = await listen(server, options.host, options.port);
  if (!listening.ok) return listening;
  const port = listening.value;
  const stopTicks = startBackgroundInterval(tickInterval, () => stallMeter.tick());
  ignoreAbort(runTimedActions(), closing.signal);

  return ok({
    port,
    statistics: () => gateway.counters.statistics(),
    async close() {
      closing.abort();
      stopTicks();
      disconnectAll();
      if (!server.listening) return;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        disconnectAll();
      });
    },
  });
}
