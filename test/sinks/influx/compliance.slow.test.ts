import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { anyHost } from '../../../src/platform/http/allowed-hosts.js';
import { createInfluxSink } from '../../../src/sinks/influx/influx-sink.js';
import { findRequirement, titled } from '../../requirements.js';
import { sinkComplianceSuite } from '../compliance-suite.js';
import { startInfluxDb } from './line-server.js';
import type { LineServer } from './line-server.js';

const influxd = findRequirement('influxd');

describe.skipIf(influxd.missing)(titled('with an InfluxDB 1 server', influxd), () => {
  let server: LineServer;
  let databases = 0;
  beforeAll(async () => {
    server = await startInfluxDb(influxd.path);
  });
  afterAll(() => server.close());

  sinkComplianceSuite('influx', async () => {
    const database = `market ${String(++databases)}`;
    const folder = await mkdtemp(join(tmpdir(), 'pipe-influx-'));
    return {
      createSink: (selections, scratch) =>
        createInfluxSink({
          name: 'metrics',
          selections,
          scratch,
          folder,
          url: server.url,
          target: { kind: 'database', database },
          precision: 'ms',
          allowedHosts: anyHost,
          timeout: 120_000,
          signal: new AbortController().signal,
        }),
      folders: [],
      async damage() {
        const parameters = new URLSearchParams({ db: database, q: `DELETE FROM equity_bars WHERE symbol = 'AAPL'` });
        const response = await fetch(`${server.url}/query`, { method: 'POST', body: parameters });
        expect(response.status).toBe(200);
      },
      addGhost: null,
      outage: { stop: () => server.kill(), start: () => server.start() },
      close: () => rm(folder, { recursive: true, force: true }),
    };
  });
});
