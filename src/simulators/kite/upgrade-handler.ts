import { ServerResponse, STATUS_CODES } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorNamed, kiteError, notLoggedIn } from './errors.js';
import type { KiteError } from './errors.js';
import { fateOf } from './fate.js';
import type { Ending } from './fate.js';
import { occasionOf } from './occasions.js';
import { addressOf } from './request.js';
import type { Source } from './source.js';
import { mostSockets } from './ticker/tickers.js';
import type { TickerManner } from './ticker/tickers.js';
import { errorAnswer } from './written.js';
import type { Action } from '../../scenario/scenario.js';

/** Turns connections into tickers. */
export function upgradeHandler(
  source: Source,
  serve: RequestListener,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const connection = source.connections.of(request.socket);
    if (connection === undefined || connection.mute) return;
    await source.clock.sleepUntil(connection.talksFrom, source.closing);
    const event = { at: source.clock.now(), connection: connection.number, request: 'ticker' } as const;
    source.tally.count('requests', 'ticker');
    source.emit({ kind: 'request', ...event, about: 'a ticker' });

    const query = addressOf(request)?.searchParams ?? new URLSearchParams();
    const apiKey = query.get('api_key') ?? '';
    const accessToken = query.get('access_token') ?? '';
    const actions = source.direct(occasionOf('ticker', null, query, source.dumpAt(source.marketTime())));
    for (const action of actions) source.acted(action, connection, 'ticker');
    const fate = fateOf(actions);
    if (fate.loggedOut) source.logins.endAll();
    if (fate.restart !== null) {
      source.restart(fate.restart);
      return;
    }
    if (fate.delay > 0) await source.clock.sleepUntil(source.clock.now() + fate.delay, source.closing);
    if (socket.destroyed || source.connections.of(request.socket)?.mute !== false) return;

    const problem = connection.greeting ?? errorAmong(actions) ?? problemWith(apiKey, accessToken);
    connection.greeting = null;
    if (problem !== null) {
      source.tally.count('refused', problem.type);
      source.emit({ kind: 'refused', ...event, code: problem.type, message: problem.message });
      socket.end(refusal(problem));
      return;
    }
    if (fate.ending === 'drop') {
      socket.destroy();
      return;
    }
    const manner = mannerOf(fate.ending, actions);
    if (manner === 'mute') connection.mute = true;
    source.tally.answered();
    source.emit({ kind: 'answered', ...event, rows: 0 });
    const complain = (message: string): void => {
      const { number } = connection;
      source.emit({ kind: 'violation', at: source.clock.now(), connection: number, rule: 'ticker-message', message });
    };
    source.tickers.open({ request, socket, head, apiKey, accessToken, manner, complain });
  }

  function serveWithoutUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    response.once('finish', () => socket.end());
    // The form of such a request comes as if it were of the other protocol.
    if (head.length > 0) request.unshift(head);
    serve(request, response);
  }

  function problemWith(apiKey: string, accessToken: string): KiteError | null {
    if (apiKey === '' || accessToken === '') return kiteError('InputException', 'Missing `api_key` or `access_token`.');
    if (!source.logins.isValid(apiKey, accessToken)) return notLoggedIn;
    if (source.tickers.count() < mostSockets) return null;
    return kiteError('NetworkException', `More than ${mostSockets} connections.`, 429);
  }

  return (request, socket, head) => {
    // Some clients offer to speak HTTP/2 with every request: that is declined by answering as if they had not.
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      serveWithoutUpgrade(request, socket, head);
      return;
    }
    upgrade(request, socket, head).catch((error: unknown) => {
      if (!source.closing.aborted) throw error;
    });
  };
}

function errorAmong(actions: readonly Action[]): KiteError | null {
  const error = actions.findLast((action) => action.kind === 'error');
  return error === undefined ? null : errorNamed(error.code, error.message, error.status);
}

/** A stream that is cut down is kept alive and says nothing. */
function mannerOf(ending: Ending, actions: readonly Action[]): TickerManner {
  switch (ending) {
    case 'garbage':
      return 'garbage';
    case 'silence':
      return 'silent';
    case 'half-open':
      return 'mute';
    case 'drop-in-the-middle':
      return 'breaks-off';
    case 'whole':
    case 'drop':
      return actions.some(({ kind }) => kind === 'empty' || kind === 'unknown' || kind === 'truncate')
        ? 'empty'
        : 'well';
  }
}

function refusal(error: KiteError): string {
  const { headers, body } = errorAnswer(error);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}\r\nConnection: close\r\n` +
    `${lines.join('')}Content-Length: ${body.length}\r\n\r\n${body.toString('utf8')}`
  );
}
