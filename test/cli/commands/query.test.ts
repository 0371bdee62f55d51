import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { createFilledProject, smallPipeline } from '../../fixtures/project.js';
import type { Rig } from '../../rig.js';

const command = join(import.meta.dirname, '../../../dist/main.js');
let rig: Rig;

beforeAll(async () => {
  rig = await createFilledProject(smallPipeline.replace('[AAPL, BRK B]', '[AAPL]'));
});

describe('a table', () => {
  test('ends after 1,000 rows and says so', async () => {
    const { exitCode, stdout, stderr } = await rig.pipe('query', 'SELECT i FROM range(130000) t(i)');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines).toHaveLength(1_003);
    expect(lines[1_000]).toBe('999');
    expect(lines[1_001]).toBe('first 1,000 rows, and there are more: --limit all prints every row');
  });

  test('of exactly 1,000 rows is complete', async () => {
    const { stdout } = await rig.pipe('query', 'SELECT i FROM range(1000) t(i)');
    expect(stdout).toMatch(/\n999\n1,000 rows\n$/);
  });

  test('has all rows with --limit all', async () => {
    const { exitCode, stdout, stderr } = await rig.pipe('query', 'SELECT i FROM range(130000) t(i)', '--limit', 'all');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ *i\n *0\n/);
    expect(stdout).toMatch(/\n129999\n130,000 rows\n$/);
  });
});

describe('an export', () => {
  test('has all rows without a limit', async () => {
    const csv = await rig.pipe('query', 'SELECT i FROM range(130000) t(i)', '--csv');
    expect(csv.stdout.split('\n')).toHaveLength(130_002);
    const json = await rig.pipe('query', 'SELECT i FROM range(130000) t(i)', '--json');
    expect(JSON.parse(json.stdout)).toHaveLength(130_000);
  });

  test.each(['--csv', '--json'])('with --limit and %s is truncated and says so on stderr', async (layout) => {
    const { stdout, stderr } = await rig.pipe('query', 'SELECT i FROM range(5) t(i)', layout, '--limit', '2');
    expect(stdout).toBe(layout === '--csv' ? 'i\n0\n1\n' : '[\n  {\n    "i": 0\n  },\n  {\n    "i": 1\n  }\n]\n');
    expect(stderr).toBe('printed the first 2 rows, and there are more: --limit all prints every row\n');
  });

  test('neutralizes formulas unless --raw is given', async () => {
    const sql = `SELECT '=1+1' AS a, chr(27) || '[31m' || chr(10) || 'x' AS b, '-5' AS c`;
    expect((await rig.pipe('query', sql, '--csv')).stdout).toBe(`a,b,c\n'=1+1,<U+001B>[31m<U+000A>x,-5\n`);
    expect((await rig.pipe('query', sql, '--csv', '--raw')).stdout).toBe('a,b,c\n=1+1,"\u001b[31m\nx",-5\n');
  });
});

test.each([
  [['--local', '--csv'], 'pipe: --local applies to tables, and --csv has instants in UTC\n  omit one of them\n'],
  [['--local', '--json'], 'pipe: --local applies to tables, and --json has instants in UTC\n  omit one of them\n'],
  [['--raw'], 'pipe: --raw applies to --csv only\n  add --csv\n'],
  [['--limit', '0'], 'pipe: --limit 0 is neither a whole number of 1 or more nor all\n'],
  [['--limit', '1e3'], 'pipe: --limit 1e3 is neither a whole number of 1 or more nor all\n'],
])('%j is a wrong command line', async (options, message) => {
  expect(await rig.pipe('query', 'SELECT 1', ...options)).toMatchObject({ exitCode: 2, stdout: '', stderr: message });
});

describe('an error after the first rows', () => {
  const sql = `SELECT CASE WHEN i < 100000 THEN 1 ELSE CAST('x' || chr(10) || 'FORGED' AS INTEGER) END FROM range(100001) t(i)`;

  test('ends the command with 2 and says what happened', async () => {
    const { exitCode, stderr } = await rig.pipe('query', sql, '--csv');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^pipe: Conversion Error: Could not convert string 'x\n {2}FORGED' to INT32/);
  });
});

describe('time zones', () => {
  const sql = `SELECT symbol, session, ts, TIMESTAMPTZ '2026-07-01 12:00:00+00' AS summer, DATE '2026-07-01' AS date,
    list_value(ts) AS list, ts::VARCHAR AS text FROM equity_bars ORDER BY ts LIMIT 2`;
  const zones = ['UTC', 'Asia/Kolkata'];

  test.each([[['--json']], [['--csv']], [[]]])('TZ does not change the output of query %j', async (layout) => {
    const outputs = await Promise.all(
      zones.map((TZ) => rig.pipe('query', sql, ...layout, { newProcess: true, env: { TZ } })),
    );
    for (const { exitCode, stdout } of outputs) {
      expect(exitCode).toBe(0);
      expect(stdout).toContain('2026-10-21T13:30:00Z');
      expect(stdout).toBe(outputs[0]?.stdout);
    }
  });

  test('--local shows the zone of the exchange with its name, whatever TZ says', async () => {
    const { stdout } = await rig.pipe('query', sql.replace('session, ', ''), '--local', {
      newProcess: true,
      env: { TZ: 'Asia/Kolkata' },
    });
    expect(stdout.split('\n')[1]).toBe(
      'AAPL    2026-10-21 09:30:00 New York  2026-07-01 08:00:00 New York  2026-07-01  ["2026-10-21T13:30:00Z"]  2026-10-21 13:30:00+00',
    );
  });

  test.each([
    ['chain', ['chain', 'AAPL', '--json']],
    ['status', ['status', '--json', '--now', '2026-11-20T23:00:00Z']],
    ['lineage', ['lineage', 'AAPL', '--json']],
    ['plan', ['plan', 'small.yaml', '--json', '--now', '2026-11-25T23:00:00Z']],
    ['report', ['report', '--json']],
    ['calendar', ['calendar', 'XNYS', '--json', '--now', '2026-11-20T23:00:00Z']],
    ['schedule', ['schedule', 'small.yaml', '--json', '--now', '2026-11-20T23:00:00Z']],
  ])('TZ does not change the instants of %s', async (_, words) => {
    const [utc, kolkata] = await Promise.all(
      ['UTC', 'Asia/Kolkata'].map((TZ) => rig.pipe(...words, { newProcess: true, env: { TZ } })),
    );
    expect(utc?.exitCode, utc?.stderr).toBe(0);
    // The clock runs between two calls.
    const mask = (text = ''): string => text.replace(/T23:00:\d\d\.\d+Z/g, '<now>');
    expect(mask(kolkata?.stdout)).toBe(mask(utc?.stdout));
  });
});

test('a reader that ends after the first line ends the query quietly and at once', () => {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    [
      '--norc',
      '-o',
      'pipefail',
      '-c',
      `"${process.execPath}" "${command}" query --csv "SELECT i FROM range(1000000000000) t(i)" | head -2`,
    ],
    { cwd: rig.folder, encoding: 'utf8', env: { PATH: process.env['PATH'], NO_COLOR: '1' } },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'i\n0\n', stderr: '' });
});
