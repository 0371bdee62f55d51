import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { gzipSync } from 'node:zlib';

import { formatJson } from '../../platform/text/escape.js';
import type { Refusal } from './access.js';
import type { Answer } from './routes.js';
import type { StaticFile } from './static-files.js';

export type Env = { readonly Bindings: HttpBindings };

export type RequestContext = Context<Env>;

/** A failure as the client sees it. */
export interface Problem {
  readonly status: 400 | 404 | 409 | 429 | 500 | 503;
  readonly message: string;
  readonly hint: string | null;
}

/** The longest time from the first to the last byte of rows that are computed while they are sent, and of a file, in milliseconds. */
const maxComputingTime = 60_000;
const maxSendingTime = 600_000;

/** A shorter answer is not worth compressing. */
const minZippedBytes = 1_024;

export function sendLoginHint(c: RequestContext, { status, message, hint }: Refusal): Response {
  if (status === 401) c.header('www-authenticate', 'Basic realm="pipe", charset="UTF-8"');
  return c.text(`${message}: ${hint}\n`, status);
}

export function sendRefusal(c: RequestContext, { status, message, hint }: Refusal): Response {
  return sendJson(c, { error: message, hint }, status);
}

export function sendProblem(c: RequestContext, { status, message, hint }: Problem): Response {
  return sendJson(c, { error: message, hint }, status);
}

export function sendJson(
  c: RequestContext,
  document: unknown,
  status: 200 | 202 | 400 | 401 | 403 | 404 | 409 | 429 | 500 | 503 = 200,
): Response {
  const text = formatJson(document);
  c.header('content-type', 'application/json; charset=utf-8');
  if (text.length < minZippedBytes || !acceptsGzip(c)) return c.body(text, status);
  c.header('content-encoding', 'gzip');
  c.header('vary', 'accept-encoding');
  return c.body(new Uint8Array(gzipSync(text, { level: 1 })), status);
}

function acceptsGzip(c: RequestContext): boolean {
  return /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
}

export function sendFile(c: RequestContext, file: StaticFile | undefined, caching: string): Response {
  if (file === undefined) return c.text('not found\n', 404);
  c.header('content-type', file.contentType);
  c.header('cache-control', file.isImmutable ? 'public, max-age=31536000, immutable' : caching);
  c.header('vary', 'accept-encoding');
  if (!acceptsGzip(c)) return c.body(file.bytes);
  c.header('content-encoding', 'gzip');
  return c.body(file.zipped);
}

/**
 * Sends rows as they are computed. A client that disconnects ends the computation; one that reads too slowly is disconnected, because
 * its request occupies the place of another one.
 */
export function sendStream(
  c: RequestContext,
  answer: Extract<Answer, { kind: 'stream' }>,
  release: () => void,
): Response {
  const iterator = answer.chunks[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let timer: NodeJS.Timeout | null = null;
  const finish = (): void => {
    if (timer !== null) clearTimeout(timer);
    release();
  };
  if (!answer.isComputing) release();
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const limit = answer.isComputing ? maxComputingTime : maxSendingTime;
      timer = setTimeout(() => {
        controller.error(new Error('the client reads too slowly'));
        void Promise.resolve(iterator.return?.()).finally(finish);
      }, limit);
    },
    async pull(controller) {
      try {
        const next = await iterator.next();
        if (next.done !== true) {
          controller.enqueue(typeof next.value === 'string' ? encoder.encode(next.value) : next.value);
          return;
        }
        finish();
        controller.close();
      } catch (error) {
        finish();
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
      finish();
    },
  });
  c.header('content-type', answer.contentType);
  if (answer.fileName !== null) c.header('content-disposition', `attachment; filename="${answer.fileName}"`);
  return c.body(stream);
}
