import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Action } from '../../scenario/scenario.js';
import type { KiteRequest } from '../../scenario/words.js';
import type { Connection } from './connections.js';
import { errorContent, rowsIn, without } from './content.js';
import type { Content } from './content.js';
import { kiteError, noSuchRoute, notLoggedIn, tooManyRequests, wrongMethod } from './errors.js';
import { fateOf } from './fate.js';
import type { Fate } from './fate.js';
import { occasionOf, severalOf } from './occasions.js';
import { acceptsGzip, addressOf, apiKeyOf, readForm } from './request.js';
import { needsLogin, rateClassOf, routeOf, wordOf } from './routes.js';
import type { Route } from './routes.js';
import type { Source } from './source.js';
import { garbageAnswer } from './written.js';
import type { Written } from './written.js';

/** What is to be done about a request, and which of the instruments it names are not to be seen. */
interface Directions {
  readonly actions: readonly Action[];
  readonly hidden: ReadonlySet<string>;
}

const nothing: Directions = { actions: [], hidden: new Set() };

/** Serves requests. */
export function requestHandler(source: Source): RequestListener {
  let garbage = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = source.connections.of(request.socket);
    if (connection === undefined || connection.mute) return;
    await source.clock.sleepUntil(connection.talksFrom, source.closing);
    const address = addressOf(request);
    const form = await readForm(request);
    const route = address === null ? 'unknown' : routeOf(request.method ?? '', address.pathname);
    const query = address?.searchParams ?? new URLSearchParams();
    const word = typeof route === 'string' ? null : wordOf(route);
    const name = word ?? 'other';
    const about = `${request.method ?? ''} ${request.url ?? ''}`;
    source.tally.count('requests', name);
    source.emit({ kind: 'request', at: source.clock.now(), connection: connection.number, request: name, about });

    const { actions, hidden } = word === null || typeof route === 'string' ? nothing : direct(word, route, query);
    for (const action of actions) source.acted(action, connection, name);
    const fate = fateOf(actions);
    if (fate.loggedOut) source.logins.endAll();
    if (fate.restart !== null) {
      source.restart(fate.restart);
      return;
    }
    const content = fate.change(without(contentFor(connection, request, route, query, form), hidden));
    if (fate.delay > 0) await source.clock.sleepUntil(source.clock.now() + fate.delay, source.closing);
    tell(connection, name, content, fate);
    const written =
      fate.ending === 'garbage'
        ? garbageAnswer(garbage++ % 2 === 0 ? 502 : 200)
        : await source.write(content, acceptsGzip(request));
    send(connection, response, written, fate, request.method === 'HEAD');
  }

  /** What the scenario does about a request: to all of it, and which of its instruments it hides. */
  function direct(word: KiteRequest, route: Route, query: URLSearchParams): Directions {
    const dump = source.dumpAt(source.marketTime());
    const actions = [...source.direct(occasionOf(word, route, query, dump))];
    const hidden = new Set<string>();
    for (const { key, occasion } of severalOf(word, route, query, dump)) {
      for (const action of source.direct(occasion)) {
        if (action.kind === 'unknown' || action.kind === 'empty') hidden.add(key);
        else actions.push(action);
      }
    }
    return { actions, hidden };
  }

  function contentFor(
    connection: Connection,
    request: IncomingMessage,
    route: Route | 'unknown' | 'wrong-method',
    query: URLSearchParams,
    form: URLSearchParams | null,
  ): Content {
    const { greeting } = connection;
    if (greeting !== null) {
      connection.greeting = null;
      return errorContent(greeting);
    }
    if (route === 'unknown') return errorContent(noSuchRoute);
    if (route === 'wrong-method') return errorContent(wrongMethod);
    if (form === null) return errorContent(kiteError('InputException', 'Request too large.'));
    if (!isInTime(connection, request, route, query)) return errorContent(tooManyRequests);
    const { authorization } = request.headers;
    const login = needsLogin(route);
    const wanted = login === 'yes' || (login === 'if-given' && authorization !== undefined);
    if (wanted && !source.logins.admits(authorization)) return errorContent(notLoggedIn);
    return source.answerTo(route, { query, form });
  }

  function isInTime(connection: Connection, request: IncomingMessage, route: Route, query: URLSearchParams): boolean {
    const rateClass = rateClassOf(route);
    if (source.takeTurn(apiKeyOf(request, query), rateClass)) return true;
    source.tally.count('tooFast', rateClass);
    const message = `more ${rateClass} requests in a second than the limit`;
    const at = source.clock.now();
    source.emit({ kind: 'violation', at, connection: connection.number, rule: `rate-${rateClass}`, message });
    return source.pacing === 'off';
  }

  function tell(connection: Connection, request: string, content: Content, fate: Fate): void {
    const event = { at: source.clock.now(), connection: connection.number, request };
    if (content.kind === 'error') {
      const { type, message } = content.error;
      source.tally.count('refused', type);
      source.emit({ kind: 'refused', ...event, code: type, message });
    } else if (fate.ending === 'whole') {
      source.tally.answered();
      source.emit({ kind: 'answered', ...event, rows: rowsIn(content) });
    }
  }

  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // Being closed in the middle of something is no error.
      if (!source.closing.aborted) throw error;
    });
  };
}

function send(
  connection: Connection,
  response: ServerResponse,
  { status, headers, body }: Written,
  { ending }: Fate,
  headOnly: boolean,
): void {
  const { socket } = connection;
  if (ending === 'half-open') connection.mute = true;
  if (connection.mute || ending === 'silence' || socket.destroyed) return;
  if (ending === 'drop') {
    socket.destroy();
    return;
  }
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  if (ending === 'drop-in-the-middle') response.write(body.subarray(0, body.length / 2), () => socket.destroy());
  else response.end(headOnly ? undefined : body);
}
