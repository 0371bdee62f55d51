import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRequirement, titled } from '../../requirements.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import { startPostgres } from '../../sinks/postgres/postgres-server.js';
import type { PostgresServer } from '../../sinks/postgres/postgres-server.js';

const postgres = findRequirement('postgres');

const pipeline = `name: night
provider: mock
symbols:
  - SPY
  - { postgres: '\${PG_URL}', where: active }
steps:
  contracts: {}
`;

/** The table of a collector that kept its symbols in a database. */
const symbols = `
  CREATE TABLE symbols (id SERIAL PRIMARY KEY, symbol VARCHAR(20) NOT NULL, exchange VARCHAR(20), name TEXT,
    active BOOLEAN DEFAULT true, priority INTEGER);
  INSERT INTO symbols (symbol, exchange, active, priority) VALUES
    ('AAPL', 'NASDAQ', true, 1), ('BHP', 'ASX', true, 7), ('OLD', 'NASDAQ', false, 1), ('MSFT', 'NASDAQ', true, NULL),
    ('ODD', 'MOON', true, 3)`;

describe.skipIf(postgres.missing)(titled('symbols from PostgreSQL', postgres), () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(postgres.path);
  });
  afterAll(() => server.close());

  async function openProject(): Promise<{
    readonly rig: Rig;
    readonly url: string;
    readonly env: { readonly PG_URL: string };
  }> {
    const url = await server.createDatabase();
    await server.query(url, symbols);
    const rig = await createRig();
    await rig.write('night.yaml', pipeline);
    return { rig, url, env: { PG_URL: url } };
  }

  const fetched = async (rig: Rig): Promise<readonly string[]> => {
    const { stdout } = await rig.pipe('query', 'SELECT DISTINCT symbol FROM contracts ORDER BY symbol', '--json');
    return (JSON.parse(stdout) as { symbol: string }[]).map(({ symbol }) => symbol);
  };

  it('fetches the active symbols with their exchange, and omits a row that it cannot use with a warning', async () => {
    const { rig, env } = await openProject();
    const run = await rig.pipe('run', 'night.yaml', { env });
    expect(run).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('the exchange of `ODD`') as string });
    expect(await fetched(rig)).toEqual(['AAPL', 'BHP', 'MSFT', 'SPY']);
    const plan = await rig.pipe('plan', 'night.yaml', '--json', '--force', { env });
    const tasks = (JSON.parse(plan.stdout) as { tasks: { symbol: string }[] }).tasks;
    expect(tasks.map(({ symbol }) => symbol)).toEqual(['AAPL', 'SPY', 'MSFT', 'BHP']);
  });

  it('selects the symbols of high or low priority', async () => {
    const { rig, env } = await openProject();
    expect((await rig.pipe('run', 'night.yaml', '--priority-only', { env })).exitCode).toBe(0);
    expect(await fetched(rig)).toEqual(['AAPL']);
    expect((await rig.pipe('run', 'night.yaml', '--low-priority', { env })).exitCode).toBe(0);
    expect(await fetched(rig)).toEqual(['AAPL', 'BHP', 'MSFT', 'SPY']);
    expect(await rig.pipe('run', 'night.yaml', '--low-priority', '--priority', '3', { env })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--priority and --low-priority select different symbols') as string,
    });
  });

  it('takes the symbols of the last answer from a database that is down, and names their age', async () => {
    const { rig, url, env } = await openProject();
    expect((await rig.pipe('--now', '2026-11-20T22:00:00Z', 'run', 'night.yaml', { env })).exitCode).toBe(0);
    await server.query(url, "UPDATE symbols SET active = false WHERE symbol = 'AAPL'");
    await server.kill();
    const age = 'the symbols are those of 2026-11-20T22:00:';
    try {
      const next = await rig.pipe('--now', '2026-11-21T01:30:00Z', 'run', 'night.yaml', '--force', { env });
      expect(next).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(/3h \d+m ago: cannot reach PostgreSQL/) as string,
      });
      expect(next.stderr.split(age)).toHaveLength(2);
      const report = await rig.pipe('report', { env });
      expect(report.stdout).toContain(age);
      const status = await rig.pipe('--now', '2026-11-21T02:00:00Z', 'status', 'night.yaml', '--json', { env });
      expect(JSON.parse(status.stdout)).toMatchObject({ warnings: [expect.stringContaining(age)] });
    } finally {
      await server.start();
    }
    expect(await fetched(rig)).toContain('AAPL');
    const back = await rig.pipe('plan', 'night.yaml', '--json', '--force', { env });
    expect(back.stdout).not.toContain('AAPL');
    expect(back.stderr).not.toContain(age);
  });

  it('ends at a database that was never reached, a wrong condition and a second statement', async () => {
    const { rig, url, env } = await openProject();
    const expectError = async (text: string, variables = env) => {
      const { exitCode, stderr } = await rig.pipe('plan', 'night.yaml', { env: variables });
      expect(stderr).toContain(text);
      expect(stderr).toContain('night.yaml:');
      expect(exitCode).toBe(2);
    };
    await expectError('no earlier answer is stored', { PG_URL: 'postgres://reader:s3cret-word@127.0.0.1:1/market' });
    await rig.write('night.yaml', pipeline.replace('where: active', 'where: activ'));
    await expectError('column "activ" does not exist');
    await rig.write(
      'night.yaml',
      pipeline.replace('where: active', "where: 'true); COMMIT; DROP TABLE symbols; SELECT (true'"),
    );
    await expectError('multiple commands');
    await rig.write('night.yaml', pipeline.replace('where: active', "where: 'setval(''symbols_id_seq'', 99) > 0'"));
    await expectError('read-only transaction');
    expect(await server.query(url, 'SELECT count(*)::int AS n FROM symbols')).toEqual([{ n: 5 }]);
  });
});
