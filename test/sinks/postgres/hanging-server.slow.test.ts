import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findRequirement, titled } from '../../requirements.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import { startPostgres } from './postgres-server.js';
import type { PostgresServer } from './postgres-server.js';

const postgres = findRequirement('postgres');

const pipeline = `name: night
provider: mock
symbols: [AAPL, MSFT]
steps:
  contracts: {}
  equity: { needs: contracts, lookback: 3 sessions }
  quotes: { needs: contracts, refresh: 1ms }
sinks:
  warehouse: { kind: postgres, url: '\${PG_URL}', tables: [equity_bars, quotes], timeout: 1s }
alerts:
  channels: { desk: { kind: command, command: [sh, -c, 'cat >> sent.ndjson; echo >> sent.ndjson'] } }
  rules: [{ on: sink_failed, channels: [desk] }]
`;

/** Passes connections on to a server until it hangs: then it takes connections and bytes, and answers nothing. */
interface HangingProxy {
  readonly port: number;
  /** Hangs now, or as soon as a client sends a text. */
  hang(at?: string): void;
  recover(): void;
}

async function startProxy(serverPort: number): Promise<HangingProxy> {
  let hangsAt: string | null = null;
  let hangs = false;
  const open = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    for (const socket of [client, server]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
    }
    client.on('data', (bytes: Buffer) => {
      if (hangsAt !== null && bytes.includes(hangsAt)) hangs = true;
      if (!hangs) server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (!hangs) client.write(bytes);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => {
      if (!hangs) client.destroy();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    proxy.close();
  });
  return {
    port: (proxy.address() as AddressInfo).port,
    hang(at) {
      if (at === undefined) hangs = true;
      else hangsAt = at;
    },
    recover() {
      hangs = false;
      hangsAt = null;
    },
  };
}

describe.skipIf(postgres.missing)(
  titled('a PostgreSQL server that takes connections and does not answer', postgres),
  () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres(postgres.path);
    });
    afterAll(() => server.close());

    async function openProject(): Promise<{
      readonly rig: Rig;
      readonly proxy: HangingProxy;
      readonly env: { PG_URL: string };
    }> {
      const url = new URL(await server.createDatabase());
      const proxy = await startProxy(server.port);
      url.port = String(proxy.port);
      const rig = await createRig();
      await rig.write('night.yaml', pipeline);
      const env = { PG_URL: url.href };
      expect((await rig.pipe('sink', 'setup', '--pipeline', 'night.yaml', { env })).exitCode).toBe(0);
      return { rig, proxy, env };
    }

    async function countAlerts(rig: Rig): Promise<number> {
      return (await rig.files()).includes('sent.ndjson')
        ? (await rig.read('sent.ndjson')).split('\n').filter((line) => line.includes('sink_failed')).length
        : 0;
    }

    it('does not harm runs, is one alert, and is delivered to afterwards', async () => {
      const { rig, proxy, env } = await openProject();
      const run = (time: string) => rig.pipe('--now', `2026-11-20T${time}:00Z`, 'run', 'night.yaml', { env });
      const status = () => rig.pipe('sink', 'status', '--pipeline', 'night.yaml', '--json', { env });
      proxy.hang('COPY');
      const first = await run('22:00');
      expect(first).toMatchObject({
        exitCode: 0,
        stderr: expect.stringContaining('did not answer within 1s') as string,
      });
      // The second run finds a server that does not even take statements.
      const second = await run('22:10');
      expect(second).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('did not answer within') as string });
      expect(await countAlerts(rig)).toBe(1);
      proxy.recover();
      expect(JSON.parse((await status()).stdout)).toMatchObject({ sinks: [{ failures: 2 }] });
      const third = await run('22:20');
      expect(third).toMatchObject({ exitCode: 0 });
      expect(third.stderr).not.toContain('did not answer');
      expect((await rig.pipe('sink', 'verify', '--pipeline', 'night.yaml', { env })).exitCode).toBe(0);
    });

    it('ends a delivery at a signal', async () => {
      const { rig, proxy, env } = await openProject();
      await rig.write('night.yaml', pipeline.replace('timeout: 1s', 'timeout: 1h'));
      proxy.hang('COPY');
      const run = rig.spawn('--now', '2026-11-20T22:00:00Z', 'run', 'night.yaml', { env });
      // The sink holds its lock while it delivers.
      await expect
        .poll(async () => (await rig.files('data')).some((path) => path.includes('sink') && path.includes('lock')))
        .toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 300));
      run.kill('SIGINT');
      expect((await run.result).exitCode).toBe(130);
    });
  },
);

describe.skipIf(postgres.missing)(titled('collection_logs', postgres), () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(postgres.path);
  });
  afterAll(() => server.close());

  it('has a request in flight as pending, and its real start and end afterwards', async () => {
    const url = await server.createDatabase();
    const env = { PG_URL: url, PIPE_MOCK_DELAY: '2s' };
    const rig = await createRig();
    await rig.write('night.yaml', pipeline.replace('timeout: 1s', 'timeout: 1m'));
    expect((await rig.pipe('sink', 'setup', '--pipeline', 'night.yaml', { env })).exitCode).toBe(0);
    const select = `SELECT s.symbol, l.collection_type, l.status, l.records_collected::int AS rows, l.completed_at IS NULL AS is_open,
      extract(epoch FROM l.completed_at - l.started_at)::float AS seconds, l.started_at
      FROM collection_logs l JOIN symbols s ON s.id = l.symbol_id WHERE l.collection_type = 'historical' ORDER BY s.symbol`;
    const run = rig.spawn('run', 'night.yaml', { env });
    let pending: readonly Readonly<Record<string, unknown>>[] = [];
    await expect
      .poll(async () => (pending = await server.query(url, select)).map(({ status }) => status))
      .toEqual(['pending', 'pending']);
    expect(pending).toMatchObject([
      { symbol: 'AAPL', is_open: true, rows: 0 },
      { symbol: 'MSFT', is_open: true, rows: 0 },
    ]);
    expect((await run.result).exitCode).toBe(0);
    const ended = await server.query(url, select);
    expect(ended).toMatchObject([
      { symbol: 'AAPL', status: 'completed', rows: 3, started_at: pending[0]?.['started_at'] },
      { symbol: 'MSFT', status: 'completed', rows: 3 },
    ]);
    for (const { seconds } of ended) expect(Number(seconds)).toBeGreaterThanOrEqual(2);
  });

  it('ends the pending requests of a run that was killed', async () => {
    const url = await server.createDatabase();
    const env = { PG_URL: url };
    const rig = await createRig();
    await rig.write(
      'night.yaml',
      pipeline.replace('tables: [equity_bars, quotes], timeout: 1s', 'tables: [contracts]'),
    );
    expect((await rig.pipe('sink', 'setup', '--pipeline', 'night.yaml', { env })).exitCode).toBe(0);
    const run = rig.spawn('run', 'night.yaml', { env: { ...env, PIPE_MOCK_DELAY: '1h' } });
    const select = "SELECT status, error_message FROM collection_logs WHERE status <> 'completed'";
    await expect.poll(async () => (await server.query(url, select)).length).toBeGreaterThan(0);
    run.kill('SIGKILL');
    await run.result;
    expect((await rig.pipe('run', 'night.yaml', { env })).exitCode).toBe(0);
    const left = await server.query(url, select);
    expect(left.length).toBeGreaterThan(0);
    for (const row of left)
      expect(row).toEqual({ status: 'failed', error_message: 'the run ended before an answer came' });
  });
});
