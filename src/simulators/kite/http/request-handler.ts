import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Instant } from '../../../core/time/time.js';
import type { Action } from '../../../config/scenario/scenario.js';
import type { KiteRequest } from '../../../config/scenario/capabilities.js';
import type { HttpConnection } from '../open-connections.js';
import { toErrorContent, countRows, withoutInstruments } from './response-content.js';
import type { ResponseContent } from './response-content.js';
import { kiteError, routeNotFound, notLoggedIn, tooManyRequests, methodNotAllowed } from '../errors.js';
import { planFaults } from '../../../config/scenario/engine/plan-faults.js';
import type { FaultPlan } from '../../../config/scenario/engine/plan-faults.js';
import { applyFault, getWireFault } from '../render-fault.js';
import { toScenarioEvent, toScenarioEventPerInstrument } from '../scenario-event.js';
import { acceptsGzip, parseUrl, readApiKey, readForm } from './http-request.js';
import { getLoginRule, getRateClass, matchRoute, classifyRoute } from './routes.js';
import type { Route } from './routes.js';
import type { SimulatorContext } from '../simulator-context.js';
import { createGarbageResponse } from './http-response.js';
import type { CompleteResponse, HttpResponse } from './http-response.js';

/** What the scenario does to a request as a whole, and the instruments that it hides from the response. */
interface ScenarioDecision {
  readonly actions: readonly Action[];
  readonly hiddenKeys: ReadonlySet<string>;
}

const noActions: ScenarioDecision = { actions: [], hiddenKeys: new Set() };

export function createRequestHandler(context: SimulatorContext): RequestListener {
  let garbageCount = 0;

  async function handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = context.openConnections.find(request.socket);
    const arrivedAt = context.clock.now();
    if (connection === undefined || connection.muted) return;
    await context.clock.sleepUntil(connection.respondsFrom, context.closing);
    const url = parseUrl(request);
    const form = await readForm(request);
    const route = url === null ? 'unknown' : matchRoute(request.method ?? '', url.pathname);
    const query = url?.searchParams ?? new URLSearchParams();
    const requestType = typeof route === 'string' ? null : classifyRoute(route);
    const requestName = requestType ?? 'other';
    const description = `${request.method ?? ''} ${request.url ?? ''}`;
    context.counters.count('requests', requestName);
    context.emit({
      kind: 'request',
      at: context.clock.now(),
      connection: connection.number,
      request: requestName,
      description,
    });

    const { actions, hiddenKeys } =
      requestType === null || typeof route === 'string' ? noActions : consultScenario(requestType, route, query);
    for (const action of actions) context.recordAction(action, connection, requestName);
    const faultPlan = planFaults(actions);
    if (context.applySourceActions(faultPlan.sourceActions) === 'restarting') return;
    const plainContent = createContent(connection, { request, arrivedAt }, route, query, form);
    const content = applyFault(withoutInstruments(plainContent, hiddenKeys), faultPlan.fault);
    if (faultPlan.delay > 0) await context.clock.sleepUntil(context.clock.now() + faultPlan.delay, context.closing);
    const canStream = getWireFault(faultPlan.fault) === 'none' && request.method !== 'HEAD';
    const httpResponse =
      faultPlan.fault?.kind === 'garbage'
        ? createGarbageResponse(garbageCount++ % 2 === 0 ? 502 : 200)
        : await context.serialize(content, { acceptsGzip: acceptsGzip(request), canStream });
    const { body } = httpResponse;
    if (body instanceof Readable) await streamResponse(response, httpResponse, body);
    emitResult(connection, requestName, content, faultPlan);
    if (!(body instanceof Readable))
      sendResponse(connection, response, { ...httpResponse, body }, faultPlan, request.method === 'HEAD');
  }

  /** Collects the actions on a request and the instruments that they hide. */
  function consultScenario(requestType: KiteRequest, route: Route, query: URLSearchParams): ScenarioDecision {
    const dump = context.getDump(context.marketTime());
    const actions = [...context.actionsFor(toScenarioEvent(requestType, route, query, dump))];
    const hiddenKeys = new Set<string>();
    for (const { key, scenarioEvent } of toScenarioEventPerInstrument(requestType, route, query, dump)) {
      for (const action of context.actionsFor(scenarioEvent)) {
        if (action.kind === 'unknown' || action.kind === 'empty') hiddenKeys.add(key);
        else actions.push(action);
      }
    }
    return { actions, hiddenKeys };
  }

  function createContent(
    connection: HttpConnection,
    { request, arrivedAt }: Arrival,
    route: Route | 'unknown' | 'wrong-method',
    query: URLSearchParams,
    form: URLSearchParams | null,
  ): ResponseContent {
    const { connectError } = connection;
    if (connectError !== null) {
      connection.connectError = null;
      return toErrorContent(connectError);
    }
    if (route === 'unknown') return toErrorContent(routeNotFound);
    if (route === 'wrong-method') return toErrorContent(methodNotAllowed);
    if (form === null) return toErrorContent(kiteError('InputException', 'Request too large.'));
    if (!isWithinRateLimit(connection, { request, arrivedAt }, route, query)) return toErrorContent(tooManyRequests);
    const { authorization } = request.headers;
    const loginRule = getLoginRule(route);
    const requiresLogin = loginRule === 'yes' || (loginRule === 'if-given' && authorization !== undefined);
    if (requiresLogin && !context.logins.isAuthorized(authorization)) return toErrorContent(notLoggedIn);
    return context.handleRoute(route, { query, form });
  }

  function isWithinRateLimit(
    connection: HttpConnection,
    { request, arrivedAt }: Arrival,
    route: Route,
    query: URLSearchParams,
  ): boolean {
    const rateClass = getRateClass(route);
    if (context.tryAcquire(readApiKey(request, query), rateClass, arrivedAt)) return true;
    context.counters.count('rateLimited', rateClass);
    const message = `more ${rateClass} requests in a second than the limit`;
    context.emit({
      kind: 'violation',
      at: arrivedAt,
      connection: connection.number,
      rule: `rate-${rateClass}`,
      message,
    });
    return context.pacing === 'off';
  }

  function emitResult(
    connection: HttpConnection,
    request: string,
    content: ResponseContent,
    faultPlan: FaultPlan,
  ): void {
    const event = { at: context.clock.now(), connection: connection.number, request };
    if (content.kind === 'error') {
      const { type, message } = content.error;
      context.counters.count('rejected', type);
      context.emit({ kind: 'rejected', ...event, code: type, message });
    } else if (getWireFault(faultPlan.fault) === 'none') {
      context.counters.answered();
      context.emit({ kind: 'answered', ...event, rows: countRows(content) });
    }
  }

  return (request, response) => {
    handleRequest(request, response).catch((error: unknown) => {
      // Closing the simulator aborts requests in flight; that is not an error.
      if (!context.closing.aborted) throw error;
    });
  };
}

/** A request, and when it arrived: a busy simulator may read it later. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly arrivedAt: Instant;
}

/** Sends a body while it is created; a client that leaves ends it. */
async function streamResponse(
  response: ServerResponse,
  { status, headers }: HttpResponse,
  body: Readable,
): Promise<void> {
  response.writeHead(status, headers);
  await pipeline(body, response).catch(() => undefined);
}

function sendResponse(
  connection: HttpConnection,
  response: ServerResponse,
  { status, headers, body }: CompleteResponse,
  { fault }: FaultPlan,
  headOnly: boolean,
): void {
  const { socket } = connection;
  const wireFault = getWireFault(fault);
  if (wireFault === 'half-open') connection.muted = true;
  if (connection.muted || wireFault === 'no-response' || socket.destroyed) return;
  if (wireFault === 'drop') {
    socket.destroy();
    return;
  }
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  if (wireFault === 'drop-mid-message') response.write(body.subarray(0, body.length / 2), () => socket.destroy());
  else response.end(headOnly ? undefined : body);
}
