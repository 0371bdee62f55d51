import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';

import { createFilledProject, now } from '../../fixtures/project.js';
import type { Rig } from '../../rig.js';

let rig: Rig;

beforeAll(async () => {
  rig = await createFilledProject();
  await mkdir(rig.path('empty'));
});

const commands: readonly (readonly [string, ...string[]])[] = [
  ['query', 'SELECT count(*) FROM equity_bars'],
  ['query', 'SELECT count(*) FROM equity_bars', '--json'],
  ['validate', '--pipeline', 'small.yaml'],
  ['why', 'AAPL', '2026-11-20'],
  ['lineage', 'AAPL'],
  ['lineage', '--sources'],
  ['lineage', 'AAPL', '--downstream'],
  ['status'],
  ['status', 'small.yaml', '--json'],
  ['status', '--empty'],
  ['export', 'equity_bars', '--to', 'bars.csv'],
  ['chain', 'AAPL'],
  ['iv', 'AAPL'],
  ['check'],
  ['check', '--repair', '--json'],
];

describe('a misspelt folder of the lake', () => {
  test.for(commands)('%s %s exits with 2, names the folder and creates nothing', async (words) => {
    const files = await rig.files();
    const call = await rig.pipe('--data', 'dtaa', '--now', now, ...words);
    expect(call).toEqual({
      exitCode: 2,
      signal: null,
      stdout: '',
      stderr: `pipe: no lake in ${rig.path('dtaa')}\n  choose the folder of a lake with --data, or create one with: pipe run --data dtaa\n`,
    });
    expect(existsSync(rig.path('dtaa'))).toBe(false);
    expect(await rig.files()).toEqual(files);
  });
});

test('an empty folder is an empty lake', async () => {
  const counted = await rig.pipe(
    '--data',
    'empty',
    'query',
    'SELECT count(*)::INTEGER AS n FROM equity_bars',
    '--json',
  );
  expect(JSON.parse(counted.stdout)).toEqual([{ n: 0 }]);
  expect(await rig.pipe('--data', 'empty', 'status')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await rig.pipe('--data', 'empty', 'check')).toMatchObject({ exitCode: 0, stderr: '' });
});
