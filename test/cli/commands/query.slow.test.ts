import { execa } from 'execa';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createRig } from '../../rig.js';

const command = join(import.meta.dirname, '../../../dist/main.js');

/** Two million rows: as objects they take over a gigabyte, and as text 100 to 400 MB. */
const sql = `SELECT 'AAPL' AS symbol, TIMESTAMPTZ '2020-01-01 00:00:00+00' + to_minutes(i) AS ts, i / 7 AS open, i / 9 AS close, i AS volume
  FROM range(2000000) t(i)`;

test.each([
  ['--csv', 2_000_001],
  ['--json', 14_000_002],
  ['--limit=all', 2_000_002],
])('query %s writes two million rows with a heap of 64 MB', async (layout, lineCount) => {
  const rig = await createRig();
  await mkdir(rig.path('data'));
  const child = execa(process.execPath, ['--max-old-space-size=64', command, 'query', sql, layout], {
    cwd: rig.folder,
    buffer: { stdout: false },
    encoding: 'buffer',
    extendEnv: false,
    env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' },
  });
  let lines = 0;
  for await (const chunk of child.stdout) for (const byte of chunk as Buffer) if (byte === 10) lines++;
  expect((await child).exitCode).toBe(0);
  expect(lines).toBe(lineCount);
});
