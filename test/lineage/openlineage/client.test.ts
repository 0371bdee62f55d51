import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/core/time/clock.js';
import { createOpenLineageTranslator } from '../../../src/lineage/openlineage/translator.js';
import type { OpenLineageEvent } from '../../../src/lineage/openlineage/types.js';
import { lineageEndpoint, createOpenLineageClient } from '../../../src/lineage/openlineage/client.js';
import { okRun } from '../../fixtures/sample-runs.js';

/** Real time: what is tested is waiting for a real server. */
const clock: Clock = {
  now: () => performance.now(),
  sleepUntil: (instant, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, Math.max(0, instant - performance.now()));
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(new Error('aborted'));
      });
    }),
};

let server: Server | null = null;
let received: unknown[] = [];
let requestLines: string[] = [];

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  server = null;
  received = [];
  requestLines = [];
});

function startServer(answer: (body: unknown, response: ServerResponse, call: number) => void): Promise<string> {
  let calls = 0;
  server = createServer((request: IncomingMessage, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body: unknown = JSON.parse(text);
      requestLines.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['content-type'] ?? ''}`);
      received.push(body);
      answer(body, response, ++calls);
    });
  });
  const open = server;
  return new Promise((resolve) =>
    open.listen(0, '127.0.0.1', () => {
      const address = open.address();
      resolve(`http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}`);
    }),
  );
}

function events(): OpenLineageEvent[] {
  const translate = createOpenLineageTranslator();
  return okRun().flatMap((event) => translate(event));
}

function types(bodies: readonly unknown[]): unknown[] {
  return bodies.map((body) =>
    typeof body === 'object' && body !== null && 'eventType' in body ? body.eventType : body,
  );
}

/** Longer than a test may take. */
const maxDuration = 3_600_000;

async function sendAll(
  url: string,
  options: { timeout?: number; attempts?: number; finishTimeout?: number } = {},
  stopping?: AbortSignal,
): Promise<string[]> {
  const problems: string[] = [];
  const lineage = createOpenLineageClient({
    url,
    clock,
    delay: 5,
    timeout: maxDuration,
    finishTimeout: maxDuration,
    ...options,
    onError: (problem) => problems.push(problem),
  });
  for (const event of events()) lineage.send(event);
  await lineage.finish(stopping);
  return problems;
}

describe('createOpenLineageClient', () => {
  test('sends every event once, in order, to the standard endpoint', async () => {
    const url = await startServer((_body, response) => response.writeHead(201).end());
    expect(await sendAll(url)).toEqual([]);
    expect(received).toEqual(JSON.parse(JSON.stringify(events())));
    expect(new Set(requestLines)).toEqual(new Set(['POST /api/v1/lineage application/json']));
  });

  test('retries an event after HTTP 500 and then sends the other events', async () => {
    const url = await startServer((_body, response, call) => response.writeHead(call === 1 ? 500 : 200).end());
    expect(await sendAll(url)).toEqual([]);
    expect(types(received)).toEqual(['START', ...types(events())]);
  });

  test('drops an event after HTTP 422 and sends the other events', async () => {
    const url = await startServer((_body, response, call) =>
      response.writeHead(call === 2 ? 422 : 200).end('no such facet'),
    );
    expect(await sendAll(url)).toEqual([
      `1 lineage event not delivered to ${url}/api/v1/lineage: HTTP 422: no such facet`,
    ]);
    expect(received).toHaveLength(events().length);
  });

  test('stops with one error after three attempts of the first event when the service keeps failing', async () => {
    const url = await startServer((_body, response) => response.writeHead(503).end('starting'));
    const count = events().length;
    expect(await sendAll(url)).toEqual([
      `${String(count)} lineage events not delivered to ${url}/api/v1/lineage: HTTP 503: starting`,
    ]);
    expect(received).toHaveLength(3);
  });

  test('stops with one error when the service refuses connections', async () => {
    const url = await startServer(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    server = null;
    const [problem, ...others] = await sendAll(url);
    expect(problem).toContain(
      `${String(events().length)} lineage events not delivered to ${url}/api/v1/lineage: connect ECONNREFUSED`,
    );
    expect(others).toEqual([]);
  });

  test('finishes after finishTimeout when the service never responds', async () => {
    const url = await startServer(() => undefined);
    const [problem] = await sendAll(url, { finishTimeout: 150 });
    expect(problem).toBe(`${String(events().length)} lineage events not delivered to ${url}/api/v1/lineage: timed out`);
  });

  test('finishes soon after the run was stopped when the service never responds', async () => {
    const stopping = new AbortController();
    const url = await startServer(() => stopping.abort());
    const [problem] = await sendAll(url, {}, stopping.signal);
    expect(problem).toBe(`${String(events().length)} lineage events not delivered to ${url}/api/v1/lineage: timed out`);
  });

  test('retries an event whose response exceeds the timeout', async () => {
    const url = await startServer((_body, response, call) => {
      if (call > 1) response.writeHead(200).end();
    });
    // On a slow machine other responses may be late as well, and are retried.
    expect(await sendAll(url, { timeout: 100, attempts: 12 })).toEqual([]);
    const texts = received.map((body) => JSON.stringify(body));
    expect(texts[1]).toBe(texts[0]);
    expect([...new Set(texts)]).toEqual(events().map((event) => JSON.stringify(event)));
  });

  test('retries the retriable events of a batch and reports the other events', async () => {
    const url = await startServer((_body, response, call) => {
      const failed = [
        { index: 1, reason: 'busy', retriable: true },
        { index: 2, reason: 'bad facet', retriable: false },
      ];
      response.writeHead(200).end(JSON.stringify({ status: 'partial', failed_events: call === 2 ? failed : [] }));
    });
    expect(await sendAll(`${url}/api/v1/lineage/batch`)).toEqual([
      `1 lineage event not delivered to ${url}/api/v1/lineage/batch: bad facet`,
    ]);
    const all: unknown[] = JSON.parse(JSON.stringify(events())) as unknown[];
    expect(received).toEqual([all.slice(0, 1), all.slice(1), [all[2]]]);
  });

  test('follows no redirect, and sends nothing to its target', async () => {
    const paths = new Set<string>();
    const url = await startServer((_body, response) => {
      for (const line of requestLines) paths.add(line);
      response.writeHead(308, { location: '/elsewhere' }).end();
    });
    expect(await sendAll(url)).toEqual([
      `${String(events().length)} lineage events not delivered to ${url}/api/v1/lineage: ` +
        `HTTP 308: the server redirects to ${url}, and redirects are not followed`,
    ]);
    expect([...paths]).toEqual(['POST /api/v1/lineage application/json']);
  });

  test('reports neither password nor query of the URL', async () => {
    const url = await startServer((_body, response) => response.writeHead(401).end());
    const secret = url.replace('http://', 'http://me:password@');
    expect(await sendAll(`${secret}/lineage?key=hidden`)).toEqual([
      `${String(events().length)} lineage events not delivered to ${url}/lineage?…: HTTP 401`,
    ]);
  });

  test('reports a batch as not delivered when the list of failed events is too long to read', async () => {
    const url = await startServer((_body, response) => response.end(' '.repeat(2 * 1024 * 1024)));
    const [problem] = await sendAll(`${url}/api/v1/lineage/batch`);
    expect(problem).toContain('the response to a batch is larger than 1 MB');
  });

  test.each([
    ['http://marquez:5000', 'http://marquez:5000/api/v1/lineage'],
    ['http://marquez:5000/', 'http://marquez:5000/api/v1/lineage'],
    ['https://example.com/openlineage', 'https://example.com/openlineage'],
    ['https://example.com/api/v1/lineage/batch', 'https://example.com/api/v1/lineage/batch'],
  ])('completes the URL %s to %s', (configured, endpoint) => {
    expect(lineageEndpoint(configured)).toBe(endpoint);
  });
});
