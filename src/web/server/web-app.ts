import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { parseJson } from '../../platform/json.js';
import type { Result } from '../../core/result.js';
import { isSameSecret, mayAct, refuseAction, refuseReading } from './access.js';
import type { AccessRules, Caller } from './access.js';
import { parseDoctorRequest, parseRunRequest } from './actions.js';
import type { ActionName, Actions } from './actions.js';
import type { SessionDocument } from './documents.js';
import type { EventStream } from './event-stream.js';
import { buildOpenApi } from './openapi.js';
import { readParameters } from './parameters.js';
import { sendFile, sendJson, sendLoginHint, sendProblem, sendRefusal, sendStream } from './responses.js';
import type { Env, Problem, RequestContext } from './responses.js';
import { routes } from './routes.js';
import type { Handlers, RouteName } from './routes.js';
import { createSlots } from './slots.js';
import type { StaticFile } from './static-files.js';

export interface WebAppOptions {
  readonly handlers: Handlers;
  readonly actions: Actions;
  readonly events: EventStream;
  readonly files: ReadonlyMap<string, StaticFile>;
  readonly access: AccessRules;
  readonly version: string;
  /** Turns an error into what the client may see: secrets are redacted, and bugs keep their details to themselves. */
  readonly describe: (error: unknown) => Problem;
}

/** Headers of every response: nothing runs or loads but the files of this server. */
const safeHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** The largest body of an action, in bytes. */
const maxBodyBytes = 64 * 1024;

/** Documents that are read at once, and statements: a client that reads its rows slowly keeps no document waiting. */
const maxReading = 4;
const maxQueries = 3;

/** Creates the listener of a server that shows a lake: the page, the API and its events. */
export function createWebApp(options: WebAppOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const { access, files, events } = options;
  const app = new Hono<Env>();
  const readingSlots = createSlots(maxReading);
  const querySlots = createSlots(maxQueries);

  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(safeHeaders)) c.res.headers.set(name, value);
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });

  app.get('/', (c) => {
    const token = c.req.query('token');
    if (token !== undefined) return logIn(c, token, access);
    const refusal = refuseReading(toCaller(c), access);
    return refusal === null ? sendFile(c, files.get('/'), 'no-cache') : sendLoginHint(c, refusal);
  });

  app.get('/assets/:name', (c) => sendFile(c, files.get(`/assets/${c.req.param('name')}`), 'no-cache'));

  const protect: MiddlewareHandler<Env> = async (c, next) => {
    const isAction = c.req.method !== 'GET' && c.req.method !== 'HEAD';
    const refusal = (isAction ? refuseAction : refuseReading)(toCaller(c), access);
    if (refusal !== null) return sendRefusal(c, refusal);
    await next();
    return undefined;
  };
  app.use('/api/*', protect);

  app.get('/api/v1/openapi.json', (c) => sendJson(c, buildOpenApi(options.version)));

  app.get('/api/v1/session', (c) => {
    const canAct = mayAct(toCaller(c), access);
    return sendJson(c, { version: options.version, canAct, readOnly: access.isReadOnly } satisfies SessionDocument);
  });

  app.get('/api/v1/events', (c) => {
    const stream = events.open();
    if (stream === null)
      return sendProblem(c, { status: 503, message: 'too many pages are open', hint: 'close some of them' });
    return c.body(stream, 200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  });

  for (const name of Object.keys(routes).filter(isRouteName)) {
    app.get(`/api/v1/${name}`, async (c) => {
      const values = readParameters(new URL(c.req.url).searchParams, routes[name].parameters);
      if (!values.ok) return sendProblem(c, { status: 400, message: values.error, hint: 'see /api/v1/openapi.json' });
      const slot = await (name === 'query' ? querySlots : readingSlots).acquire();
      if (slot === null)
        return sendProblem(c, {
          status: 503,
          message: 'too many requests are in progress',
          hint: 'try again in a moment',
        });
      let isHandedOn = false;
      try {
        const answer = await options.handlers[name](values.value, c.req.raw.signal);
        if (answer.kind === 'json') return sendJson(c, answer.document);
        isHandedOn = true;
        return sendStream(c, answer, () => slot.release());
      } catch (error) {
        return sendProblem(c, options.describe(error));
      } finally {
        if (!isHandedOn) slot.release();
      }
    });
  }

  const { actions, describe } = options;
  addAction(app, 'run', { parse: parseRunRequest, perform: (request) => actions.run(request), describe });
  addAction(app, 'doctor', { parse: parseDoctorRequest, perform: (request) => actions.doctor(request), describe });

  app.all('/api/*', (c) =>
    sendJson(c, { error: 'no such route', hint: 'GET /api/v1/openapi.json lists the routes' }, 404),
  );
  app.notFound((c) => c.text('not found\n', 404));
  app.onError((error, c) => sendProblem(c, options.describe(error)));

  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (request, response) => void listener(request, response);
}

interface Action<Request> {
  readonly parse: (body: unknown) => Result<Request, string>;
  readonly perform: (request: Request) => Promise<Readonly<Record<string, unknown>>>;
  readonly describe: WebAppOptions['describe'];
}

function addAction<Request>(app: Hono<Env>, name: ActionName, { parse, perform, describe }: Action<Request>): void {
  app.post(`/api/v1/${name}`, async (c) => {
    // A form of another page cannot send this type without a preflight, which is never answered.
    if (!/^application\/json\b/.test(c.req.header('content-type') ?? ''))
      return sendProblem(c, { status: 400, message: 'the body must be application/json', hint: null });
    const text = await readBody(c.env.incoming);
    if (text === null)
      return sendProblem(c, {
        status: 400,
        message: `the body has more than ${String(maxBodyBytes)} bytes`,
        hint: null,
      });
    const body = parse(parseJson(text));
    if (!body.ok) return sendProblem(c, { status: 400, message: body.error, hint: 'see /api/v1/openapi.json' });
    try {
      return sendJson(c, await perform(body.value), 202);
    } catch (error) {
      return sendProblem(c, describe(error));
    }
  });
}

function isRouteName(name: string): name is RouteName {
  return Object.hasOwn(routes, name);
}

function toCaller(c: RequestContext): Caller {
  return {
    header: (name) => c.req.header(name),
    remoteAddress: c.env.incoming.socket.remoteAddress ?? null,
  };
}

/** Exchanges the token of the printed address for a cookie, so that it does not stay in the address bar and the history. */
function logIn(c: RequestContext, token: string, access: AccessRules): Response {
  if (!isSameSecret(token, access.token))
    return c.text('wrong token: open the address that the server printed at its last start\n', 401);
  c.header('set-cookie', `${access.cookieName}=${access.token}; Path=/; HttpOnly; SameSite=Strict`);
  return c.redirect('/', 303);
}

/** The text of a body; null if it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
