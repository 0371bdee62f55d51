import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Duration, Instant } from '../../core/time/time.js';
import type { AllowedHosts } from '../../platform/http/allowed-hosts.js';
import { readBeginning, requestHttp, timedOut } from '../../platform/http/post-json.js';
import type { HttpOutcome } from '../../platform/http/post-json.js';
import { SinkError } from '../sink.js';
import { signBody, signatureHeader } from './signature.js';

export interface HttpAddress {
  /** May contain user and password. */
  readonly url: string;
  /** Where the receiver returns its rows; null if it does not. */
  readonly readUrl: string | null;
  /** The key of the signatures. */
  readonly secret: string;
  readonly allowedHosts: AllowedHosts;
  /** The longest time that the receiver may take for an answer. */
  readonly timeout: Duration;
  /** Ends requests in flight. */
  readonly signal: AbortSignal;
  readonly now: () => Instant;
}

export type PostOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface HttpClient {
  /** Sends lines of JSON. Not ok if the receiver refuses their content. */
  post(key: string, body: string): Promise<PostOutcome>;
  /** Writes the rows of a table that the receiver has into a file, as lines of JSON. */
  readToFile(table: string, path: string): Promise<void>;
}

/** The receiver refuses what is in the body; every other status is about the request as such. */
const contentStatuses: ReadonlySet<number> = new Set([400, 413, 422]);

export function createHttpClient(address: HttpAddress): HttpClient {
  const { url, readUrl, secret, allowedHosts, timeout, signal, now } = address;
  const place = new URL(url).host;

  function expectResponse<T>(outcome: HttpOutcome<T>): { readonly status: number } & T {
    if (outcome.kind === 'response') return outcome;
    const message = `cannot reach the receiver at ${place} (${outcome.problem})`;
    if (outcome.kind === 'blocked') throw new SinkError('rejected', message, 'set the address of the sink');
    if (outcome.problem === timedOut)
      throw new SinkError('timeout', message, 'look at the load of the receiver, or set a longer timeout of the sink');
    throw new SinkError('unreachable', message, 'start the receiver, or set the address of the sink');
  }

  function createStatusError(status: number, text: string): SinkError {
    const message = `the receiver at ${place} answered HTTP ${String(status)}: ${shorten(text)}`;
    if (status === 401 || status === 403) return new SinkError('rejected', message, 'set the secret of the sink');
    if (status === 408 || status === 425 || status === 429 || status >= 500)
      return new SinkError('unreachable', message, 'look at the log of the receiver; the next run tries again');
    return new SinkError('rejected', message, 'set the address of the sink, or look at the log of the receiver');
  }

  return {
    async post(key, body) {
      const headers = {
        'content-type': 'application/x-ndjson',
        'idempotency-key': key,
        [signatureHeader]: signBody(secret, body, now()),
      };
      const request = { method: 'POST', headers, body } as const;
      const options = { timeout, signal, allowedHosts };
      const { status, text } = expectResponse(await requestHttp(url, request, options, readBeginning));
      if (status >= 200 && status < 300) return { ok: true };
      if (contentStatuses.has(status)) return { ok: false, reason: `HTTP ${String(status)}: ${shorten(text)}` };
      throw createStatusError(status, text);
    },
    async readToFile(table, path) {
      const target = new URL(readUrl ?? url);
      target.searchParams.set('table', table);
      const headers = { accept: 'application/x-ndjson', [signatureHeader]: signBody(secret, table, now()) };
      const request = { method: 'GET', headers, body: null } as const;
      const options = { timeout, signal, allowedHosts };
      const { status, text } = expectResponse(
        await requestHttp(target.href, request, options, async (response) => {
          if (!response.ok || response.body === null) return readBeginning(response);
          await pipeline(Readable.from(response.body), createWriteStream(path));
          return { text: '', isTruncated: false };
        }),
      );
      if (status < 200 || status >= 300) throw createStatusError(status, text);
    },
  };
}

function shorten(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
