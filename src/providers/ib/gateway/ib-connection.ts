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

/** One connection to the gateway after its handshake. It is not reopened when it ends. */
export interface IbConnection {
  readonly serverVersion: number;
  readonly accounts: readonly string[];
  send<T>(request: IbRequest<T>, signal: AbortSignal): Promise<IbReply<T>>;
  setMarketDataType(type: IbMarketDataType): void;
  /** How far the gateway's clock is ahead of this machine's; null if the gateway does not answer in time. */
  measureClockOffset(maxWait: Duration): Promise<Duration | null>;
  /** Fails the open requests of one class, or all of them, and cancels them at the gateway. */
  failAll(failure: Failure, farm: FarmClass | null): void;
  isOpen(): boolean;
  /** Ends the connection immediately; open requests fail with this failure. */
  abandon(failure: Failure): void;
  /** Cancels every open request at the gateway, disconnects, and resolves when the socket is closed. */
  close(): Promise<void>;
}

export interface IbConnectionDeps {
  readonly endpoint: { readonly host: string; readonly port: number; readonly clientId: number };
  readonly timings: IbTimings;
  readonly clock: Clock;
  readonly nextId: () => number;
  /** Receives messages that belong to no request. */
  onSystemMessage(code: number, text: string): void;
  /** Called if the connection ends without being closed on this side. */
  onConnectionLost(reason: string): void;
}

/** The library's own code for a message that it cannot decode. */
const undecodableCode = 505;

/** The time for the gateway to read the last messages before the socket is closed. */
const drainTimeout: Duration = 2 * second;

/** The oldest supported gateway: 10.16 of 2022, which reads times in UTC and counts sizes in shares. */
export const minServerVersion = 165;

/** Connects and completes the handshake. */
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
  let resolveHandshake: (result: Result<void, ConnectProblem>) => void = () => undefined;
  const handshake = new Promise<Result<void, ConnectProblem>>((resolve) => (resolveHandshake = resolve));
  let resolveSocketClosed: () => void = () => undefined;
  const socketClosed = new Promise<void>((resolve) => (resolveSocketClosed = resolve));

  const finishHandshake = (): void => {
    if (hasAccounts && hasId) resolveHandshake(ok(undefined));
  };
  const reportProblem = (kind: ConnectProblem['kind'], detail = ''): void =>
    resolveHandshake(err(createConnectProblem(kind, endpoint, detail)));
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
      if (version < minServerVersion) reportProblem('too-old', String(version));
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
      // A message about an order never answers a request of this program, whatever its id.
      if (message.kind === 'error' && interpretCode(message.code, message.message).kind === 'unexpected')
        deps.onSystemMessage(message.code, message.message);
      else registry.onMessage(id, message);
    },
    onSystemMessage(code, text) {
      // The library could not decode a message, and it is unknown which request it would have answered.
      if (code === undecodableCode && /underrun|no parser/i.test(text)) {
        // The library appends the missing name of the message type.
        const reason = text.replace(/: undefined \(\w+\)/, '');
        reportProblem('broken', reason);
        loseConnection(`cannot decode a message of IB Gateway: ${reason}`);
        return;
      }
      if (state === 'open') deps.onSystemMessage(code, text);
      if (state !== 'opening') return;
      // During the handshake a message either explains why it fails, or is for later.
      if (code === 326) reportProblem('client-id-taken');
      else if (code === 502 || code === 504) reportProblem(classifyNetworkError(text), text);
      else if (code === 503 || code === 506) reportProblem('too-old', String(serverVersion));
      else deps.onSystemMessage(code, text);
    },
    onClosed() {
      reportProblem(serverVersion === 0 ? 'closed-by-peer' : 'handshake-incomplete');
      loseConnection('IB Gateway closed the connection');
      resolveSocketClosed();
    },
    onProtocolError(reason) {
      reportProblem('broken', reason);
      loseConnection(reason);
    },
  });

  const until = clock.now() + timings.connectTimeout;
  const handshakeSignal = AbortSignal.any([signal, ended.signal]);
  const deadline = clock.sleepUntil(until, handshakeSignal).then(
    () => reportProblem(serverVersion === 0 ? 'no-response' : 'handshake-incomplete'),
    () => reportProblem('cancelled'),
  );
  const shaken = await handshake;
  if (!shaken.ok) {
    state = 'closed';
    ended.abort();
    wire.close();
    await deadline;
    return shaken;
  }
  state = 'open';
  lastActivity = clock.now();

  /** Probes an idle connection by asking for the time: a half-open one accepts every message and delivers none. */
  const watchActivity = async (): Promise<void> => {
    for (;;) {
      await clock.sleepUntil(lastActivity + timings.idleTimeout, ended.signal);
      if (clock.now() < lastActivity + timings.idleTimeout) continue;
      const requestedAt = clock.now();
      wire.requestCurrentTime();
      await clock.sleepUntil(requestedAt + timings.probeTimeout, ended.signal);
      if (lastActivity < requestedAt) {
        const seconds = Math.round((timings.idleTimeout + timings.probeTimeout) / second);
        loseConnection(`IB Gateway has sent nothing for ${seconds} s and did not answer a probe`);
        return;
      }
    }
  };
  watchActivity().catch(() => undefined);

  const requestTime = (maxWait: Duration): Promise<number | null> => {
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
    send(request, requestSignal) {
      if (state !== 'open') return Promise.resolve(noReply('the connection has ended', 'disconnected'));
      return registry.send(wire, request, requestSignal);
    },
    setMarketDataType: (type) => wire.setMarketDataType(type),
    async measureClockOffset(maxWait) {
      const gatewayTime = await requestTime(maxWait);
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
        const failure: Failure = { kind: 'retryable', code: 'cancelled', message: 'the connection was closed' };
        // The gateway reads messages in order: once it answers this request it has read the cancellations before it.
        if (registry.cancelAll(wire, failure) > 0) await requestTime(drainTimeout);
        terminate(failure);
      }
      await socketClosed;
    },
  });
}

function classifyNetworkError(text: string): ConnectProblem['kind'] {
  if (text.includes('ECONNREFUSED')) return 'refused';
  return /ECONNRESET|EPIPE|socket hang up/.test(text) ? 'closed-by-peer' : 'unreachable';
}
