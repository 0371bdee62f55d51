import { afterAll, beforeAll, describe } from 'vitest';
import { anyHost } from '../../../src/platform/http/allowed-hosts.js';
import { createPostgresSink } from '../../../src/sinks/postgres/postgres-sink.js';
import { findRequirement, titled } from '../../requirements.js';
import { sinkComplianceSuite } from '../compliance-suite.js';
import { startPostgres } from './postgres-server.js';
import type { PostgresServer } from './postgres-server.js';

const postgres = findRequirement('postgres');
const never = new AbortController().signal;

describe.skipIf(postgres.missing)(titled('with a PostgreSQL server', postgres), () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(postgres.path);
  });
  afterAll(() => server.close());

  sinkComplianceSuite('postgres', async () => {
    const url = await server.createDatabase();
    return {
      createSink: (selections, scratch) =>
        createPostgresSink({
          name: 'warehouse',
          selections,
          scratch,
          url,
          allowedHosts: anyHost,
          connectTimeout: 60_000,
          timeout: 600_000,
          signal: never,
          symbols: new Map(),
          times: { find: () => Promise.resolve(null) },
        }),
      folders: [],
      async damage() {
        await server.query(url, 'DELETE FROM market_data WHERE id = (SELECT min(id) FROM market_data)');
      },
      async addGhost() {
        await server.query(
          url,
          `INSERT INTO contracts SELECT (jsonb_populate_record(c, '{"symbol": "GHOST"}')).* FROM contracts c`,
        );
      },
      outage: { stop: () => server.kill(), start: () => server.start() },
      close: () => Promise.resolve(),
    };
  });
});
