import { beforeEach, describe, expect, test } from 'vitest';

import { exitCode } from '../../../src/app/exit-code.js';
import { isCount, isRecord, isString, listOf, objectOf } from '../../../src/platform/json.js';
import type { Guard, JsonObject } from '../../../src/platform/json.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const evening = '2026-11-20T22:30:00Z';
const nextEvening = '2026-11-23T22:30:00Z';

function pipeline(quality: string): string {
  return `name: watched
provider: mock
symbols: [AAPL, MSFT]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: 1 day, lookback: 30 sessions }
alerts: {}
${quality}`;
}

/** Days with a large volume, of which the mock market has some. */
const volumes = (options: string): string =>
  `quality: { volume: { kind: range, table: equity_bars, column: volume, max: 40000000, on_fail: quarantine, ${options} } }\n`;

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});

async function run(now = evening): Promise<string> {
  const result = await rig.pipe('run', 'pipelines/watched.yaml', '--now', now);
  expect(result.exitCode, result.stderr).toBe(0);
  return result.stdout;
}

/** Calls a command with `--json` and checks the shape of its document. */
async function json<T>(isExpected: Guard<T>, ...args: readonly string[]): Promise<T> {
  const result = await rig.pipe(...args, '--now', evening, '--json');
  return expectShape(isExpected, result.stdout);
}

function expectShape<T>(isExpected: Guard<T>, text: string): T {
  const value: unknown = JSON.parse(text);
  if (!isExpected(value)) throw new Error(`unexpected document: ${text}`);
  return value;
}

const query = (sql: string): Promise<readonly JsonObject[]> => json(listOf(isRecord), 'query', sql);

const allRows = 'SELECT symbol, ts, close, volume FROM equity_bars ORDER BY ALL';
const countLarge = 'SELECT count(*)::INTEGER AS n FROM equity_bars WHERE volume > 40000000';

interface Entry {
  readonly id: string;
  readonly rows: number;
  readonly rule: string;
}

const isEntry = objectOf<Entry>({ id: isString, rows: isCount, rule: isString });

const quarantined = (): Promise<readonly Entry[]> => json(listOf(isEntry), 'check', '--quarantine');

async function findings(): Promise<readonly string[]> {
  const document = await json(objectOf<{ findings: readonly JsonObject[] }>({ findings: listOf(isRecord) }), 'check');
  return document.findings.map(({ rule, severity }) => `${String(severity)} ${String(rule)}`);
}

describe('rows that a quality rule quarantines', () => {
  test('leave their table, are listed, and come back unchanged', async () => {
    await rig.write('pipelines/watched.yaml', pipeline(''));
    await run();
    const before = await query(allRows);
    const large = Number((await query(countLarge))[0]?.['n']);
    expect(large).toBeGreaterThan(0);

    await rig.write('pipelines/watched.yaml', pipeline(volumes('gap: false')));
    expect(await run()).toContain(
      `quality rule volume: ${String(large)} violations, ${String(large)} rows quarantined`,
    );
    expect(await query(countLarge)).toEqual([{ n: 0 }]);
    const [entry] = await quarantined();
    expect(entry).toMatchObject({ rows: large, rule: 'volume' });
    expect(await findings()).toEqual([]);
    expect((await rig.pipe('plan', 'pipelines/watched.yaml', '--now', evening, '--exit-code')).exitCode).toBe(0);

    const released = await rig.pipe('check', '--release', entry?.id ?? '', '--now', evening);
    expect(released.stdout).toContain('back in equity_bars');
    expect(await query(allRows)).toEqual(before);
    expect(await findings()).toEqual([]);
    await run();
    expect(await query(allRows)).toEqual(before);
    expect(await quarantined()).toEqual([]);
  });

  test('are requested once more where the rule says so, and not again if the provider repeats them', async () => {
    await rig.write('pipelines/watched.yaml', pipeline(volumes('gap: true')));
    await run();
    expect(await findings()).toEqual(['warning quarantined-rows']);
    const plan = await rig.pipe('plan', 'pipelines/watched.yaml', '--now', evening);
    expect(plan.stdout).toContain('quarantined: volume');
    await run();
    expect(await quarantined()).toHaveLength(2);
    expect(await findings()).toEqual([]);
    expect((await rig.pipe('plan', 'pipelines/watched.yaml', '--now', evening, '--exit-code')).exitCode).toBe(0);
  });

  test('stay apart if newer rows are in their place', async () => {
    await rig.write('pipelines/watched.yaml', pipeline(volumes('gap: true')));
    await run();
    const [first] = await quarantined();
    await rig.write('pipelines/watched.yaml', pipeline(''));
    await run();
    const result = await rig.pipe('check', '--release', first?.id ?? '', '--now', evening);
    expect(result.stdout).toContain('because newer ones are in their place');
    expect(
      await query('SELECT count(*)::INTEGER AS n, count(DISTINCT (symbol, ts))::INTEGER AS keys FROM equity_bars'),
    ).toEqual([{ n: 60, keys: 60 }]);
  });

  test('are named by an unknown id', async () => {
    await rig.write('pipelines/watched.yaml', pipeline(volumes('gap: false')));
    await run();
    const result = await rig.pipe('check', '--release', 'nothing', '--now', evening);
    expect(result.exitCode).toBe(exitCode.usage);
    expect(result.stderr).toContain('no quarantined rows have the id nothing');
  });
});

describe('rules after a commit', () => {
  test('examine what the run has changed, and in pipe check everything', async () => {
    await rig.write('pipelines/watched.yaml', pipeline(''));
    await run();
    const rule = 'quality: { all: { table: equity_bars, sql: SELECT * FROM changed_rows } }\n';
    await rig.write('pipelines/watched.yaml', pipeline(rule));
    expect(await run()).toContain('quality rule all: 60 violations');
    expect(await run(nextEvening)).toContain('quality rule all: 2 violations');
    const check = await rig.pipe('check', '--now', nextEvening);
    expect(check.stdout).toMatch(/warning +equity_bars +all +62/);
  });

  test('go to the report, the alerts and the OpenLineage events', async () => {
    const rule = 'quality: { dear: { kind: range, table: equity_bars, column: close, max: 1, severity: error } }\n';
    await rig.write('pipelines/watched.yaml', pipeline(rule));
    await run();
    const reports = (await rig.files('lineage')).filter((file) => file.endsWith('report.json'));
    const report = expectShape(isRecord, await rig.read(`lineage/${reports[0] ?? ''}`));
    expect(report['quality']).toEqual([
      {
        rule: 'dear',
        dataset: 'equity_bars',
        severity: 'error',
        violations: 60,
        quarantined: 0,
        gaps: 0,
        problem: null,
      },
    ]);
    const alerts = await rig.pipe('alerts', '--now', evening);
    expect(alerts.stdout).toContain('quality_violation');
    const [events] = (await rig.files('lineage')).filter((file) => file.endsWith('openlineage.ndjson'));
    expect(await rig.read(`lineage/${events ?? ''}`)).toContain('"assertion":"range","name":"dear","success":false');
    expect((await rig.pipe('check', '--now', evening)).exitCode).toBe(exitCode.checkFailed);
    await rig.write('pipelines/watched.yaml', pipeline(rule.replace('max: 1', 'max: 100000')));
    const check = await rig.pipe('check', '--alert', 'pipelines/watched.yaml', '--now', evening);
    expect(check.exitCode, check.stdout).toBe(0);
    expect((await rig.pipe('alerts', '--now', evening)).stdout).not.toContain('quality_violation');
  });

  test.each([
    ['SELECT * FROM nothing', 'cannot be applied: Catalog Error'],
    ["COPY equity_bars TO 'x.csv'", 'COPY is not allowed'],
    ['DROP TABLE equity_bars', 'DROP is not allowed'],
    ["SELECT * FROM read_csv('/etc/passwd')", 'queries can read only files of the lake'],
    ['SELECT 1; SELECT 2', 'expected one statement, found several'],
    ['SELECT symbol FROM changed_rows', 'quarantines nothing: its rows lack'],
  ])('%s changes nothing and is reported', async (sql, message) => {
    const rule = `quality: { own: { table: equity_bars, on_fail: quarantine, sql: "${sql}" } }\n`;
    await rig.write('pipelines/watched.yaml', pipeline(rule));
    expect(await run()).toContain(message);
    expect(await query('SELECT count(*)::INTEGER AS n FROM equity_bars')).toEqual([{ n: 60 }]);
    expect(await quarantined()).toEqual([]);
  });
});
