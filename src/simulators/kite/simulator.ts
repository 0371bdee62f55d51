import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.js';
import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { minute } from '../../core/time.js';
import type { Duration, Instant } from '../../core/time.js';
import type { Market } from '../../market/market.js';
import type { Action, Director } from '../../scenario/scenario.js';
import type { PortProblem, SimulatorEvent } from '../events.js';
import { listen } from '../listening.js';
import { answers } from './answers.js';
import { createConnections } from './connections.js';
import type { Connection } from './connections.js';
import { errorNamed } from './errors.js';
import { dumps } from './instruments/dump.js';
import { createLogins } from './logins.js';
import { rateLimits } from './rate-limits.js';
import { requestHandler } from './request-handler.js';
import { createTally } from './statistics.js';
import type { KiteStatistics } from './statistics.js';
import { createTickers } from './ticker/tickers.js';
import { upgradeHandler } from './upgrade-handler.js';
import { writer } from './written.js';

/** What a simulator of Kite Connect is made from. */
export interface KiteSimulatorParts {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Accepted from the start, besides what logins issue; ends as they do. */
  readonly accessToken: string | null;
  /** Where logins send the browser to when they do not say it themselves; a page with the token when absent. */
  readonly redirectUrl?: string;
  readonly market: Market;
  /** The real time: limits and delays go by it. */
  readonly clock: Clock;
  /** The time in the market. */
  readonly marketTime: () => Instant;
  readonly director: Director;
  /** Whether requests beyond the limits are refused; they are counted in any case. */
  readonly pacing: 'strict' | 'off';
  readonly emit: (event: SimulatorEvent) => void;
}

/** A simulator that is being talked to. */
export interface KiteSimulator {
  readonly port: number;
  statistics(): KiteStatistics;
  close(): Promise<void>;
}

/** Whether something kept alive is in use is the client's to know: Kite's own servers wait this long. */
const keepAlive: Duration = 2 * minute;

export async function startKiteSimulator(parts: KiteSimulatorParts): Promise<Result<KiteSimulator, PortProblem>> {
  const { clock, director, emit, host, market, marketTime } = parts;
  const startedAt = clock.now();
  const closing = new AbortController();
  const connections = createConnections();
  const tally = createTally();
  const logins = createLogins(parts);
  const dumpAt = dumps(market);
  const tickers = createTickers({ market, clock, marketTime, logins, dumpAt, tally });
  let port = 0;
  let away: Promise<void> | null = null;

  const source = {
    ...parts,
    connections,
    tally,
    logins,
    dumpAt,
    tickers,
    answerTo: answers({ ...parts, redirectUrl: parts.redirectUrl ?? null, logins, dumpAt }),
    write: writer(),
    takeTurn: rateLimits(clock),
    closing: closing.signal,
    direct: (occasion: Parameters<Director['direct']>[0]) => director.direct(occasion, clock.now() - startedAt),
    acted,
    restart,
  };
  const serve = requestHandler(source);
  const server = createServer({ keepAliveTimeout: keepAlive }, serve);
  server.on('upgrade', upgradeHandler(source, serve));
  server.on('connection', accept);

  function acted(action: Action, connection: Connection | null, request: string | null): void {
    tally.count('actions', action.kind);
    emit({ kind: 'action', at: clock.now(), connection: connection?.number ?? null, action: action.kind, request });
  }

  function accept(socket: Socket): void {
    const connection = connections.add(socket);
    tally.connections.total++;
    tally.connections.open++;
    emit({ kind: 'connected', at: clock.now(), connection: connection.number, from: socket.remoteAddress ?? '' });
    // A client that goes away in the middle is no news: the close that follows is.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      tally.connections.open--;
      emit({ kind: 'disconnected', at: clock.now(), connection: connection.number });
    });
    for (const action of source.direct({ kind: 'connect' })) {
      acted(action, connection, null);
      greet(connection, action);
    }
  }

  function greet(connection: Connection, action: Action): void {
    if (action.kind === 'refuse') connection.socket.resetAndDestroy();
    else if (action.kind === 'drop') connection.socket.destroy();
    else if (action.kind === 'half-open') connection.mute = true;
    else if (action.kind === 'slow-accept') connection.talksFrom = clock.now() + action.for;
    else if (action.kind === 'error') {
      connection.greeting = errorNamed(action.code, action.message, action.status);
    }
  }

  function restart(pause: Duration): void {
    away ??= goAwayFor(pause).finally(() => (away = null));
  }

  async function goAwayFor(pause: Duration): Promise<void> {
    const until = clock.now() + pause;
    await stopListening(server, connections.all());
    await clock.sleepUntil(until, closing.signal).catch(() => undefined);
    if (!closing.signal.aborted) await listen(server, host, port);
  }

  /** What happens to the whole source, as time goes on. */
  async function liveThrough(): Promise<void> {
    for (const { after, action } of director.timed()) {
      await clock.sleepUntil(startedAt + after, closing.signal);
      acted(action, null, null);
      if (action.kind === 'restart') restart(action.for);
      else if (action.kind === 'logged-out') logins.endAll();
      else if (action.kind === 'drop') for (const { socket } of connections.all()) socket.destroy();
      if (action.kind === 'half-open') {
        for (const connection of connections.all()) connection.mute = true;
        tickers.muteAll();
      }
    }
  }

  const listening = await listen(server, host, parts.port);
  if (!listening.ok) return listening;
  port = listening.value;
  // Only closing interrupts it.
  const life = liveThrough().catch((error: unknown) => {
    if (!closing.signal.aborted) throw error;
  });

  return ok({
    port,
    statistics: () => tally.statistics(),
    async close() {
      closing.abort();
      tickers.close();
      await away;
      await stopListening(server, connections.all());
      await life;
    },
  });
}

function stopListening(server: Server, open: readonly Connection[]): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const { socket } of open) socket.destroy();
  });
}
