import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allRules } from '../../src/checks/all-rules.js';
import { checkLake } from '../../src/checks/check-lake.js';
import type { LakeChecked } from '../../src/checks/check-lake.js';
import { isSound } from '../../src/checks/finding.js';
import type { Delivery } from '../../src/core/delivery.js';
import { datasets } from '../../src/core/tables.js';
import type { Dataset } from '../../src/core/tables.js';
import { addDays } from '../../src/core/time.js';
import { openLakeReader } from '../../src/lake/reader.js';
import { openLakeWriter } from '../../src/lake/writer.js';
import { author, bars, chain, contract, equity, option, temporaryFolder, without } from '../lake/delta/rig.js';

const clock = { now: () => Date.UTC(2026, 1, 20), sleepUntil: () => Promise.resolve() };
const at = Date.UTC(2026, 0, 31, 12);

async function store(folder: string, commits: readonly (readonly Delivery[])[]): Promise<void> {
  const writer = await openLakeWriter({
    folder,
    author,
    clock,
    emit: () => undefined,
    zoneOf: () => 'America/New_York',
  });
  await writer.recover();
  for (const deliveries of commits) {
    for (const delivery of deliveries) await writer.receive(delivery);
    await writer.flush();
  }
  await writer.finish();
  await writer.close();
}

async function check(folder: string, wanted: readonly Dataset[] = datasets): Promise<LakeChecked> {
  const reader = await openLakeReader(folder);
  try {
    return await checkLake(reader, wanted, allRules);
  } finally {
    await reader.close();
  }
}

const call = { expiry: '2026-03-20', strike: 50, right: 'C', conId: null } as const;

/** What `pipe run` does first, for symbols that break what is careless about names. */
const known = ['A/B', "O'Neil"].flatMap((symbol) => [contract(symbol, at, 1), chain(symbol, at, ['2026-03-20'], 3)]);

test('a lake that does not exist is sound', async () => {
  const result = await check(join(await temporaryFolder(), 'not', 'there'));
  expect(result).toMatchObject({
    findings: [],
    unexamined: [],
    files: { checked: 0, bytes: 0 },
    rules: allRules.length,
  });
});

test('whatever is asked again, in whatever order, leaves a sound lake', async () => {
  const arbitraryDelivery = fc
    .record({
      symbol: fc.constantFrom('A/B', "O'Neil"),
      isOption: fc.boolean(),
      first: fc.nat({ max: 40 }),
      days: fc.integer({ min: 1, max: 15 }),
      state: fc.constantFrom('data', 'data', 'provisional', 'empty', 'failed', 'lost'),
    })
    .map(({ symbol, isOption, first, days, state }): Delivery => {
      const series = isOption ? option(symbol, call) : equity(symbol);
      const from = addDays('2025-12-10', first);
      const to = addDays(from, days);
      return state === 'data' || state === 'provisional'
        ? bars(series, from, to, { state })
        : without(series, from, to, state);
    });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(arbitraryDelivery, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      async (commits) => {
        const folder = await temporaryFolder();
        await store(folder, [known, ...commits]);
        const { findings, unexamined } = await check(folder);
        expect({ findings, unexamined }).toEqual({ findings: [], unexamined: [] });
      },
    ),
    { numRuns: 12 },
  );
});

test('merged files, later answers and repairs leave a sound lake', async () => {
  const folder = await temporaryFolder();
  const nights = Array.from({ length: 9 }, (_, night) => addDays('2025-12-28', night));
  await store(folder, [
    known,
    ...nights.map((date) => [
      bars(equity('A/B'), date, addDays(date, 1), { state: 'provisional' }),
      bars(equity("O'Neil"), date, addDays(date, 1)),
    ]),
    nights.map((date) => bars(equity('A/B'), date, addDays(date, 1))),
  ]);
  expect((await check(folder)).findings).toEqual([]);
  await rm(join(folder, 'equity_bars', 'bar_size=1%20day', 'period=2025'), { recursive: true });
  const gone = await check(folder);
  expect(gone.findings).toMatchObject([{ rule: 'file-missing', dataset: 'equity_bars' }]);
  expect(gone.unexamined).toEqual([{ rule: 'rows-as-answered', dataset: 'equity_bars', because: 'equity_bars' }]);
  await store(folder, []);
  expect((await check(folder)).findings).toEqual([]);
  await store(folder, [[bars(equity('A/B'), '2025-12-28', '2026-01-02')]]);
  expect((await check(folder)).findings).toEqual([]);
});

test('rows that one answer brought twice are found, and where', async () => {
  const folder = await temporaryFolder();
  const once = bars(equity('A/B'), '2026-01-05', '2026-01-08');
  if (once.rows === null) throw new Error('there are bars');
  const ts = once.rows.dataset === 'equity_bars' ? once.rows.columns.ts : new Float64Array();
  ts.set([ts[1] ?? 0], 2);
  await store(folder, [known, [once]]);
  const result = await check(folder);
  expect(isSound(result)).toBe(false);
  expect(result.findings).toMatchObject([
    {
      rule: 'duplicate-rows',
      dataset: 'equity_bars',
      count: 1,
      examples: [{ symbol: 'A/B', ts: '2026-01-06T15:00:00Z', rows: 2 }],
    },
  ]);
});

test('only the tables asked for are read', async () => {
  const folder = await temporaryFolder();
  await store(folder, [known, [bars(equity('A/B'), '2026-01-05', '2026-01-08')]]);
  const [file] = (await readdir(join(folder, 'equity_bars'), { recursive: true })).filter((path) =>
    path.endsWith('.parquet'),
  );
  await rm(join(folder, 'equity_bars', file ?? ''));
  const { findings, files } = await check(folder, ['contracts', 'chains']);
  expect(findings).toEqual([]);
  expect(files.checked).toBe(2);
});

test('a lake that has lost an answer of one moment is sound again once the next run has told so', async () => {
  const moments = [0, 1, 2].map((days) => at + days * 86_400_000);
  for (const lost of moments.keys()) {
    const folder = await temporaryFolder();
    const chains = join(folder, 'chains');
    const commits = moments.map((moment) => [contract('A/B', moment, 1), chain('A/B', moment, ['2026-03-20'], 3)]);
    const files: string[] = [];
    for (const deliveries of commits) {
      await store(folder, [deliveries]);
      const all = (await readdir(chains, { recursive: true })).filter((name) => name.endsWith('.parquet'));
      files.push(...all.filter((name) => name.includes('yearmonth') && !files.includes(name)));
    }
    await rm(join(chains, files[lost] ?? ''));
    expect(isSound(await check(folder))).toBe(false);
    await store(folder, []);
    expect((await check(folder)).findings).toEqual([]);
    const reader = await openLakeReader(folder);
    const [latest] = (await reader.state()).coverage('mock', 'chains/A%2FB');
    expect(latest).toMatchObject({ state: 'data', start: moments[lost === 2 ? 1 : 2] });
    await reader.close();
  }
});
