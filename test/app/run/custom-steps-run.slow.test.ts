import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../src/lake/parquet/engine.js';
import {
  createEventValidator,
  openLineageFolder,
  openLineageSchemas,
} from '../../lineage/openlineage/published-schemas.js';
import { findRequirement, titled } from '../../requirements.js';
import {
  createCustomStepsProject,
  parseTasks,
  pipelineStart,
  plan,
  queryRows,
  returns,
  run,
  score,
  script,
} from './custom-steps-project.js';
import { now } from '../../fixtures/project.js';

const python = findRequirement('python');

describe('custom steps', () => {
  test('run once, and again only after a change of query, command or inputs', async () => {
    const rig = await createCustomStepsProject();
    const first = await parseTasks(plan(rig, '--exit-code'), 6);
    expect(first.get('returns')).toMatchObject({ symbol: null, status: 'ready', reason: 'never computed' });
    expect(first.get('score')).toMatchObject({ status: 'ready', reason: 'never run' });
    const done = await parseTasks(run(rig), 0);
    expect(done.get('returns')).toMatchObject({ status: 'ok', rows: 40, symbol: null });
    expect(done.get('score')).toMatchObject({ status: 'ok', rows: 2 });
    expect(await queryRows(rig, 'FROM scores ORDER BY symbol')).toEqual([
      { symbol: 'AAPL', rows: 19, environment: 'HOME LANG MODE PATH TMPDIR' },
      { symbol: 'MSFT', rows: 19, environment: 'HOME LANG MODE PATH TMPDIR' },
    ]);

    const second = await parseTasks(plan(rig, '--exit-code'), 0);
    expect(second.get('returns')).toMatchObject({ status: 'up-to-date', reason: 'up to date' });
    expect(second.get('score')).toMatchObject({ status: 'up-to-date', reason: 'up to date' });
    expect((await parseTasks(run(rig), 0)).get('returns')).toMatchObject({ status: 'up-to-date' });

    await rig.write('score.mjs', `${script}// more\n`);
    expect((await parseTasks(plan(rig), 0)).get('score')).toMatchObject({ reason: 'the command has changed' });
    await rig.write('own.yaml', (pipelineStart + returns + score).replace('- 1 AS r', '- 1.0 AS r'));
    const changed = await parseTasks(plan(rig), 0);
    expect(changed.get('returns')).toMatchObject({ status: 'ready', reason: 'the query has changed' });
    const forced = await parseTasks(plan(rig, '--force', '--steps', 'returns'), 0);
    expect(forced.get('returns')).toMatchObject({ status: 'ready', reason: 'forced' });
    expect(forced.get('score')).toBeUndefined();

    const later = '2026-11-23T23:00:00Z';
    const moved = await parseTasks(rig.pipe('plan', 'own.yaml', '--now', later, '--json'), 0);
    expect(moved.get('returns')?.status).toBe('ready');
    await parseTasks(run(rig), 0);
    const afterwards = await parseTasks(rig.pipe('plan', 'own.yaml', '--now', later, '--json'), 0);
    expect(afterwards.get('returns')).toMatchObject({ status: 'deferred', reason: 'known after equity' });
    const next = await parseTasks(rig.pipe('run', 'own.yaml', '--now', later, '--json'), 0);
    expect(next.get('returns')).toMatchObject({ status: 'ok', rows: 42 });
    expect(next.get('score')).toMatchObject({ status: 'ok', rows: 2 });
  });

  test('report inputs and column lineage in OpenLineage events', async () => {
    const rig = await createCustomStepsProject();
    await parseTasks(run(rig), 0);
    const path = (await rig.files('lineage')).find((file) => file.endsWith('openlineage.ndjson')) ?? '';
    const events = (await rig.read(`lineage/${path}`))
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    if (!openLineageSchemas.missing) {
      const check = createEventValidator();
      for (const event of events) expect(check(event), openLineageFolder).toEqual([]);
    }
    const table = (name: string): string => rig.path('data', name);
    const findCompletion = (name: string): unknown =>
      events.find(
        (event) =>
          JSON.stringify(event).includes('"COMPLETE"') &&
          JSON.stringify(event).includes(`"name":"own.${name}"`) &&
          (event as { job: { name: string } }).job.name === `own.${name}`,
      );
    expect(findCompletion('returns')).toMatchObject({
      job: { facets: { sql: { dialect: 'duckdb' } } },
      run: { facets: { jobDependencies: { upstream: [{ job: { name: 'own.equity' } }] } } },
      inputs: [{ name: table('equity_bars'), facets: { version: { datasetVersion: '0' } } }],
      outputs: [
        {
          name: table('daily_returns'),
          outputFacets: { outputStatistics: { rowCount: 40 } },
          facets: {
            columnLineage: {
              fields: {
                symbol: { inputFields: [{ name: table('equity_bars'), field: 'symbol' }] },
                r: { inputFields: [{ field: 'close' }, { field: 'symbol' }, { field: 'session' }] },
              },
              dataset: [{ name: table('equity_bars'), field: 'bar_size' }],
            },
          },
        },
      ],
    });
    expect(findCompletion('score')).toMatchObject({
      inputs: [{ name: table('daily_returns') }],
      outputs: [
        {
          name: table('scores'),
          facets: { schema: { fields: [{ name: 'symbol' }, { name: 'rows', type: 'long' }, {}] } },
        },
      ],
    });
  });

  test.each([
    [
      'an invalid statement',
      returns.replace('AS r', 'AS r, nothing'),
      'returns',
      /^own\.yaml:10:\d+: Binder Error: Referenced column "nothing" not found/,
    ],
    [
      'a missing program',
      score.replace('node,', 'no-such-program,'),
      'score',
      /cannot be started: no program no-such-program/,
    ],
    ['exit code 3', score, 'score', /the command exited with code 3: it went wrong with \*\*\* and \*\*\*$/],
    [
      'a missing output',
      score,
      'score',
      /cannot read what the command wrote to \{output\} as csv: the file does not exist/,
    ],
    [
      'a file of another format',
      score.replace('format: csv', 'format: parquet'),
      'score',
      /as parquet: .*(too small|magic bytes)/,
    ],
  ])('%s fails the step, keeps its table and does not affect other steps', async (problem, steps, failing, reason) => {
    const rig = await createCustomStepsProject(
      `${returns}${score}  other: { uses: sql, needs: equity, query: SELECT 1 AS one }\n  after: { uses: sql, needs: ${failing}, query: SELECT 1 AS one }\n`,
    );
    await parseTasks(run(rig), 0);
    const before = await queryRows(rig, 'FROM scores ORDER BY ALL');
    const scripts: Readonly<Record<string, string>> = {
      'exit code 3': `console.error('it went wrong with', process.env.MODE, 'and hunter2hunter2'); process.exit(3)`,
      'a missing output': '',
      'a file of another format': `import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[3], 'x')`,
    };
    await rig.write('score.mjs', scripts[problem] ?? script);
    const customSteps = failing === 'returns' ? steps + score : returns + steps;
    await rig.write(
      'own.yaml',
      `${pipelineStart}${customSteps}  other: { uses: sql, needs: equity, query: SELECT 2 AS one }\n  after: { uses: sql, needs: ${failing}, query: SELECT 2 AS one }\n`,
    );
    const tasks = await parseTasks(run(rig), 3);
    expect(tasks.get(failing)).toMatchObject({ status: 'failed' });
    expect(tasks.get(failing)?.error).toMatch(reason);
    expect(tasks.get('after')).toMatchObject({ status: 'skipped', error: `${failing} failed` });
    expect(tasks.get('other')).toMatchObject({ status: 'ok' });
    expect(await queryRows(rig, 'FROM scores ORDER BY ALL')).toEqual(before);
    expect(await queryRows(rig, 'FROM after')).toEqual([{ one: 1 }]);
  });

  test('a command without a table runs only when its inputs changed', async () => {
    const notify = '  notify: { uses: exec, needs: equity, command: [sh, -c, "echo sent >> sent"] }\n';
    const rig = await createCustomStepsProject(notify);
    await parseTasks(run(rig), 0);
    expect((await parseTasks(run(rig), 0)).get('notify')).toMatchObject({ status: 'up-to-date' });
    await parseTasks(rig.pipe('run', 'own.yaml', '--now', '2026-11-23T23:00:00Z', '--json'), 0);
    expect(await rig.read('sent')).toBe('sent\nsent\n');
  });

  test('write tables that lineage, status, query and lake.duckdb show', async () => {
    const rig = await createCustomStepsProject();
    await parseTasks(run(rig), 0);
    const sources = await rig.pipe('lineage', '--sources');
    expect(sources.stdout).toContain('daily_returns  40 rows, version 0');
    expect(sources.stdout).toContain('from equity_bars version 0');
    expect((await rig.pipe('status')).stdout).toMatch(/scores {2}2 rows, 1 file, .*, by score of own at/);
    const status = JSON.parse((await rig.pipe('status', '--json')).stdout) as {
      readonly userTables: readonly unknown[];
    };
    expect(status.userTables).toMatchObject([
      { dataset: 'daily_returns', step: 'returns', inputs: { equity_bars: 0 } },
      { dataset: 'scores', step: 'score', inputs: { daily_returns: 0 } },
    ]);
    expect((await rig.pipe('query', 'FROM daily_return')).stderr).toContain('did you mean daily_returns?');
    const engine = await openEngine({ memoryLimit: '160MB', spillFolder: rig.path('spill'), preserveOrder: true });
    try {
      const views = `ATTACH '${rig.path('data/lake.duckdb')}' AS lake (READ_ONLY)`;
      await engine.run(views, 'lake.duckdb');
      expect(await engine.queryRows('SELECT count(*) AS n FROM lake.scores', 'lake.duckdb')).toEqual([{ n: '2' }]);
    } finally {
      engine.close();
    }
  });

  test('an input that failed for one symbol skips the step and keeps its table', async () => {
    const rig = await createCustomStepsProject(returns);
    await parseTasks(run(rig), 0);
    await rig.write(
      'own.yaml',
      (pipelineStart + returns).replace(
        'steps:',
        'provider: synthetic\nproviders: { synthetic: { scenario: s.yaml } }\nsteps:',
      ),
    );
    await rig.write(
      's.yaml',
      'name: s\nsource: synthetic\nrules:\n  - when: { request: equity_bars, symbol: MSFT }\n    do: { failure: invalid, message: not found }\n',
    );
    const tasks = await parseTasks(run(rig), 3);
    expect(tasks.get('returns')).toMatchObject({ status: 'skipped', error: 'equity/MSFT failed' });
    expect(await queryRows(rig, 'SELECT count(*) AS n FROM daily_returns')).toEqual([{ n: 40 }]);
  });

  test('a table of another pipeline fails the step', async () => {
    const rig = await createCustomStepsProject();
    await parseTasks(run(rig), 0);
    await rig.write('own.yaml', (pipelineStart + returns).replace('name: own', 'name: other'));
    const tasks = await parseTasks(run(rig), 3);
    expect(tasks.get('returns')?.error).toContain('belongs to step returns of the pipeline own');
  });

  test('a run killed during a command keeps the previous table', async () => {
    const rig = await createCustomStepsProject();
    await parseTasks(run(rig), 0);
    const before = await queryRows(rig, 'FROM scores ORDER BY ALL');
    await rig.write(
      'score.mjs',
      `import { writeFileSync } from 'node:fs'; writeFileSync('started', process.pid + '.'); setInterval(() => {}, 1000);`,
    );
    const call = rig.spawn('run', 'own.yaml', '--now', now, '-v');
    const readStarted = () => rig.read('started').catch(() => '');
    await expect.poll(readStarted).toMatch(/^\d+\.$/);
    // The killed run cannot end its command.
    onTestFinished(async () => void process.kill(parseInt(await readStarted()), 'SIGKILL'));
    call.kill('SIGKILL');
    await call.result;
    expect(await queryRows(rig, 'FROM scores ORDER BY ALL')).toEqual(before);
    await rig.write('score.mjs', script);
    expect((await parseTasks(run(rig), 0)).get('score')).toMatchObject({ status: 'up-to-date' });
    expect(await queryRows(rig, 'FROM scores ORDER BY ALL')).toEqual(before);
  });

  test.skipIf(python.missing)(titled('write tables that deltalake and Polars read', python), async () => {
    const rig = await createCustomStepsProject(
      `${returns}  nested: { uses: sql, needs: equity, query: "SELECT [1, 2] AS list, {'a': 1} AS pair, 1.5::DECIMAL(9, 2) AS price, now()::TIMESTAMP AS at, sum(bar_count) AS n FROM equity_bars" }\n`,
    );
    await parseTasks(run(rig), 0);
    await parseTasks(run(rig, '--force'), 0);
    // Threads of the readers may still be running at the end, which the interpreter does not always survive.
    const code = `import os, sys, json, polars; from deltalake import DeltaTable
out = {}
for name in ('daily_returns', 'nested'):
    folder = sys.argv[1] + '/' + name
    frame = polars.read_delta(folder)
    out[name] = [DeltaTable(folder).version(), frame.height, len(DeltaTable(folder).to_pyarrow_table()), {n: str(t) for n, t in frame.schema.items()}]
print(json.dumps(out), flush=True)
os._exit(0)`;
    const { stdout } = await promisify(execFile)(python.path, ['-c', code, rig.path('data')]);
    expect(JSON.parse(stdout)).toEqual({
      daily_returns: [1, 40, 40, { symbol: 'String', session: 'Date', r: 'Float64' }],
      nested: [
        1,
        1,
        1,
        {
          list: 'List(Int32)',
          pair: "Struct({'a': Int32})",
          price: 'Decimal(precision=9, scale=2)',
          at: "Datetime(time_unit='us', time_zone='UTC')",
          n: 'Int64',
        },
      ],
    });
  });

  test('no file of the run contains a secret of the environment', async () => {
    const rig = await createCustomStepsProject(
      score.replace('needs: returns', 'needs: equity').replace('daily_returns', 'equity_bars'),
      {
        'score.mjs': `console.error('hunter2hunter2'); process.exit(1)`,
      },
    );
    await run(rig);
    for (const file of await rig.files('lineage'))
      expect(await readFile(rig.path('lineage', file), 'utf8')).not.toContain('hunter2');
    expect(await readdir(rig.path('data'))).not.toContain('scores');
  });
});
