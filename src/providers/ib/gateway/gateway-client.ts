import type { Clock } from '../../../core/time/clock.js';
import type { Failure } from '../../../core/failure.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import { untilAborted } from '../../../platform/until-aborted.js';
import { formatConnectProblem } from './connect-problem.js';
import type { ConnectProblem } from './connect-problem.js';
import { createConnector } from './connector.js';
import type { Notify, RetryPredicate } from './connector.js';
import type { FarmClass } from './codes.js';
import { createRequestGate } from './request-gate.js';
import { unpacedCalls } from '../../provider.js';
import type { SourceCalls } from '../../provider.js';
import { maskAccounts } from '../notice.js';
import type { IbNotice } from '../notice.js';
import { noReply } from './ib-request.js';
import type { IbReply, IbRequest } from './ib-request.js';
import type { IbConnection } from './ib-connection.js';
import { handleSystemMessage } from './system-messages.js';
import type { SystemMessageDeps } from './system-messages.js';
import type { IbSettings, IbTimings } from '../settings.js';

/** The connection to the gateway; reconnects when it is lost. */
export interface GatewayClient {
  /** Connects, with a few attempts. */
  open(signal: AbortSignal): Promise<Result<IbConnection, ConnectProblem>>;
  /** Sends a request once, as soon as there is a connection and the gate is open, and reports that moment. */
  send<T>(request: IbRequest<T>, signal: AbortSignal, calls?: SourceCalls): Promise<IbReply<T>>;
  /** Returns whether the gateway answers on the current connection; false also if the signal aborts first. */
  isAlive(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

export interface GatewayClientDeps {
  readonly settings: IbSettings;
  readonly timings: IbTimings;
  readonly clock: Clock;
  readonly onNotice: (notice: IbNotice) => void;
  /** Called for every request that is sent. */
  readonly onSent?: (farm: FarmClass) => void;
}

/** Attempts of `open`; a gateway that accepts the connection and sends nothing is tried once. */
const maxOpenAttempts = 3;

export function createGatewayClient({ settings, timings, clock, onNotice, onSent }: GatewayClientDeps): GatewayClient {
  const gate = createRequestGate(clock);
  const closing = new AbortController();
  let connection: IbConnection | null = null;
  let connecting: Promise<Result<IbConnection, ConnectProblem>> | null = null;
  const notify: Notify = (kind, code, message) =>
    onNotice({ at: clock.now(), kind, code, message: maskAccounts(message) });
  const connector = createConnector({
    settings,
    timings,
    clock,
    notify,
    onConnecting: () => gate.clear(),
    onSystemMessage: (code, text) => handleSystemMessage(code, text, systemMessageDeps),
  });
  const systemMessageDeps: SystemMessageDeps = {
    gate,
    notify,
    getConnection: () => connection,
    setPort: (port) => connector.setPort(port),
  };

  const connect = async (
    shouldRetry: RetryPredicate,
    signal: AbortSignal,
  ): Promise<Result<IbConnection, ConnectProblem>> => {
    const opened = await connector.connect(shouldRetry, signal);
    if (opened.ok) connection = opened.value;
    return opened;
  };

  /** The current connection or a new one; concurrent callers wait for the same attempt. */
  const ensureConnected = (
    shouldRetry: RetryPredicate,
    signal: AbortSignal,
  ): Promise<Result<IbConnection, ConnectProblem>> => {
    if (connection?.isOpen() === true) return Promise.resolve(ok(connection));
    connecting ??= connect(shouldRetry, signal).finally(() => (connecting = null));
    return connecting;
  };

  const connectUntil = async (until: Instant, signal: AbortSignal): Promise<Result<IbConnection, Failure>> => {
    const attempt = ensureConnected(() => clock.now() < until, closing.signal);
    const opened = await untilAborted(attempt, signal);
    if (opened === null) return err({ kind: 'retryable', code: 'cancelled', message: 'cancelled while connecting' });
    if (opened.ok) return opened;
    return err({
      kind: 'retryable',
      code: opened.error.kind,
      message: formatConnectProblem(opened.error),
      retryAfter: 5 * second,
    });
  };

  return {
    open(signal) {
      const shouldRetry: RetryPredicate = (attempt, { kind }) => attempt < maxOpenAttempts && kind !== 'no-response';
      return ensureConnected(shouldRetry, AbortSignal.any([signal, closing.signal]));
    },
    async send(request, signal, calls = unpacedCalls) {
      const waitSignal = AbortSignal.any([signal, calls.stopping]);
      const until = clock.now() + timings.maxHold;
      for (;;) {
        if (closing.signal.aborted) return noReply('the connection was closed', 'cancelled');
        const connectResult = await connectUntil(until, waitSignal);
        if (!connectResult.ok) return err({ kind: 'connection', failure: connectResult.error });
        if (gate.getBlockedReason(request.farm) === null) {
          const reply = connectResult.value.send(request, signal);
          calls.sent();
          onSent?.(request.farm);
          return reply;
        }
        const remaining = Math.max(until - clock.now(), 0);
        const blockedReason = await gate.waitUntilOpen(
          request.farm,
          remaining,
          AbortSignal.any([waitSignal, closing.signal]),
        );
        if (blockedReason === null) continue;
        const failure: Failure = { kind: 'retryable', code: 'held', message: blockedReason, retryAfter: 15 * second };
        return err({ kind: 'connection', failure });
      }
    },
    async isAlive(signal) {
      return (
        connection?.isOpen() === true &&
        (await untilAborted(connection.measureClockOffset(timings.probeTimeout), signal)) !== null
      );
    },
    async close() {
      closing.abort();
      await connecting;
      await connection?.close();
      connection = null;
    },
  };
}
