import type { Clock } from '../../../core/time/clock.js';
import type { Failure } from '../../../core/failure.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import { second } from '../../../core/time/time.js';
import { interpretCode } from './codes.js';
import type { FarmClass } from './codes.js';
import type { ConnectProblem } from './connect-problem.js';
import { createConnectProblem } from './connect-problem.js';
import type { IbReply, IbRequest } from './ib-request.js';
import { noReply } from './ib-request.js';
import { createRequestRegistry } from './request-registry.js';
import type { IbMarketDataType, IbTimings } from '../settings.js';
import { openWire } from './wire.js';
import type { Wire } from './wire.js';

/** One connection to the gateway, from the end of its handshake to its end. It does not come back. */
export interface IbConnection {
  readonly serverVersion: number;
  readonly accounts: readonly string[];
  send<T>(request: IbRequest<T>, signal: AbortSignal): Promise<IbReply<T>>;
  setMarketDataType(type: IbMarketDataType): void;
  /** Asks for the gateway's time, and how far it is ahead of ours; null when it does not answer in time. */
  measureClockOffset(maxWait: Duration): Promise<Duration | null>;
  /** Ends the open requests of some class, or all of them, as failed, at the gateway too. */
  failAll(failure: Failure, farm: FarmClass | null): void;
  isOpen(): boolean;
  /** Gives up the connection at once; open requests fail with this. */
  abandon(failure: Failure): void;
  /** Stops every open request at the gateway, disconnects, and resolves when the socket is gone. */
  close(): Promise<void>;
}

/** What a session tells its owner. */
export interface IbConnectionDeps {
  readonly endpoint: { readonly host: string; readonly port: number; readonly clientId: number };
  readonly timings: IbTimings;
  readonly clock: Clock;
  readonly nextId: () => number;
  /** A message that belongs to no request. */
  onSystemMessage(code: number, text: string): void;
  /** The line is gone although nobody here has closed it. */
  onConnectionLost(reason: string): void;
}

/** The library's own code for what it cannot decode. */
const undecodableCode = 505;

/** How long the last messages may take to be read on the other side before we hang up. */
const drainTimeout: Duration = 2 * second;

/**
 * The oldest gateway we speak to: 10.16 of 2022, which reads times in UTC and counts sizes in shares.
 */
export const minServerVersion = 165;

/** Connects and goes through the handshake, or says what stood in the way. */
export async function openIbConnection(
  deps: IbConnectionDeps,
  signal: AbortSignal,
): Promise<Result<IbConnection, ConnectProblem>> {
  const { endpoint, timings, clock } = deps;
  const registry = createRequestRegistry(deps.nextId);
  const ended = new AbortController();
  let state: 'opening' | 'open' | 'closing' | 'closed' = 'opening';
  let lastActivity: Instant = clock.now();
  let serverVersion = 0;
  const accounts: string[] = [];
  let hasAccounts = false;
  let hasId = false;
  const pendingTimeRequests: ((epochSeconds: number) => void)[] = [];
  let resolveHandshake: (problem: ConnectProblem | null) => void = () => undefined;
  const handshake = new Promise<ConnectProblem | null>((resolve) => (resolveHandshake = resolve));
  let resolveSocketClosed: () => void = () => undefined;
  const socketClosed = new Promise<void>((resolve) => (resolveSocketClosed = resolve));

  const finishHandshake = (): void => {
    if (hasAccounts && hasId) resolveHandshake(null);
  };
  const problem = (kind: ConnectProblem['kind'], detail = ''): void =>
    resolveHandshake(createConnectProblem(kind, endpoint, detail));
  const terminate = (failure: Failure): void => {
    state = 'closed';
    ended.abort();
    registry.failAll(failure, null, null);
    wire.close();
  };
  const loseConnection = (reason: string): void => {
    if (state !== 'open') return;
    terminate({ kind: 'retryable', code: 'disconnected', message: reason });
    deps.onConnectionLost(reason);
  };

  const wire: Wire = await openWire(endpoint, {
    onServerVersion(version) {
      serverVersion = version;
      if (version < minServerVersion) problem('too-old', String(version));
    },
    onAccounts(list) {
      accounts.splice(0, accounts.length, ...list.split(',').filter((account) => account !== ''));
      hasAccounts = true;
      finishHandshake();
    },
    onNextValidId() {
      hasId = true;
      finishHandshake();
    },
    onCurrentTime(epochSeconds) {
      for (const respond of pendingTimeRequests.splice(0)) respond(epochSeconds);
    },
    onActivity: () => (lastActivity = clock.now()),
    onMessage(id, message) {
      // A message about an order is no answer to anything of ours, whatever its number.
      if (message.kind === 'error' && interpretCode(message.code, message.message).kind === 'alarm')
        deps.onSystemMessage(message.code, message.message);
      else registry.onMessage(id, message);
    },
    onSystemMessage(code, text) {
      // The library could not make sense of a message; whose answer it was, nobody knows.
      if (code === undecodableCode && /underrun|no parser/i.test(text)) {
        // The library names the kind of a message by the text it has not found for it.
        const reason = text.replace(/: undefined \(\w+\)/, '');
        problem('broken', reason);
        loseConnection(`a message of the gateway could not be read: ${reason}`);
        return;
      }
      if (state === 'open') deps.onSystemMessage(code, text);
      if (state !== 'opening') return;
      // Before the handshake is done a message either explains why there will be none, or is for later.
      if (code === 326) problem('client-id-taken');
      else if (code === 502 || code === 504) problem(classifyNetworkError(text), text);
      else if (code === 503 || code === 506) problem('too-old', String(serverVersion));
      else deps.onSystemMessage(code, text);
    },
    onClosed() {
      problem(serverVersion === 0 ? 'hung-up' : 'unfinished');
      loseConnection('the gateway closed the connection');
      resolveSocketClosed();
    },
    onProtocolError(reason) {
      problem('broken', reason);
      loseConnection(reason);
    },
  });

  const until = clock.now() + timings.connectTimeout;
  const handshakeSignal = AbortSignal.any([signal, ended.signal]);
  const deadline = clock.sleepUntil(until, handshakeSignal).then(
    () => problem(serverVersion === 0 ? 'silent' : 'unfinished'),
    () => problem('stopped'),
  );
  const handshakeProblem = await handshake;
  if (handshakeProblem !== null) {
    state = 'closed';
    ended.abort();
    wire.close();
    await deadline;
    return err(handshakeProblem);
  }
  state = 'open';
  lastActivity = clock.now();

  /** Silence is broken by asking for the time: a line that is half open takes every message and brings none. */
  const watchActivity = async (): Promise<void> => {
    for (;;) {
      await clock.sleepUntil(lastActivity + timings.idleTimeout, ended.signal);
      if (clock.now() < lastActivity + timings.idleTimeout) continue;
      const requestedAt = clock.now();
      wire.requestCurrentTime();
      await clock.sleepUntil(requestedAt + timings.probeTimeout, ended.signal);
      if (lastActivity < requestedAt) {
        const seconds = Math.round((timings.idleTimeout + timings.probeTimeout) / second);
        loseConnection(`the gateway has said nothing for ${seconds} s, not even what time it is`);
        return;
      }
    }
  };
  watchActivity().catch(() => undefined);

  const time = (maxWait: Duration): Promise<number | null> => {
    const timer = new AbortController();
    return new Promise((resolve) => {
      pendingTimeRequests.push((epochSeconds) => {
        timer.abort();
        resolve(epochSeconds * second);
      });
      clock.sleepUntil(clock.now() + maxWait, timer.signal).then(
        () => resolve(null),
        () => undefined,
      );
      wire.requestCurrentTime();
    });
  };

  return ok({
    serverVersion,
    accounts,
    ask(request, requestSignal) {
      if (state !== 'open') return Promise.resolve(noReply('the connection is gone', 'disconnected'));
      return registry.send(wire, request, requestSignal);
    },
    dataType: (type) => wire.setMarketDataType(type),
    async timeAhead(maxWait) {
      const gatewayTime = await time(maxWait);
      return gatewayTime === null ? null : gatewayTime - clock.now();
    },
    failAll: (failure, farm) => registry.failAll(failure, farm, wire),
    isOpen: () => state === 'open',
    abandon(failure) {
      if (state === 'open') terminate(failure);
    },
    async close() {
      if (state === 'open') {
        state = 'closing';
        const failure: Failure = { kind: 'retryable', code: 'stopped', message: 'the connection was closed' };
        // What is sent is read in order: when the time is told, everything before has been heard.
        if (registry.cancelAll(wire, failure) > 0) await time(drainTimeout);
        terminate(failure);
      }
      await socketClosed;
    },
  });
}

function classifyNetworkError(text: string): ConnectProblem['kind'] {
  if (text.includes('ECONNREFUSED')) return 'refused';
  return /ECONNRESET|EPIPE|socket hang up/.test(text) ? 'hung-up' : 'unreachable';
}
