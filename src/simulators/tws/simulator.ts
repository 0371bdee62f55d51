import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { backgroundTicker } from '../../core/clock.js';
import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { minute, second } from '../../core/time.js';
import type { Action } from '../../scenario/scenario.js';
import type { PortProblem } from '../events.js';
import { listen } from '../listening.js';
import { serve } from './connection.js';
import type { Connection } from './connection.js';
import { contractBook } from './contracts/book.js';
import type { GatewayAction } from './course.js';
import { usualText } from './error-texts.js';
import { errorOf } from './history/service.js';
import type { Gateway } from './gateway.js';
import { outages } from './outages.js';
import { historicalPacing } from './pacing/historical-pacing.js';
import { placesTaken } from './pacing/places-taken.js';
import type { TwsSimulatorParts } from './parts.js';
import { tally } from './statistics.js';
import type { TwsStatistics } from './statistics.js';
import { ignoreAbort } from './waiting.js';
import { servedVersions } from './wire/versions.js';

/** A gateway that speaks the text protocol of TWS and shows a market that is computed. */
export interface TwsSimulator {
  readonly port: number;
  readonly statistics: () => TwsStatistics;
  /** Hangs up on everybody and lets nobody in any more. */
  close(): Promise<void>;
}

const openHistoricalLimit = 50;
const lineLimit = 100;

/** How often it is noted that the process has nothing to do; see `arrivalTimes`. */
const idleInterval = 20;

/** Lets clients of TWS in at a port. */
export async function startTwsSimulator(parts: TwsSimulatorParts): Promise<Result<TwsSimulator, PortProblem>> {
  const { serverVersion } = parts;
  if (serverVersion < servedVersions.lowest || serverVersion > servedVersions.highest) {
    throw new Error(
      `server version ${serverVersion} is not one of ${servedVersions.lowest} to ${servedVersions.highest}`,
    );
  }
  const { clock, director } = parts;
  const startedAt = clock.now();
  const connections = new Map<number, Connection>();
  const clients = new Map<number, number>();
  const off = parts.pacing === 'off';
  const openHistorical = placesTaken(off ? Infinity : openHistoricalLimit);
  const lines = placesTaken(off ? Infinity : lineLimit);
  const ended = new AbortController();
  let accepted = 0;
  let idleSince = startedAt;

  const gateway: Gateway = {
    parts,
    book: contractBook(parts),
    outages: outages(),
    pacing: historicalPacing(),
    openHistorical,
    lines,
    tally: tally(openHistorical, lines),
    elapsed: () => clock.now() - startedAt,
    perform(action, connection, request) {
      if (connection === null) {
        parts.emit({ kind: 'action', at: clock.now(), connection, action: action.kind, request });
      }
      ignoreAbort(performing(action), ended.signal);
    },
  };

  function announce(code: number): void {
    for (const connection of connections.values()) connection.announce(code, usualText(code, ''));
  }

  function hangUp(): void {
    for (const connection of connections.values()) connection.destroy();
  }

  const server = createServer((socket) => accept(socket));

  function accept(socket: Socket): void {
    const actions = director.direct({ kind: 'connect' }, gateway.elapsed());
    const number = ++accepted;
    for (const { kind } of actions) {
      parts.emit({ kind: 'action', at: clock.now(), connection: number, action: kind, request: null });
    }
    if (actions.some(({ kind }) => kind === 'refuse')) {
      socket.on('error', () => undefined);
      socket.resetAndDestroy();
      return;
    }
    const desk = {
      claim(clientId: number): boolean {
        if (clients.has(clientId)) return false;
        clients.set(clientId, number);
        return true;
      },
      left(): void {
        connections.delete(number);
        for (const [clientId, holder] of clients) if (holder === number) clients.delete(clientId);
      },
      idleSince: () => idleSince,
    };
    connections.set(number, serve(socket, number, gateway, desk, actions));
  }

  async function performing(action: GatewayAction): Promise<void> {
    const until = clock.now() + action.for;
    switch (action.kind) {
      case 'restart':
        await goAway(until);
        return;
      case 'link-lost': {
        announce(1100);
        const bringUp = gateway.outages.takeDown(['historical', 'market']);
        await clock.sleepUntil(until, ended.signal);
        if (!action.dataKept) for (const connection of connections.values()) connection.dropData();
        announce(action.dataKept ? 1102 : 1101);
        bringUp();
        return;
      }
      case 'farm-down': {
        const historical = action.farm === 'historical';
        announce(historical ? 2105 : 2103);
        const bringUp = gateway.outages.takeDown([action.farm]);
        await clock.sleepUntil(until, ended.signal);
        announce(historical ? 2106 : 2104);
        bringUp();
      }
    }
  }

  /** Closes the door with everybody outside, and opens it again; the port may have been taken meanwhile. */
  async function goAway(until: number): Promise<void> {
    if (!server.listening) return;
    server.close();
    hangUp();
    await clock.sleepUntil(until, ended.signal);
    for (let attempt = 0; attempt < minute / second; attempt++) {
      const again = await listen(server, parts.host, port);
      if (again.ok) return;
      await clock.sleepUntil(clock.now() + second, ended.signal);
    }
  }

  async function followScenario(): Promise<void> {
    for (const { after, action } of director.timed()) {
      await clock.sleepUntil(startedAt + after, ended.signal);
      undergo(action);
    }
  }

  /** What time alone brings. */
  function undergo(action: Action): void {
    switch (action.kind) {
      case 'restart':
      case 'link-lost':
      case 'farm-down':
        gateway.perform(action, null, null);
        return;
      case 'drop':
      case 'half-open':
        parts.emit({ kind: 'action', at: clock.now(), connection: null, action: action.kind, request: null });
        for (const connection of connections.values()) connection.undergo(action);
        return;
      case 'error': {
        parts.emit({ kind: 'action', at: clock.now(), connection: null, action: action.kind, request: null });
        const { code, message } = errorOf(action, '');
        for (const connection of connections.values()) connection.announce(code, message);
        return;
      }
      default:
        // Makes no sense without an occasion; the scenario's validation says so to its author.
        return;
    }
  }

  const opened = await listen(server, parts.host, parts.port);
  if (!opened.ok) return opened;
  const port = opened.value;
  const stopWatching = backgroundTicker(idleInterval, () => {
    idleSince = clock.now();
  });
  ignoreAbort(followScenario(), ended.signal);

  return ok({
    port,
    statistics: () => gateway.tally.statistics(),
    async close() {
      ended.abort();
      stopWatching();
      hangUp();
      if (!server.listening) return;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        hangUp();
      });
    },
  });
}
