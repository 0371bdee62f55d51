import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { day } from '../../../src/core/time/time.js';
import { vacuumQuarantined } from '../../../src/lake/maintenance/vacuum-quarantined.js';
import { at, prerequisites, store } from '../../checks/checking.js';
import { bars, chain, equity, temporaryFolder } from '../lake-fixture.js';

async function quarantineFirst(table: string): Promise<string> {
  const [file = ''] = (await readdir(table, { recursive: true })).filter((path) => path.endsWith('.parquet'));
  await rename(join(table, file), join(table, `${file}.damaged`));
  return `${file}.damaged`;
}

async function listQuarantined(table: string): Promise<readonly string[]> {
  return (await readdir(table, { recursive: true })).filter((path) => path.endsWith('.damaged'));
}

test('a quarantined file is deleted a while after its windows have rows again, not before', async () => {
  const folder = await temporaryFolder();
  const table = join(folder, 'equity_bars');
  const january = bars(equity('A/B'), '2026-01-05', '2026-01-08');
  await store(folder, [prerequisites, [january]]);
  const name = await quarantineFirst(table);
  const later = Date.now() + day;
  // Not repaired yet.
  expect(await vacuumQuarantined(table, 'equity_bars', later)).toEqual({ files: 0, bytes: 0 });
  await store(folder, []);
  // Repaired: the windows are missing.
  expect(await vacuumQuarantined(table, 'equity_bars', later)).toEqual({ files: 0, bytes: 0 });
  await store(folder, [[january]]);
  expect(await vacuumQuarantined(table, 'equity_bars', Date.now() - day)).toEqual({ files: 0, bytes: 0 });
  expect(await listQuarantined(table)).toEqual([name]);
  expect(await vacuumQuarantined(table, 'equity_bars', later)).toMatchObject({ files: 1 });
  expect(await listQuarantined(table)).toEqual([]);
});

test('a quarantined file with snapshots stays', async () => {
  const folder = await temporaryFolder();
  await store(folder, [prerequisites]);
  const name = await quarantineFirst(join(folder, 'chains'));
  await store(folder, [[chain('A/B', at + day, ['2026-03-20'], 3)]]);
  expect(await vacuumQuarantined(join(folder, 'chains'), 'chains', Date.now() + day)).toEqual({ files: 0, bytes: 0 });
  expect(await listQuarantined(join(folder, 'chains'))).toEqual([name]);
});
