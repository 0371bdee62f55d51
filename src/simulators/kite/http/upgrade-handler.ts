import { ServerResponse, STATUS_CODES } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import { createScenarioError, kiteError, notLoggedIn } from '../errors.js';
import type { KiteError } from '../errors.js';
import { planFaults } from '../../../config/scenario/engine/plan-faults.js';
import type { Fault } from '../../../config/scenario/engine/plan-faults.js';
import { getWireFault } from '../render-fault.js';
import { toScenarioEvent } from '../scenario-event.js';
import { parseUrl } from './http-request.js';
import type { SimulatorContext } from '../simulator-context.js';
import { maxSockets } from '../ticker/ticker-server.js';
import type { TickerFault } from '../ticker/ticker-server.js';
import { createErrorResponse } from './http-response.js';

/** Upgrades connections to tickers. */
export function createUpgradeHandler(
  context: SimulatorContext,
  handleRequest: RequestListener,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  async function upgradeToTicker(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const connection = context.openConnections.find(request.socket);
    if (connection === undefined || connection.muted) return;
    await context.clock.sleepUntil(connection.respondsFrom, context.closing);
    const event = { at: context.clock.now(), connection: connection.number, request: 'ticker' } as const;
    context.counters.count('requests', 'ticker');
    context.emit({ kind: 'request', ...event, description: 'a ticker' });

    const query = parseUrl(request)?.searchParams ?? new URLSearchParams();
    const apiKey = query.get('api_key') ?? '';
    const accessToken = query.get('access_token') ?? '';
    const actions = context.actionsFor(toScenarioEvent('ticker', null, query, context.getDump(context.marketTime())));
    for (const action of actions) context.recordAction(action, connection, 'ticker');
    const faultPlan = planFaults(actions);
    if (context.applySourceActions(faultPlan.sourceActions) === 'restarting') return;
    if (faultPlan.delay > 0) await context.clock.sleepUntil(context.clock.now() + faultPlan.delay, context.closing);
    if (socket.destroyed || context.openConnections.find(request.socket)?.muted !== false) return;

    const rejection =
      connection.connectError ?? toScenarioError(faultPlan.fault) ?? checkCredentials(apiKey, accessToken);
    connection.connectError = null;
    if (rejection !== null) {
      context.counters.count('rejected', rejection.type);
      context.emit({ kind: 'rejected', ...event, code: rejection.type, message: rejection.message });
      socket.end(formatErrorResponse(rejection));
      return;
    }
    if (getWireFault(faultPlan.fault) === 'drop') {
      socket.destroy();
      return;
    }
    const tickerFault = toTickerFault(faultPlan.fault);
    if (tickerFault === 'half-open') connection.muted = true;
    context.counters.answered();
    context.emit({ kind: 'answered', ...event, rows: 0 });
    const onViolation = (message: string): void => {
      const { number } = connection;
      context.emit({ kind: 'violation', at: context.clock.now(), connection: number, rule: 'ticker-message', message });
    };
    context.tickerServer.open({ request, socket, head, apiKey, accessToken, fault: tickerFault, onViolation });
  }

  function serveWithoutUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    response.once('finish', () => socket.end());
    // Node stops parsing at an upgrade request and passes the beginning of the body as `head`.
    if (head.length > 0) request.unshift(head);
    handleRequest(request, response);
  }

  function checkCredentials(apiKey: string, accessToken: string): KiteError | null {
    if (apiKey === '' || accessToken === '') return kiteError('InputException', 'Missing `api_key` or `access_token`.');
    if (!context.logins.isValid(apiKey, accessToken)) return notLoggedIn;
    if (context.tickerServer.count() < maxSockets) return null;
    return kiteError('NetworkException', `More than ${maxSockets} connections.`, 429);
  }

  return (request, socket, head) => {
    // Some clients offer HTTP/2 with every request; answering with HTTP/1.1 declines the offer.
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      serveWithoutUpgrade(request, socket, head);
      return;
    }
    upgradeToTicker(request, socket, head).catch((error: unknown) => {
      if (!context.closing.aborted) throw error;
    });
  };
}

function toScenarioError(fault: Fault | null): KiteError | null {
  return fault?.kind === 'error' ? createScenarioError(fault.code, fault.message, fault.status) : null;
}

/** How the stream of a ticker misbehaves; a truncated stream stays open and sends no quotes. */
function toTickerFault(fault: Fault | null): TickerFault {
  switch (fault?.kind) {
    case 'garbage':
      return 'garbage';
    case 'no-response':
      return 'no-response';
    case 'half-open':
      return 'half-open';
    case 'drop':
      return 'drop';
    case 'empty':
    case 'unknown':
    case 'truncate':
      return 'empty';
    default:
      return 'none';
  }
}

function formatErrorResponse(error: KiteError): string {
  const { headers, body } = createErrorResponse(error);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}\r\nConnection: close\r\n` +
    `${lines.join('')}Content-Length: ${body.length}\r\n\r\n${body.toString('utf8')}`
  );
}
