import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tables } from '../../../src/core/tables/tables.js';
import type { Dataset } from '../../../src/core/tables/tables.js';

type Row = Readonly<Record<string, unknown>>;

interface ReplacedWindow {
  readonly start: string | null;
  readonly end: string | null;
  readonly [column: string]: unknown;
}

interface CommitLine {
  readonly type: 'commit';
  readonly table: Dataset;
  readonly version: number;
  readonly windows: readonly ReplacedWindow[];
}

interface RowLine {
  readonly type: 'row';
  readonly table: Dataset;
  readonly key: string;
  readonly row: Row;
}

type Line = CommitLine | RowLine | { readonly type: 'hello' };

/** A server that keeps what is posted to it, as the document of the sink describes a receiver. */
export interface Receiver {
  readonly url: string;
  /** The keys of the requests that it took, also those that it had taken before. */
  readonly keys: readonly string[];
  readonly commits: readonly CommitLine[];
  rows(table: Dataset): Map<string, Row>;
  /** Takes the place of the answer to the next requests; null for the usual one. */
  onRequest(respond: ((lines: readonly Line[], response: ServerResponse) => boolean) | null): void;
  /** Ends every connection at once; what it has taken stays. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

export async function startReceiver(secret: string): Promise<Receiver> {
  const stored = new Map<Dataset, Map<string, Row>>();
  const taken = new Set<string>();
  const keys: string[] = [];
  const commits: CommitLine[] = [];
  let respondFirst: ((lines: readonly Line[], response: ServerResponse) => boolean) | null = null;
  let server: Server;
  let port = 0;

  const rows = (table: Dataset): Map<string, Row> => {
    const found = stored.get(table) ?? new Map<string, Row>();
    stored.set(table, found);
    return found;
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
    const table = new URL(request.url ?? '/', 'http://receiver').searchParams.get('table');
    if (!isSigned(request, request.method === 'GET' ? (table ?? '') : body)) {
      response.writeHead(401).end('wrong signature');
      return;
    }
    if (request.method === 'GET') {
      const found = [...rows(table as Dataset).values()];
      response.writeHead(200).end(found.map((row) => `${JSON.stringify(row)}\n`).join(''));
      return;
    }
    const lines = body
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
    if (respondFirst?.(lines, response) === true) return;
    const key = String(request.headers['idempotency-key']);
    keys.push(key);
    if (!taken.has(key)) for (const line of lines) take(line);
    taken.add(key);
    response.writeHead(204).end();
  }

  function take(line: Line): void {
    if (line.type === 'row') rows(line.table).set(line.key, line.row);
    if (line.type !== 'commit') return;
    commits.push(line);
    for (const [key, row] of rows(line.table))
      if (line.windows.some((window) => isInWindow(row, window, tables[line.table].time))) rows(line.table).delete(key);
  }

  function isSigned({ headers }: IncomingMessage, signed: string): boolean {
    const [, seconds = '', signature = ''] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['pipe-signature'])) ?? [];
    const expected = createHmac('sha256', secret).update(`${seconds}.${signed}`).digest('hex');
    return signature !== '' && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
  }

  async function start(): Promise<void> {
    server = createServer((request, response) => {
      respond(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  }

  await start();
  return {
    get url() {
      return `http://127.0.0.1:${String(port)}/market`;
    },
    keys,
    commits,
    rows,
    onRequest(respondNext) {
      respondFirst = respondNext;
    },
    kill: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    start,
  };
}

function isInWindow(row: Row, { start, end, ...series }: ReplacedWindow, time: string): boolean {
  const at = String(row[time]);
  const isOfSeries = Object.entries(series).every(([column, value]) => (row[column] ?? null) === value);
  return isOfSeries && (start === null || at >= start) && (end === null || at < end);
}
