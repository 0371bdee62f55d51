import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCalendarOfZone } from '../../src/calendar/calendars.js';
import { allRules } from '../../src/checks/rules/all-rules.js';
import { isOk } from '../../src/checks/finding.js';
import { addDays } from '../../src/core/time/time.js';
import { openLakeReader } from '../../src/lake/reader/lake-reader.js';
import { bars, chain, contract, equity, rowlessResult, temporaryFolder } from '../lake/lake-fixture.js';
import { at, check, prerequisites, store } from './checking.js';

test('reports no findings for a missing folder', async () => {
  const result = await check(join(await temporaryFolder(), 'not', 'there'));
  expect(result).toMatchObject({
    findings: [],
    notChecked: [],
    files: { checked: 0, bytes: 0 },
    rules: allRules.length,
  });
});

test('reports lost windows after a repair until they are refetched, and no findings after merges and later results', async () => {
  const folder = await temporaryFolder();
  const nights = Array.from({ length: 9 }, (_, night) => addDays('2025-12-28', night));
  await store(folder, [
    prerequisites,
    ...nights.map((date) => [
      bars(equity('A/B'), date, addDays(date, 1), { state: 'provisional' }),
      bars(equity("O'Neil"), date, addDays(date, 1)),
    ]),
    nights.map((date) => bars(equity('A/B'), date, addDays(date, 1))),
  ]);
  expect((await check(folder)).findings).toEqual([]);
  await rm(join(folder, 'equity_bars', 'bar_size=1%20day', 'period=2025'), { recursive: true });
  const damaged = await check(folder);
  expect(damaged.findings).toMatchObject([{ rule: 'file-missing', dataset: 'equity_bars' }]);
  expect(damaged.notChecked).toEqual([
    { rule: 'row-count-mismatch', dataset: 'equity_bars', damagedDataset: 'equity_bars' },
  ]);
  await store(folder, []);
  const repaired = await check(folder);
  expect(isOk(repaired)).toBe(false);
  expect(repaired.findings).toMatchObject([{ rule: 'missing-rows', dataset: 'equity_bars' }]);
  const refetched = [equity('A/B'), equity("O'Neil")].map((series) => bars(series, '2025-12-28', '2026-01-02'));
  await store(folder, [refetched]);
  expect((await check(folder)).findings).toEqual([]);
});

test.each([
  ['a weekend', '2026-01-10', '2026-01-12', 'rth', []],
  ['a weekend and its Friday', '2026-01-09', '2026-01-12', 'rth', ['missing-rows']],
  ['a night', '2026-01-08T21:00', '2026-01-09T14:30', 'rth', []],
  ['a night that has bars', '2026-01-08T21:00', '2026-01-09T14:30', 'all', ['missing-rows']],
  ['the last minute of a session', '2026-01-08T20:59', '2026-01-09T14:30', 'rth', ['missing-rows']],
] as const)('lost rows of %s are a finding only if there was trading', async (_, from, to, hours, rules) => {
  const folder = await temporaryFolder();
  const window = { start: Date.parse(`${from}Z`), end: Date.parse(`${to}Z`) };
  const series = { ...equity('A/B', '1 hour'), hours };
  const lost = { ...rowlessResult(series, '2026-01-08', '2026-01-09', 'missing') };
  await store(folder, [
    prerequisites,
    [{ ...lost, closedWindows: [{ window, state: 'missing', rows: 0, reason: 'lost' }] }],
  ]);
  const { findings } = await check(folder, ['equity_bars'], findCalendarOfZone);
  expect(findings.map(({ rule }) => rule)).toEqual(rules);
});

test('reports duplicate rows of one result with their keys', async () => {
  const folder = await temporaryFolder();
  const once = bars(equity('A/B'), '2026-01-05', '2026-01-08');
  if (once.rows === null) throw new Error('there are bars');
  const ts = once.rows.dataset === 'equity_bars' ? once.rows.columns.ts : new Float64Array();
  ts.set([ts[1] ?? 0], 2);
  await store(folder, [prerequisites, [once]]);
  const result = await check(folder);
  expect(isOk(result)).toBe(false);
  expect(result.findings).toMatchObject([
    {
      rule: 'duplicate-rows',
      dataset: 'equity_bars',
      count: 1,
      examples: [{ symbol: 'A/B', ts: '2026-01-06T15:00:00Z', rows: 2 }],
    },
  ]);
});

test('checks only the selected tables', async () => {
  const folder = await temporaryFolder();
  await store(folder, [prerequisites, [bars(equity('A/B'), '2026-01-05', '2026-01-08')]]);
  const [file] = (await readdir(join(folder, 'equity_bars'), { recursive: true })).filter((path) =>
    path.endsWith('.parquet'),
  );
  await rm(join(folder, 'equity_bars', file ?? ''));
  const { findings, files } = await check(folder, ['contracts', 'chains']);
  expect(findings).toEqual([]);
  expect(files.checked).toBe(2);
});

test('reports a missing chain file, and after its repair the lost snapshot, which no request returns', async () => {
  const moments = [0, 1, 2].map((days) => at + days * 86_400_000);
  const whole = await temporaryFolder();
  const files: string[] = [];
  for (const moment of moments) {
    await store(whole, [[contract('A/B', moment, 1), chain('A/B', moment, ['2026-03-20'], 3)]]);
    const all = (await readdir(join(whole, 'chains'), { recursive: true })).filter((name) => name.endsWith('.parquet'));
    files.push(...all.filter((name) => name.includes('yearmonth') && !files.includes(name)));
  }
  for (const lost of moments.keys()) {
    const folder = await temporaryFolder();
    await cp(whole, folder, { recursive: true });
    await rm(join(folder, 'chains', files[lost] ?? ''));
    expect(isOk(await check(folder))).toBe(false);
    await store(folder, []);
    expect((await check(folder)).findings).toMatchObject([
      { rule: 'lost-snapshots', dataset: 'chains', severity: 'warning', count: 1 },
    ]);
    const reader = await openLakeReader(folder);
    const coverage = (await reader.readState()).coverage('mock', 'chains/A%2FB');
    expect(coverage.map(({ state, start }) => [state, start])).toEqual(
      lost === 2
        ? [
            ['data', moments[1]],
            ['missing', moments[2]],
          ]
        : [
            ['missing', moments[lost]],
            ['data', moments[2]],
          ],
    );
    await reader.close();
  }
});
