import type { Clock } from '../../../core/time/clock.js';
import type { Failure } from '../../../core/failure.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import { untilAborted } from '../../../platform/until-aborted.js';
import { interpretCode } from './codes.js';
import { createConnectProblem, formatConnectProblem } from './connect-problem.js';
import type { ConnectProblem } from './connect-problem.js';
import { createRequestGate } from './request-gate.js';
import { maskAccounts } from '../notice.js';
import type { IbNotice } from '../notice.js';
import { noReply } from './ib-request.js';
import type { IbReply, IbRequest } from './ib-request.js';
import { openIbConnection } from './ib-connection.js';
import type { IbConnection } from './ib-connection.js';
import type { IbMarketDataType, IbSettings, IbTimings } from '../settings.js';

/** The connection to the gateway; reconnects when it is lost. */
export interface GatewayClient {
  /** Connects, with a few attempts. */
  open(signal: AbortSignal): Promise<Result<IbConnection, ConnectProblem>>;
  /** Sends a request once, as soon as there is a connection and the gate is open. */
  send<T>(request: IbRequest<T>, signal: AbortSignal): Promise<IbReply<T>>;
  /** Whether the gateway answers on the current connection; false also if the signal aborts first. */
  isAlive(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

export interface GatewayClientDeps {
  readonly settings: IbSettings;
  readonly timings: IbTimings;
  readonly clock: Clock;
  readonly onNotice: (notice: IbNotice) => void;
}

/** Attempts of `open`; a gateway that accepts the connection and sends nothing is tried once. */
const maxOpenAttempts = 3;

/** Client ids tried after the configured one. */
const maxExtraClientIds = 5;

/** Problems that another attempt cannot solve. */
const permanentProblems: readonly ConnectProblem['kind'][] = ['cancelled', 'too-old', 'wrong-account'];

/** Decides after `attempt` failed attempts whether to make another one. */
type RetryPredicate = (attempt: number, problem: ConnectProblem) => boolean;

/** With delayed data allowed, the gateway still sends live data where there is a subscription. */
function toMarketDataType({ marketDataType, allowDelayed }: IbSettings): IbMarketDataType {
  if (!allowDelayed) return marketDataType;
  return marketDataType === 'live' || marketDataType === 'delayed' ? 'delayed' : 'delayed-frozen';
}

export function createGatewayClient({ settings, timings, clock, onNotice }: GatewayClientDeps): GatewayClient {
  const gate = createRequestGate(clock);
  const closing = new AbortController();
  let { port } = settings;
  let { clientId } = settings;
  let lastRequestId = 0;
  let connection: IbConnection | null = null;
  let connecting: Promise<Result<IbConnection, ConnectProblem>> | null = null;
  const notify = (kind: IbNotice['kind'], code: number | null, message: string): void =>
    onNotice({ at: clock.now(), kind, code, message: maskAccounts(message) });

  const onSystemMessage = (code: number, text: string): void => {
    const meaning = interpretCode(code, text);
    const name = parseFarmName(text);
    switch (meaning.kind) {
      case 'upstream-lost':
        gate.markUpstreamLost();
        connection?.failAll({ kind: 'retryable', code: String(code), message: text }, null);
        notify('upstream-lost', code, text);
        return;
      case 'upstream-restored':
        gate.markUpstreamRestored();
        if (!meaning.dataKept) connection?.failAll({ kind: 'retryable', code: String(code), message: text }, null);
        notify('upstream-restored', code, text);
        return;
      case 'farm-down':
        gate.markFarmDown(meaning.farm, name);
        connection?.failAll({ kind: 'retryable', code: String(code), message: text }, meaning.farm);
        notify('farm-down', code, text);
        return;
      case 'farm-up':
        if (gate.markFarmUp(meaning.farm, name)) notify('farm-up', code, text);
        return;
      case 'port-changed': {
        const newPort = Number(/(\d{2,5})\D*$/.exec(text)?.[1] ?? NaN);
        if (newPort > 0 && newPort <= 65_535) port = newPort;
        connection?.abandon({ kind: 'retryable', code: String(code), message: text });
        notify('port-changed', code, text);
        return;
      }
      case 'competing':
        notify('competing-session', code, text);
        return;
      case 'unexpected':
        notify('unexpected', code, text);
        return;
      case 'failure':
        // The gateway discards the excess message and does not say which request it was.
        if (meaning.failure === 'pacing') gate.pause(meaning.retryAfter ?? 5 * second);
        notify(meaning.failure === 'pacing' ? 'pacing-violation' : 'message', code, text);
        return;
      default:
        notify('message', code, text);
        return;
    }
  };

  /** Makes one attempt with each client id until one is free. */
  const connectOnce = async (signal: AbortSignal): Promise<Result<IbConnection, ConnectProblem>> => {
    let problem = createConnectProblem('client-id-taken', { ...settings, port }, '');
    for (let extra = 0; extra <= maxExtraClientIds; extra++) {
      const endpoint = { host: settings.host, port, clientId };
      gate.clear();
      const opened = await openIbConnection(
        {
          endpoint,
          timings,
          clock,
          nextId: () => ++lastRequestId,
          onSystemMessage,
          onConnectionLost(reason) {
            notify('connection-lost', null, reason);
          },
        },
        signal,
      );
      if (!opened.ok && opened.error.kind === 'client-id-taken') {
        notify('client-id-taken', 326, `client id ${clientId} is in use; trying ${clientId + 1}`);
        problem = createConnectProblem('client-id-taken', { ...endpoint, clientId: settings.clientId }, '');
        clientId++;
        continue;
      }
      if (!opened.ok) return opened;
      const { accounts } = opened.value;
      const requiredAccount = settings.account ?? null;
      if (requiredAccount !== null && !accounts.includes(requiredAccount)) {
        await opened.value.close();
        return err(createConnectProblem('wrong-account', endpoint, maskAccounts(accounts.join(', '))));
      }
      opened.value.setMarketDataType(toMarketDataType(settings));
      notify(
        'connected',
        null,
        `connected to ${endpoint.host}:${port} as client ${clientId} (${maskAccounts(accounts.join(', '))})`,
      );
      return opened;
    }
    clientId = settings.clientId;
    return err(problem);
  };

  /** Repeats attempts with growing delays until one succeeds or `shouldRetry` ends them. */
  const connect = async (
    shouldRetry: RetryPredicate,
    signal: AbortSignal,
  ): Promise<Result<IbConnection, ConnectProblem>> => {
    let retryDelay = timings.reconnectDelay;
    for (let attempt = 1; ; attempt++) {
      const opened = await connectOnce(signal);
      if (opened.ok) {
        connection = opened.value;
        return opened;
      }
      if (permanentProblems.includes(opened.error.kind) || !shouldRetry(attempt, opened.error)) return opened;
      await clock.sleepUntil(clock.now() + retryDelay, signal).catch(() => undefined);
      retryDelay = Math.min(2 * retryDelay, timings.maxReconnectDelay);
    }
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
    async send(request, signal) {
      const until = clock.now() + timings.maxHold;
      for (;;) {
        if (closing.signal.aborted) return noReply('the connection was closed', 'cancelled');
        const connectResult = await connectUntil(until, signal);
        if (!connectResult.ok) return err({ kind: 'connection', failure: connectResult.error });
        if (gate.getBlockedReason(request.farm) === null) return connectResult.value.send(request, signal);
        const remaining = Math.max(until - clock.now(), 0);
        const blockedReason = await gate.waitUntilOpen(
          request.farm,
          remaining,
          AbortSignal.any([signal, closing.signal]),
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

/** `ushmds` in `…connection is OK:ushmds` and in `…available upon demand.ushmds`. */
function parseFarmName(text: string): string {
  return /(?::|upon demand\.)\s*([^:]*)$/.exec(text)?.[1]?.trim() ?? '';
}
