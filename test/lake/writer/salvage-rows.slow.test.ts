import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { FetchResult } from '../../../src/core/fetch-result.js';
import { day, minute } from '../../../src/core/time/time.js';
import type { LakeReader } from '../../../src/lake/api.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { quarantine } from '../../../src/lake/verify/quarantine.js';
import { check, prerequisites, store } from '../../checks/checking.js';
import { bars, equity, openLakeFixture, temporaryFolder } from '../lake-fixture.js';

const perDay = 1_200;
const rowGroupRows = 32_768;

/** Bars of one month, one a minute, which do not compress well. */
function buildMinuteBars(symbol: string): FetchResult {
  const result = bars(equity(symbol, '1 min'), '2026-01-01', '2026-01-31', { perDay });
  const { rows } = result;
  if (rows?.dataset !== 'equity_bars') throw new Error('there are bars');
  const { ts, open: opens, close } = rows.columns;
  rows.columns.high.fill(111);
  rows.columns.low.fill(89);
  for (const row of ts.keys()) {
    ts[row] = Date.UTC(2026, 0, 1, 2) + Math.floor(row / perDay) * day + (row % perDay) * minute;
    opens[row] = 100 + Math.sin(row * 12.9898) * 10;
    close[row] = 100 + Math.sin(row * 78.233) * 10;
  }
  return result;
}

async function openReader(folder: string): Promise<LakeReader> {
  const reader = await openLakeReader(folder);
  onTestFinished(() => reader.close());
  return reader;
}

const sums =
  'SELECT symbol, count(*)::INTEGER AS held, bit_xor(hash(ts, "open", "close"))::VARCHAR AS hash FROM equity_bars GROUP BY ALL ORDER BY ALL';

test('the repair of a file with one damaged row group saves the others, and only its windows are missing', async () => {
  const folder = await temporaryFolder();
  const results = ['A/B', "O'Neil"].map(buildMinuteBars);
  await store(folder, [prerequisites, results]);
  const whole = await (await openReader(folder)).query(sums);
  const fixture = await openLakeFixture(folder);
  const [file] = (await fixture.log('equity_bars').refresh()).files.values();
  if (file === undefined) throw new Error('there is a file');
  const path = join(folder, 'equity_bars', file.path);
  const [second] = await fixture.engine.queryRows(
    `SELECT ((min(data_page_offset) + max(data_page_offset)) // 2)::DOUBLE AS middle FROM parquet_metadata('${path}') WHERE row_group_id = 1`,
    path,
  );
  const offset = Number(second?.['middle']);
  const handle = await open(path, 'r+');
  await handle.write(Buffer.of(0xff, 0xfe, 0xfd), 0, 3, offset);
  await handle.close();

  const damaged = await check(folder);
  expect(damaged.findings).toMatchObject([{ rule: 'file-checksum-mismatch' }]);
  await quarantine(folder, damaged.damaged);
  await store(folder, []);

  const reader = await openReader(folder);
  expect((await reader.query('SELECT count(*)::INTEGER AS held FROM equity_bars')).rows).toEqual([
    { held: 2 * 30 * perDay - rowGroupRows },
  ]);
  const state = await reader.readState();
  for (const symbol of ['A%2FB', "O'Neil"]) {
    const coverage = state.coverage('mock', `equity_bars/${symbol}/1 min/TRADES/rth`);
    expect(coverage.map((window) => window.state)).toContain('missing');
  }
  // What a window of coverage names as held is held with the original values.
  expect((await check(folder)).findings).toMatchObject([{ rule: 'missing-rows', dataset: 'equity_bars' }]);

  await store(folder, [['A/B', "O'Neil"].map(buildMinuteBars)]);
  expect((await (await openReader(folder)).query(sums)).rows).toEqual(whole.rows);
  expect((await check(folder)).findings).toEqual([]);
});

test('a file whose footer is damaged is lost as a whole', async () => {
  const folder = await temporaryFolder();
  await store(folder, [prerequisites, [buildMinuteBars('A/B')]]);
  const fixture = await openLakeFixture(folder);
  const [file] = (await fixture.log('equity_bars').refresh()).files.values();
  if (file === undefined) throw new Error('there is a file');
  const handle = await open(join(folder, 'equity_bars', file.path), 'r+');
  await handle.write(Buffer.of(0xff), 0, 1, file.size - 100);
  await handle.close();
  await quarantine(folder, (await check(folder)).damaged);
  await store(folder, []);
  const { rows } = await (await openReader(folder)).query('SELECT count(*)::INTEGER AS held FROM equity_bars');
  expect(rows).toEqual([{ held: 0 }]);
});
