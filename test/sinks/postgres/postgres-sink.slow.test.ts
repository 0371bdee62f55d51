import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openLakeFeed } from '../../../src/lake/feed/lake-feed.js';
import { anyHost } from '../../../src/platform/http/allowed-hosts.js';
import { deliverChanges } from '../../../src/sinks/deliver-changes.js';
import type { Sink } from '../../../src/sinks/sink.js';
import { createPostgresSink } from '../../../src/sinks/postgres/postgres-sink.js';
import { readDocument } from '../../docs/documents.js';
import { bars, commit, equity, openLakeFixture, rowlessResult } from '../../lake/lake-fixture.js';
import type { LakeFixture } from '../../lake/lake-fixture.js';
import { findRequirement, titled } from '../../requirements.js';
import { Type } from '../sink-tables.js';
import { startPostgres } from './postgres-server.js';
import type { PostgresServer } from './postgres-server.js';

const postgres = findRequirement('postgres');

/** The tables of a collector that wrote them before, as its documents have them. */
const olderTables = `
  CREATE TABLE symbols (id SERIAL PRIMARY KEY, symbol VARCHAR(20) NOT NULL, exchange VARCHAR(20), active BOOLEAN DEFAULT true);
  CREATE TABLE market_data (
    id SERIAL PRIMARY KEY, symbol_id INTEGER REFERENCES symbols(id), timestamp TIMESTAMP NOT NULL, timeframe VARCHAR(20) NOT NULL,
    open NUMERIC(10,4) NOT NULL, high NUMERIC(10,4) NOT NULL, low NUMERIC(10,4) NOT NULL, close NUMERIC(10,4) NOT NULL,
    volume INTEGER DEFAULT 0, wap NUMERIC(10,4), bar_count INTEGER DEFAULT 0, created_at TIMESTAMP DEFAULT NOW());
  CREATE TABLE collection_logs (
    id SERIAL PRIMARY KEY, symbol_id INTEGER REFERENCES symbols(id), collection_type VARCHAR(50) NOT NULL,
    timeframe VARCHAR(20) NOT NULL, start_date TIMESTAMP, end_date TIMESTAMP, status VARCHAR(20) DEFAULT 'pending',
    error_message TEXT, records_collected INTEGER DEFAULT 0, started_at TIMESTAMP DEFAULT NOW(), completed_at TIMESTAMP);
  INSERT INTO symbols (symbol, exchange) VALUES ('MSFT', 'NASDAQ');
  INSERT INTO market_data (symbol_id, timestamp, timeframe, open, high, low, close) VALUES (1, '2020-01-02', '1day', 1, 2, 1, 2)`;

describe.skipIf(postgres.missing)(titled('a PostgreSQL sink', postgres), () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(postgres.path);
  });
  afterAll(() => server.close());

  async function withSink<T>(
    lake: LakeFixture,
    url: string,
    work: (
      sink: Sink,
      deliver: () => ReturnType<typeof deliverChanges>,
      differences: () => Promise<number>,
    ) => Promise<T>,
  ): Promise<T> {
    const scratch = await mkdtemp(join(tmpdir(), 'pipe-sink-'));
    onTestFinished(() => rm(scratch, { recursive: true, force: true }));
    const feed = openLakeFeed(lake.folder, [scratch]);
    const sink = createPostgresSink({
      name: 'warehouse',
      selections: [Type.bars],
      scratch,
      url,
      allowedHosts: anyHost,
      connectTimeout: 60_000,
      timeout: 600_000,
      signal: new AbortController().signal,
      symbols: new Map(),
      times: { find: () => Promise.resolve(null) },
    });
    try {
      return await work(
        sink,
        () => deliverChanges(sink, feed, { signal: new AbortController().signal }),
        async () => {
          const changes = await feed.stage('equity_bars', null);
          const compared = changes === null ? null : await sink.compare(feed, changes);
          return compared?.differences.length ?? -1;
        },
      );
    } finally {
      await sink.close();
      await feed.close();
    }
  }

  it('fills tables that another collector created, and leaves its rows', async () => {
    const url = await server.createDatabase();
    await server.query(url, olderTables);
    const lake = await openLakeFixture();
    await commit(lake, 'equity_bars', [bars(equity('MSFT'), '2026-11-16', '2026-11-20', { price: 1.23456 })]);
    await withSink(lake, url, async (sink, deliver, differences) => {
      await sink.setup();
      expect(await deliver()).toMatchObject({ rows: 4, refused: 0 });
      expect(await differences()).toBe(0);
    });
    expect(await server.query(url, 'SELECT count(*)::int AS n, min(symbol_id) AS id FROM market_data')).toEqual([
      { n: 5, id: 1 },
    ]);
  });

  it('sets rows apart that the database refuses, with the reason, and delivers the others', async () => {
    const url = await server.createDatabase();
    await server.query(url, olderTables);
    const lake = await openLakeFixture();
    await commit(lake, 'equity_bars', [
      bars(equity('AAPL'), '2026-11-16', '2026-11-20', { price: 999_999.5 }),
      bars(equity('MSFT'), '2026-11-16', '2026-11-20'),
    ]);
    await withSink(lake, url, async (sink, deliver, differences) => {
      await sink.setup();
      expect(await deliver()).toMatchObject({ rows: 4, refused: 4 });
      expect(await differences()).toBe(0);
    });
    const refused = await server.query(
      url,
      "SELECT reason, row_values->>'high' AS high FROM pipe_refused_rows ORDER BY row_key",
    );
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({
      reason: expect.stringContaining('numeric field overflow') as string,
      high: '1000000.5',
    });
  });

  it('answers the monitoring queries of its document', async () => {
    const url = await server.createDatabase();
    const lake = await openLakeFixture();
    await commit(lake, 'equity_bars', [
      bars(equity('AAPL'), '2026-11-16', '2026-11-20'),
      rowlessResult(equity('MSFT'), '2026-11-16', '2026-11-20', 'failed'),
    ]);
    await withSink(lake, url, async (sink, deliver) => {
      await sink.setup();
      await deliver();
    });
    // The queries ask for the days before today.
    await server.query(
      url,
      "UPDATE collection_logs SET started_at = now(), completed_at = now() + INTERVAL '2 seconds'",
    );
    const queries = [...readDocument('docs/how-to/sinks.md').text.matchAll(/```text\n(SELECT[^]*?)```/g)].map(
      ([, sql = '']) => sql,
    );
    expect(queries).toHaveLength(3);
    const [recent, coverage, statistics] = await Promise.all(queries.map((sql) => server.query(url, sql)));
    expect(recent?.map(({ symbol, status, error_message: error }) => [symbol, status, error])).toEqual(
      expect.arrayContaining([
        ['AAPL', 'completed', null],
        ['MSFT', 'failed', 'reason of the test'],
      ]) as unknown[],
    );
    expect(coverage?.map(({ symbol, data_points: points }) => [symbol, points])).toEqual([
      ['AAPL', '4'],
      ['MSFT', '0'],
    ]);
    expect(statistics).toMatchObject([{ total_attempts: '2', successful: '1', failed: '1' }]);
  });
});
