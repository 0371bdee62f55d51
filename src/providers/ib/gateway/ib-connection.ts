import type { Clock } from '../../../core/time/clock.js';
import type { Failure } from '../../../core/failure.js';
import { ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { Duration, Instant } from '../../../core/time/time.js';
import { second } from '../../../core/time/time.js';
import { interpretCode } from './codes.js';
import type { FarmClass } from './codes.js';
import type { ConnectProblem } from './connect-problem.js';
import { createHandshake, minServerVersion } from './handshake.js';
import type { Handshake } from './handshake.js';
import type { MessageScope } from './incoming-message.js';
import { createServerClock } from './server-clock.js';
import type { IbReply, IbRequest } from './ib-request.js';
import { noReply } from './ib-request.js';
import { createRequestRegistry } from './request-registry.js';
import type { IbMarketDataType, IbTimings } from '../settings.js';
import { openWire } from './wire.js';
import type { Wire, WireEndpoint } from './wire.js';

/** One connection to the gateway after its handshake. It is not reopened when it ends. */
export interface IbConnection {
  readonly serverVersion: number;
  readonly accounts: readonly string[];
  send<T>(request: IbRequest<T>, signal: AbortSignal): Promise<IbReply<T>>;
  setMarketDataType(type: IbMarketDataType): void;
  /** Returns the lead of the gateway's clock over that of this machine; null if the gateway does not answer in time. */
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
  readonly endpoint: WireEndpoint;
  readonly timings: IbTimings;
  readonly clock: Clock;
  readonly nextId: () => number;
  /** Receives messages that belong to no request. */
  onSystemMessage(code: number, text: string): void;
  /** Called if the connection ends without being closed on this side. */
  onConnectionLost(reason: string): void;
}

/** The time for the gateway to read the last messages before the socket is closed. */
const drainTimeout: Duration = 2 * second;

/** Connects and completes the handshake. */
export async function openIbConnection(
  deps: IbConnectionDeps,
  signal: AbortSignal,
): Promise<Result<IbConnection, ConnectProblem>> {
  const { endpoint, timings, clock } = deps;
  const registry = createRequestRegistry(deps.nextId);
  const handshake = createHandshake(endpoint);
  const serverClock = createServerClock(clock);
  const ended = new AbortController();
  let state: 'opening' | 'open' | 'closing' | 'closed' = 'opening';
  let lastActivity: Instant = clock.now();
  let resolveSocketClosed: () => void = () => undefined;
  const socketClosed = new Promise<void>((resolve) => (resolveSocketClosed = resolve));

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
  const onProtocolError = (reason: string): void => {
    handshake.fail('broken', reason);
    loseConnection(reason);
  };
  const onUndecodable = ({ requestId, farm }: MessageScope, reason: string): void => {
    if (state === 'opening') handshake.fail('broken', `IB Gateway sent a message that cannot be decoded: ${reason}`);
    const message = `cannot decode a message of IB Gateway: ${reason}`;
    const failure: Failure = { kind: 'retryable', code: 'unreadable', message };
    if (requestId !== null) registry.fail(requestId, failure, wire);
    // It answers one of these, and it is unknown which.
    else if (farm !== null) registry.failAll(failure, farm, wire);
  };

  const wire: Wire = await openWire(endpoint, {
    onServerVersion: (version) => handshake.onServerVersion(version),
    onAccounts: (list) => handshake.onAccounts(list),
    onNextValidId: () => handshake.onNextValidId(),
    onCurrentTime: (epochSeconds) => serverClock.onCurrentTime(epochSeconds),
    onActivity: () => (lastActivity = clock.now()),
    onMessage(id, message) {
      // A message about an order never answers a request of this program, whatever its id.
      if (message.kind === 'error' && interpretCode(message.code, message.message).kind === 'unexpected')
        deps.onSystemMessage(message.code, message.message);
      else registry.onMessage(id, message);
    },
    onSystemMessage(code, text) {
      if (state === 'open') deps.onSystemMessage(code, text);
      // During the handshake a message either explains why it fails, or is for later.
      else if (state === 'opening' && !failHandshake(handshake, code, text)) deps.onSystemMessage(code, text);
    },
    onClosed() {
      handshake.failUnfinished('closed-by-peer');
      loseConnection('IB Gateway closed the connection');
      resolveSocketClosed();
    },
    onUndecodable,
    onProtocolError,
  });

  const deadline = clock.sleepUntil(clock.now() + timings.connectTimeout, AbortSignal.any([signal, ended.signal])).then(
    () => handshake.failUnfinished('no-response'),
    () => handshake.fail('cancelled'),
  );
  const shaken = await handshake.done;
  if (!shaken.ok) {
    state = 'closed';
    ended.abort();
    wire.close();
    await deadline;
    return shaken;
  }
  state = 'open';
  lastActivity = clock.now();
  watchActivity(wire, deps, () => lastActivity, loseConnection, ended.signal).catch(() => undefined);

  const requestTime = (maxWait: Duration): Promise<number | null> =>
    serverClock.request(() => wire.requestCurrentTime(), maxWait);
  return ok({
    serverVersion: handshake.getServerVersion(),
    accounts: handshake.getAccounts(),
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

/** Probes an idle connection by asking for the time: a half-open one accepts every message and delivers none. */
async function watchActivity(
  wire: Wire,
  { clock, timings }: IbConnectionDeps,
  getLastActivity: () => Instant,
  loseConnection: (reason: string) => void,
  ended: AbortSignal,
): Promise<void> {
  for (;;) {
    const idleAt = getLastActivity() + timings.idleTimeout;
    await clock.sleepUntil(idleAt, ended);
    if (clock.now() < getLastActivity() + timings.idleTimeout) continue;
    const requestedAt = clock.now();
    wire.requestCurrentTime();
    await clock.sleepUntil(requestedAt + timings.probeTimeout, ended);
    if (getLastActivity() < requestedAt) {
      const seconds = Math.round((timings.idleTimeout + timings.probeTimeout) / second);
      loseConnection(`IB Gateway has sent nothing for ${seconds} s and did not answer a probe`);
      return;
    }
  }
}

/** Ends the handshake if the message explains why it fails. */
function failHandshake(handshake: Handshake, code: number, text: string): boolean {
  if (code === 326) handshake.fail('client-id-taken');
  else if (code === 502 || code === 504) handshake.fail(classifyNetworkError(text), text);
  else if (code === 503) handshake.fail('too-old', String(handshake.getServerVersion()));
  else if (code === 506) failVersion(handshake, /-?\d+/.exec(text)?.[0] ?? 'unknown');
  else return false;
  return true;
}

/** The library reports a version that it does not speak in a text only. */
function failVersion(handshake: Handshake, version: string): void {
  handshake.fail(Number(version) < minServerVersion ? 'too-old' : 'unsupported', version);
}

function classifyNetworkError(text: string): ConnectProblem['kind'] {
  if (text.includes('ECONNREFUSED')) return 'refused';
  return /ECONNRESET|EPIPE|socket hang up/.test(text) ? 'closed-by-peer' : 'unreachable';
}
