import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import type { AllowedHosts } from '../../platform/http/allowed-hosts.js';
import { readBeginning, requestHttp, timedOut } from '../../platform/http/post-json.js';
import type { HttpRequest } from '../../platform/http/post-json.js';
import { isRecord } from '../../platform/json.js';
import { trimEndOf } from '../../platform/text/trim-end.js';
import { SinkError } from '../sink.js';
import type { InfluxPrecision } from './line-protocol.js';

/** Where the points are: a database of InfluxDB 1, or a bucket of version 2. */
export type InfluxTarget =
  | { readonly kind: 'database'; readonly database: string }
  | { readonly kind: 'bucket'; readonly bucket: string; readonly org: string | null; readonly token: string | null };

export interface InfluxAddress {
  /** May contain user and password. */
  readonly url: string;
  readonly target: InfluxTarget;
  readonly precision: InfluxPrecision;
  readonly allowedHosts: AllowedHosts;
  /** The longest time that the server may take for an answer. */
  readonly timeout: Duration;
  /** Ends requests in flight. */
  readonly signal: AbortSignal;
}

/** A window of one series to delete; an instant is null for no bound, and the end is exclusive. In milliseconds. */
export interface DeletedWindow {
  readonly measurement: string;
  readonly tags: readonly (readonly [name: string, value: string])[];
  readonly start: number | null;
  readonly end: number | null;
}

export type WriteOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface InfluxClient {
  /** Whether the server is InfluxDB: others that take the line protocol neither delete windows nor answer its queries. */
  isInfluxDb(): Promise<boolean>;
  setup(): Promise<string>;
  /** Not ok if the server refuses lines; it may have stored some of them. */
  write(lines: readonly string[]): Promise<WriteOutcome>;
  remove(windows: readonly DeletedWindow[]): Promise<void>;
  /** Runs a query in InfluxQL and writes its rows as CSV into a file, times in milliseconds. */
  queryToFile(query: string, path: string): Promise<void>;
}

const compress = promisify(gzip);

/** For the answer to a ping, which comes before everything else: a server that hangs delays a run no longer than this. */
const pingTimeout = 10 * second;

/** The statements of one request that deletes windows of InfluxDB 1. */
const statementsPerRequest = 200;

/** The first and last instant that InfluxDB can hold. */
const firstTime = '1677-09-21T00:12:43.145224194Z';
const lastTime = '2262-04-11T23:47:16.854775806Z';

export function createInfluxClient(address: InfluxAddress): InfluxClient {
  const { url, target, precision, allowedHosts, timeout, signal } = address;
  const base = trimEndOf(url, '/');
  const place = new URL(url).host;
  const login: Record<string, string> =
    target.kind === 'bucket' && target.token !== null ? { authorization: `Token ${target.token}` } : {};

  async function request<T>(
    path: string,
    parameters: Readonly<Record<string, string>>,
    { method = 'POST', headers = {}, body = null }: Partial<HttpRequest>,
    read: (response: Response) => Promise<T>,
  ): Promise<{ readonly status: number } & T> {
    const query = new URLSearchParams(parameters).toString();
    const outcome = await requestHttp(
      `${base}${path}${query === '' ? '' : `?${query}`}`,
      { method, headers: { ...login, ...headers }, body },
      { timeout: path === '/ping' ? Math.min(timeout, pingTimeout) : timeout, signal, allowedHosts },
      read,
    );
    if (outcome.kind === 'response') return outcome;
    const message = `cannot reach InfluxDB at ${place} (${outcome.problem})`;
    if (outcome.kind === 'blocked') throw new SinkError('rejected', message, 'set the address of the sink');
    if (outcome.problem === timedOut)
      throw new SinkError('timeout', message, 'look at the load of the server, or set a longer timeout of the sink');
    throw new SinkError('unreachable', message, 'start the server, or set the address of the sink');
  }

  /** Throws for every status but success and, if the caller handles it, a refusal of the content. */
  function check(status: number, text: string): void {
    if (status >= 200 && status < 300) return;
    const reason = shorten(parseError(text) ?? text);
    const message = `InfluxDB at ${place} answered HTTP ${String(status)}: ${reason}`;
    if (status === 401 || status === 403)
      throw new SinkError('rejected', message, 'set the token, or the user and password in the address of the sink');
    if (status === 404) throw new SinkError('setup', message, setupHint);
    if (status === 429 || status >= 500)
      throw new SinkError('unreachable', message, 'look at the log of the server; the next run tries again');
    throw new SinkError('rejected', message, 'check the settings of the sink');
  }
  const setupHint =
    target.kind === 'database' ? 'run pipe sink setup' : 'create the bucket, such as with `influx bucket create`';

  async function runStatements(database: string, statements: readonly string[]): Promise<void> {
    const body = new URLSearchParams({ db: database, q: statements.join('; ') }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status, text } = await request('/query', {}, { headers, body }, readBeginning);
    check(status, text);
    const error = parseError(text);
    if (error === null) return;
    const isMissing = error.startsWith('database not found');
    throw new SinkError(
      isMissing ? 'setup' : 'rejected',
      `InfluxDB at ${place} reports: ${shorten(error)}`,
      isMissing ? setupHint : 'check the rights of the user',
    );
  }

  const bucketParameters = (bucket: string, org: string | null): Record<string, string> =>
    org === null ? { bucket } : { bucket, org };

  return {
    async isInfluxDb() {
      const { status, text, version, server } = await request('/ping', {}, { method: 'GET' }, async (response) => ({
        ...(await readBeginning(response)),
        version: response.headers.get('x-influxdb-version'),
        server: response.headers.get('server'),
      }));
      check(status, text);
      // QuestDB names a version of InfluxDB, and has none of its queries.
      return version !== null && server?.startsWith('questDB') !== true;
    },

    async setup() {
      if (target.kind === 'database') {
        await runStatements(target.database, [`CREATE DATABASE ${quoteInflux(target.database)}`]);
        return `database ${target.database}`;
      }
      const { bucket, org } = target;
      const parameters = org === null ? { name: bucket } : { name: bucket, org };
      const { status, text } = await request('/api/v2/buckets', parameters, { method: 'GET' }, readBeginning);
      check(status, text);
      const content = parseJson(text);
      if (!isRecord(content) || !Array.isArray(content['buckets']) || content['buckets'].length === 0)
        throw new SinkError('setup', `InfluxDB at ${place} has no bucket ${bucket}`, setupHint);
      return `bucket ${bucket}`;
    },

    async write(lines) {
      const body = new Uint8Array(await compress(lines.join('\n'), { level: 1 }));
      const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-encoding': 'gzip' };
      const { status, text } = await (target.kind === 'database'
        ? request(
            '/write',
            { db: target.database, precision: v1Precision[precision] },
            { headers, body },
            readBeginning,
          )
        : request(
            '/api/v2/write',
            { ...bucketParameters(target.bucket, target.org), precision },
            { headers, body },
            readBeginning,
          ));
      if (status === 400 || status === 413 || status === 422)
        return { ok: false, reason: shorten(parseError(text) ?? text) };
      check(status, text);
      return { ok: true };
    },

    async remove(windows) {
      if (target.kind === 'database') {
        for (let first = 0; first < windows.length; first += statementsPerRequest)
          await runStatements(target.database, windows.slice(first, first + statementsPerRequest).map(formatDelete));
        return;
      }
      for (const { measurement, tags, start, end } of windows) {
        const predicate = [['_measurement', measurement] as const, ...tags]
          .map(([name, value]) => `${name}="${value.replaceAll('"', '\\"')}"`)
          .join(' AND ');
        const body = JSON.stringify({
          start: start === null ? firstTime : new Date(start).toISOString(),
          // No point is in the last millisecond's fractions, whether the server takes the end as inclusive or not.
          stop: end === null ? lastTime : new Date(end - 1).toISOString().replace('Z', '999999Z'),
          predicate,
        });
        const headers = { 'content-type': 'application/json' };
        const parameters = bucketParameters(target.bucket, target.org);
        const { status, text } = await request('/api/v2/delete', parameters, { headers, body }, readBeginning);
        check(status, text);
      }
    },

    async queryToFile(query, path) {
      const db = target.kind === 'database' ? target.database : target.bucket;
      const parameters = { db, epoch: 'ms', q: query };
      const headers = { accept: 'application/csv' };
      const { status, text } = await request('/query', parameters, { method: 'GET', headers }, async (response) => {
        const isCsv = response.headers.get('content-type')?.includes('csv') === true;
        if (!response.ok || !isCsv || response.body === null) return readBeginning(response);
        await saveBody(response.body, path);
        return { text: '', isTruncated: false };
      });
      check(status, text);
      const error = parseError(text) ?? (text === '' ? null : text);
      if (error !== null)
        throw new SinkError('rejected', `InfluxDB at ${place} cannot be read: ${shorten(error)}`, setupHint);
    },
  };
}

const v1Precision = { ns: 'n', us: 'u', ms: 'ms' } as const satisfies Record<InfluxPrecision, string>;

/** A statement of InfluxQL that deletes a window. */
export function formatDelete({ measurement, tags, start, end }: DeletedWindow): string {
  const conditions = tags.map(([name, value]) => `${quoteInflux(name)} = ${quoteInfluxText(value)}`);
  if (start !== null) conditions.push(`time >= ${String(start)}ms`);
  if (end !== null) conditions.push(`time < ${String(end)}ms`);
  return `DELETE FROM ${quoteInflux(measurement)} WHERE ${conditions.join(' AND ')}`;
}

export function quoteInflux(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

export function quoteInfluxText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

async function saveBody(body: ReadableStream<Uint8Array>, path: string): Promise<void> {
  await pipeline(Readable.from(body), createWriteStream(path));
}

/** The error in a response of either version; null if it has none. */
function parseError(text: string): string | null {
  const content = parseJson(text);
  if (!isRecord(content)) return null;
  for (const key of ['error', 'message']) if (typeof content[key] === 'string') return content[key];
  const results: unknown = content['results'];
  for (const result of Array.isArray(results) ? results : [])
    if (isRecord(result) && typeof result['error'] === 'string') return result['error'];
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function shorten(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
