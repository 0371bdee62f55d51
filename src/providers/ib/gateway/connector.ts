import type { Clock } from '../../../core/time/clock.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { createConnectProblem } from './connect-problem.js';
import type { ConnectProblem } from './connect-problem.js';
import { maskAccounts } from '../notice.js';
import type { IbNotice } from '../notice.js';
import { openIbConnection } from './ib-connection.js';
import type { IbConnection } from './ib-connection.js';
import { getMessageRate } from '../settings.js';
import type { IbMarketDataType, IbSettings, IbTimings } from '../settings.js';

/** Client ids tried after the configured one. */
const maxExtraClientIds = 5;

/** Problems that another attempt cannot solve. */
const permanentProblems: readonly ConnectProblem['kind'][] = ['cancelled', 'too-old', 'unsupported', 'wrong-account'];

/** Decides after `attempt` failed attempts whether to make another one. */
export type RetryPredicate = (attempt: number, problem: ConnectProblem) => boolean;

export type Notify = (kind: IbNotice['kind'], code: number | null, message: string) => void;

/** Opens connections; remembers the port and the client id that worked last. */
export interface Connector {
  /** Repeats attempts with growing delays until one succeeds or `shouldRetry` ends them. */
  connect(shouldRetry: RetryPredicate, signal: AbortSignal): Promise<Result<IbConnection, ConnectProblem>>;
  /** Changes the port of later connections. */
  setPort(port: number): void;
}

export interface ConnectorDeps {
  readonly settings: IbSettings;
  readonly timings: IbTimings;
  readonly clock: Clock;
  readonly notify: Notify;
  /** Called before each handshake, in which the gateway reports its state anew. */
  onConnecting(): void;
  onSystemMessage(code: number, text: string): void;
}

export function createConnector(deps: ConnectorDeps): Connector {
  const { settings, timings, clock, notify } = deps;
  let { port, clientId } = settings;
  let lastRequestId = 0;

  const openConnection = (signal: AbortSignal): Promise<Result<IbConnection, ConnectProblem>> => {
    deps.onConnecting();
    return openIbConnection(
      {
        endpoint: { host: settings.host, port, clientId, messagesPerSecond: getMessageRate(settings.lines) },
        timings,
        clock,
        nextId: () => ++lastRequestId,
        onSystemMessage: (code, text) => deps.onSystemMessage(code, text),
        onConnectionLost: (reason) => notify('connection-lost', null, reason),
      },
      signal,
    );
  };

  /** Makes one attempt with each client id until one is free. */
  const connectOnce = async (signal: AbortSignal): Promise<Result<IbConnection, ConnectProblem>> => {
    for (let extra = 0; extra <= maxExtraClientIds; extra++) {
      const opened = await openConnection(signal);
      if (opened.ok) return verifyAccount(opened.value);
      if (opened.error.kind !== 'client-id-taken') return opened;
      notify('client-id-taken', 326, `client id ${clientId} is in use; trying ${clientId + 1}`);
      clientId++;
    }
    clientId = settings.clientId;
    return err(createConnectProblem('client-id-taken', { host: settings.host, port, clientId }, ''));
  };

  const verifyAccount = async (connection: IbConnection): Promise<Result<IbConnection, ConnectProblem>> => {
    const endpoint = { host: settings.host, port, clientId };
    const names = maskAccounts(connection.accounts.join(', '));
    const requiredAccount = settings.account ?? null;
    if (requiredAccount !== null && !connection.accounts.includes(requiredAccount)) {
      await connection.close();
      return err(createConnectProblem('wrong-account', endpoint, names));
    }
    connection.setMarketDataType(toMarketDataType(settings));
    notify('connected', null, `connected to ${endpoint.host}:${port} as client ${clientId} (${names})`);
    return ok(connection);
  };

  return {
    async connect(shouldRetry, signal) {
      let retryDelay = timings.reconnectDelay;
      for (let attempt = 1; ; attempt++) {
        const opened = await connectOnce(signal);
        if (opened.ok) return opened;
        if (permanentProblems.includes(opened.error.kind) || !shouldRetry(attempt, opened.error)) return opened;
        await clock.sleepUntil(clock.now() + retryDelay, signal).catch(() => undefined);
        retryDelay = Math.min(2 * retryDelay, timings.maxReconnectDelay);
      }
    },
    setPort(newPort) {
      port = newPort;
    },
  };
}

/** With delayed data allowed, the gateway still sends live data where there is a subscription. */
function toMarketDataType({ marketDataType, allowDelayed }: IbSettings): IbMarketDataType {
  if (!allowDelayed) return marketDataType;
  return marketDataType === 'live' || marketDataType === 'delayed' ? 'delayed' : 'delayed-frozen';
}
