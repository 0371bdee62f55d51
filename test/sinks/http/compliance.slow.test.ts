import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyHost } from '../../../src/platform/http/allowed-hosts.js';
import { createHttpSink } from '../../../src/sinks/http/http-sink.js';
import { sinkComplianceSuite } from '../compliance-suite.js';
import { startReceiver } from './receiver.js';

sinkComplianceSuite('http', async () => {
  const secret = 'a secret of the test';
  const receiver = await startReceiver(secret);
  const folder = await mkdtemp(join(tmpdir(), 'pipe-http-'));
  let now = Date.UTC(2026, 10, 20);
  return {
    createSink: (selections, scratch) =>
      createHttpSink({
        name: 'receiver',
        selections,
        scratch,
        folder,
        url: receiver.url,
        readUrl: receiver.url,
        secret,
        allowedHosts: anyHost,
        timeout: 120_000,
        signal: new AbortController().signal,
        now: () => (now += 1_000),
      }),
    folders: [],
    damage() {
      const rows = receiver.rows('equity_bars');
      rows.delete([...rows.keys()][0] ?? '');
      return Promise.resolve();
    },
    addGhost() {
      const [row] = receiver.rows('contracts').values();
      receiver.rows('contracts').set('ghost', { ...row, symbol: 'GHOST' });
      return Promise.resolve();
    },
    outage: { stop: () => receiver.kill(), start: () => receiver.start() },
    async close() {
      await receiver.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
