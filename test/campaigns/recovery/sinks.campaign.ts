import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRequirement, titled } from '../../requirements.js';
import { createRig } from '../../rig.js';
import { startPostgres } from '../../sinks/postgres/postgres-server.js';
import type { PostgresServer } from '../../sinks/postgres/postgres-server.js';
import { seededRandom } from '../seeded-random.js';

const postgres = findRequirement('postgres');
const rounds = Number(process.env['PIPE_ROUNDS'] ?? 20);
const seed = Number(process.env['PIPE_SEED'] ?? 1);

const pipeline = `name: night
provider: mock
symbols: [AAPL, MSFT, NVDA]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: [1 day, 5 mins], lookback: 3 sessions }
  quotes: { needs: contracts, refresh: 1ms }
sinks:
  warehouse: { kind: postgres, url: '\${PG_URL}', tables: [equity_bars, quotes] }
`;

/** Kills the server at a random moment of a run, and starts it again: the next run makes the copy equal to the lake. */
describe.skipIf(postgres.missing)(titled('a PostgreSQL server that is killed during runs', postgres), () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(postgres.path);
  });
  afterAll(() => server.close());

  it(`has the rows of the lake after the next run, ${String(rounds)} times`, async () => {
    const random = seededRandom(seed);
    const rig = await createRig();
    const url = await server.createDatabase();
    const env = { PG_URL: url };
    await rig.write('night.yaml', pipeline);
    expect((await rig.pipe('sink', 'setup', '--pipeline', 'night.yaml', { env })).exitCode).toBe(0);
    let interrupted = 0;
    for (let round = 0; round < rounds; round++) {
      // A day later in each round, so that every run has bars to deliver.
      const day = new Date(Date.UTC(2025, 0, 6) + round * 86_400_000).toISOString().slice(0, 10);
      const run = ['--now', `${day}T23:00:00Z`, 'run', 'night.yaml', '--quiet'] as const;
      const first = rig.pipe(...run, { env });
      await new Promise((resolve) => setTimeout(resolve, random() * 1_500));
      await server.kill();
      // The run is not harmed.
      expect([0, 3]).toContain((await first).exitCode);
      const status = await rig.pipe('sink', 'status', '--pipeline', 'night.yaml', { env });
      if (status.exitCode !== 0) interrupted++;
      await server.start();
      const next = await rig.pipe('--now', `${day}T23:10:00Z`, ...run.slice(2), { env });
      expect(next.exitCode, next.stderr).toBe(0);
      const verified = await rig.pipe('sink', 'verify', '--pipeline', 'night.yaml', { env });
      expect(
        verified.exitCode,
        `round ${String(round)} of seed ${String(seed)}\n${verified.stdout}${verified.stderr}`,
      ).toBe(0);
    }
    const [copied] = await server.query(
      url,
      'SELECT count(*)::int AS n, count(DISTINCT (symbol_id, timeframe, timestamp, provider, what, use_rth))::int AS keys FROM market_data',
    );
    expect(copied?.['n']).toBe(copied?.['keys']);
    expect(interrupted).toBeGreaterThan(0);
  });
});
