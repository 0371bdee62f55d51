import fc from 'fast-check';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openLakeFeed } from '../../../src/lake/feed/lake-feed.js';
import type { LakeFeed } from '../../../src/lake/feed/feed.js';
import { anyHost } from '../../../src/platform/http/allowed-hosts.js';
import { listen } from '../../../src/platform/http/listen.js';
import { deliverChanges } from '../../../src/sinks/deliver-changes.js';
import { createInfluxSink } from '../../../src/sinks/influx/influx-sink.js';
import { createInfluxClient } from '../../../src/sinks/influx/client.js';
import type { InfluxTarget } from '../../../src/sinks/influx/client.js';
import { lineSql, tagValueSql } from '../../../src/sinks/influx/line-protocol.js';
import type { Comparison, Sink } from '../../../src/sinks/sink.js';
import { bars, commit, equity, openLakeFixture } from '../../lake/lake-fixture.js';
import type { LakeFixture } from '../../lake/lake-fixture.js';
import { findRequirement, titled } from '../../requirements.js';
import { Type, tableOptions } from '../sink-tables.js';
import { startInfluxDb, startQuestDb, startVictoriaMetrics } from './line-server.js';
import type { LineServer } from './line-server.js';

const influxd = findRequirement('influxd');
const victoriaMetrics = findRequirement('victoriaMetrics');
const questdb = findRequirement('questdb');
const signal = new AbortController().signal;

let lake: LakeFixture;
let scratch: string;
let feed: LakeFeed;
beforeEach(async () => {
  lake = await openLakeFixture();
  scratch = await mkdtemp(join(tmpdir(), 'pipe-influx-'));
  feed = openLakeFeed(lake.folder, [scratch]);
});
afterEach(async () => {
  await feed.close();
  await rm(scratch, { recursive: true, force: true });
});

function createSink(url: string, target: InfluxTarget): Sink {
  const address = { url, target, precision: 'ms', allowedHosts: anyHost, timeout: 120_000, signal } as const;
  return createInfluxSink({ ...address, name: 'metrics', selections: [Type.bars], scratch, folder: scratch });
}

async function compare(sink: Sink): Promise<Comparison | null> {
  const changes = await feed.stage('equity_bars', null);
  return changes === null ? null : sink.compare(feed, changes);
}

async function query(server: LineServer, db: string, q: string): Promise<void> {
  const response = await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ db, q }) });
  expect(response.status).toBe(200);
}

describe.skipIf(influxd.missing)(titled('with an InfluxDB 1 server', influxd), () => {
  let server: LineServer;
  beforeAll(async () => {
    server = await startInfluxDb(influxd.path);
  });
  afterAll(() => server.close());

  it('reads back every text and number that it wrote as tags and fields', async () => {
    const target = { kind: 'database', database: 'texts' } as const;
    const client = createInfluxClient({
      url: server.url,
      target,
      precision: 'ms',
      allowedHosts: anyHost,
      timeout: 120_000,
      signal,
    });
    await client.setup();
    const selection = tableOptions('option_bars', ['run_id', 'close']);
    const types = { symbol: 'VARCHAR', trading_class: 'VARCHAR', run_id: 'VARCHAR', close: 'DOUBLE', strike: 'DOUBLE' };
    const others =
      "'mock' AS provider, '1 day' AS bar_size, 'TRADES' AS what, true AS use_rth, 'C' AS \"right\", DATE '2026-12-18' AS expiry";
    const awkward = fc.constantFrom(
      '\\',
      '"',
      "'",
      ',',
      '=',
      ' ',
      '\n',
      '\r',
      '\t',
      '%',
      '#',
      '\u007f',
      'é',
      '😀',
      'a',
      '\u0001',
    );
    const text = fc.oneof(
      fc.array(awkward, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).map((value) => `-${value.replaceAll('\0', '')}`),
    );
    const rows = fc.array(
      fc.tuple(
        text,
        text,
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
      { minLength: 1, maxLength: 50 },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(rows, async (values) => {
        await client.remove([{ measurement: 'option_bars', tags: [['provider', 'mock']], start: null, end: null }]);
        await feed.define('probe', types, values);
        const relation = `(SELECT *, ${others}, make_timestamptz(rowid * 1000 + ${String(round++)}) AS ts FROM probe) AS r`;
        const { series, fields, time } = lineSql(selection, 'ms', 'r');
        const lines = await feed.query(
          `SELECT ${series} || ' ' || ${fields} || ' ' || ${time} AS line FROM ${relation}`,
        );
        expect(await client.write(lines.map(({ line }) => String(line)))).toEqual({ ok: true });
        const path = join(scratch, 'copy.csv');
        await client.queryToFile(
          'SELECT run_id::field, close::field, symbol::tag, trading_class::tag, strike::tag FROM option_bars',
          path,
        );
        const read = `read_csv('${path}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {'m': 'VARCHAR', 'g': 'VARCHAR', 't': 'VARCHAR', 'run_id': 'VARCHAR', 'close': 'DOUBLE', 'symbol': 'VARCHAR', 'trading_class': 'VARCHAR', 'strike': 'DOUBLE'})`;
        const names = 'run_id, close, symbol, trading_class, strike';
        const expected = `SELECT run_id, close, ${tagValueSql('option_bars', 'symbol', 'r')} AS symbol, ${tagValueSql('option_bars', 'trading_class', 'r')} AS trading_class, strike FROM ${relation}`;
        const different = await feed.query(
          `(SELECT 'lake' AS side, * FROM (${expected} EXCEPT ALL SELECT ${names} FROM ${read})) UNION ALL
           (SELECT 'copy' AS side, * FROM (SELECT ${names} FROM ${read} EXCEPT ALL ${expected}))`,
        );
        expect(different).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('sets refused rows apart with the reason, and delivers the others', async () => {
    const sink = createSink(server.url, { kind: 'database', database: 'refused' });
    await sink.setup();
    // A field has one type in a shard: numbers of this week are refused.
    await fetch(`${server.url}/write?db=refused&precision=ms`, {
      method: 'POST',
      body: `equity_bars,symbol=OTHER close="text" ${String(Date.UTC(2026, 10, 17, 12))}`,
    });
    await commit(lake, 'equity_bars', [
      bars(equity('AAPL'), '2026-10-05', '2026-10-09'),
      bars(equity('MSFT'), '2026-11-16', '2026-11-19'),
    ]);
    expect(await deliverChanges(sink, feed, { signal })).toMatchObject({ rows: 4, refused: 3 });
    expect(await compare(sink)).toMatchObject({ rows: 4, refused: 3, differences: [] });
    expect(await readFile(join(scratch, 'metrics.refused.ndjson'), 'utf8')).toContain('field type conflict');
    await query(server, 'refused', `DROP MEASUREMENT "equity_bars"`);
    const replayed = await deliverChanges(sink, feed, { signal, from: () => Promise.resolve(null) });
    expect(replayed).toMatchObject({ rows: 7, refused: 0 });
    expect(await compare(sink)).toMatchObject({ rows: 7, refused: 0, differences: [] });
  });

  it('says that the database is missing until it is set up', async () => {
    const sink = createSink(server.url, { kind: 'database', database: 'later' });
    await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-19')]);
    await expect(deliverChanges(sink, feed, { signal })).rejects.toMatchObject({ problem: 'setup' });
    await sink.setup();
    expect(await deliverChanges(sink, feed, { signal })).toMatchObject({ rows: 3 });
  });
});

describe.skipIf(victoriaMetrics.missing)(titled('with VictoriaMetrics', victoriaMetrics), () => {
  it('writes to the endpoint of version 2, and says that the copy cannot be read back', async () => {
    const server = await startVictoriaMetrics(victoriaMetrics.path);
    try {
      const sink = createSink(server.url, { kind: 'bucket', bucket: 'market', org: null, token: null });
      expect(await sink.setup()).toHaveLength(1);
      await commit(lake, 'equity_bars', [bars(equity('BRK B'), '2026-11-16', '2026-11-20')]);
      expect(await deliverChanges(sink, feed, { signal })).toMatchObject({ rows: 4, refused: 0 });
      expect(await compare(sink)).toBeNull();
      await fetch(`${server.url}/internal/force_flush`);
      const match = new URLSearchParams({ 'match[]': 'equity_bars_close{symbol="BRK B"}' });
      await expect
        .poll(async () => (await fetch(`${server.url}/api/v1/export?${match.toString()}`)).text(), { timeout: 30_000 })
        .toContain('"values":[100.5,100.75,101,101.25]');
    } finally {
      await server.close();
    }
  });
});

describe.skipIf(questdb.missing)(titled('with QuestDB', questdb), () => {
  it('writes its measurements as tables', async () => {
    const server = await startQuestDb(questdb.path);
    try {
      const sink = createSink(server.url, { kind: 'database', database: 'market' });
      await sink.setup();
      await commit(lake, 'equity_bars', [bars(equity('BRK B'), '2026-11-16', '2026-11-20')]);
      expect(await deliverChanges(sink, feed, { signal })).toMatchObject({ rows: 4, refused: 0 });
      expect(await compare(sink)).toBeNull();
      const search = new URLSearchParams({
        query: 'SELECT symbol, bar_size, close, timestamp FROM equity_bars ORDER BY timestamp',
      });
      const read = async (): Promise<unknown> => (await fetch(`${server.url}/exec?${search.toString()}`)).json();
      await expect.poll(read, { timeout: 30_000 }).toMatchObject({
        dataset: [100.5, 100.75, 101, 101.25].map((close, day) => [
          'BRK B',
          '1 day',
          close,
          `2026-11-${String(16 + day)}T15:00:00.000000Z`,
        ]),
      });
    } finally {
      await server.close();
    }
  });
});

it('sends token, bucket and organization, deletes windows and then writes compressed lines', async () => {
  const requests: { readonly url: string; readonly authorization: string; readonly body: string }[] = [];
  const server = await listen(
    createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts);
        const isCompressed = request.headers['content-encoding'] === 'gzip';
        const { url = '', headers } = request;
        requests.push({
          url,
          authorization: headers.authorization ?? '',
          body: (isCompressed ? gunzipSync(body) : body).toString(),
        });
        response.writeHead(204, { 'x-influxdb-version': '2.7.0' }).end();
      });
    }),
    '127.0.0.1',
    0,
  );
  try {
    const sink = createSink(server.address, { kind: 'bucket', bucket: 'market', org: 'research', token: 's3cret' });
    await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-17')]);
    await deliverChanges(sink, feed, { signal });
    await commit(lake, 'equity_bars', [bars(equity('A"B'), '2026-11-16', '2026-11-17')]);
    await deliverChanges(sink, feed, { signal });
    expect(requests.map(({ url }) => url)).toEqual([
      '/ping',
      '/api/v2/delete?bucket=market&org=research',
      '/api/v2/write?bucket=market&org=research&precision=ms',
      '/ping',
      '/api/v2/delete?bucket=market&org=research',
      '/api/v2/write?bucket=market&org=research&precision=ms',
    ]);
    expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set(['Token s3cret']));
    expect(requests[1]?.body).toContain('_measurement=\\"equity_bars\\" AND symbol=\\"AAPL\\" AND provider=');
    expect(JSON.parse(requests[4]?.body ?? '')).toMatchObject({
      start: expect.stringMatching(/^2026-11-16T/) as unknown,
      stop: expect.stringMatching(/\.999999999Z$/) as unknown,
    });
    expect(requests[5]?.body).toMatch(/^equity_bars,bar_size=1\\ day,/);
  } finally {
    await server.close();
  }
});
