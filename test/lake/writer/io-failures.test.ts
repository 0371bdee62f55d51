import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunEventBody } from '../../../src/core/events.js';
import { buildBatch } from '../../../src/lake/commit/batch.js';
import { commitBatch } from '../../../src/lake/commit/commit-batch.js';
import { readTableCoverage } from '../../../src/lake/coverage/table-coverage.js';
import { toEngineError } from '../../../src/lake/parquet/engine.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../../src/lake/writer/lake-writer.js';
import { author, bars, equity, openLakeFixture, temporaryFolder } from '../lake-fixture.js';
import type { LakeFixture } from '../lake-fixture.js';

const clock = { now: () => Date.UTC(2026, 10, 20), sleepUntil: () => Promise.resolve() };

function commit(fixture: LakeFixture, ...results: readonly ReturnType<typeof bars>[]): Promise<unknown> {
  const log = fixture.log('equity_bars');
  const coverage = () => readTableCoverage(log.folder, 'equity_bars', { files: 'trust' });
  return commitBatch(fixture.context, log, author, buildBatch('equity_bars', results), coverage);
}

async function listParquetFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.parquet')).sort();
}

test('names a folder that cannot be created', async () => {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, 'not a folder');
  const opening = openLakeWriter({ folder: join(path, 'lake'), author, clock, emit: () => undefined });
  await expect(opening).rejects.toMatchObject({ name: 'LakeError', path: join(path, 'lake', '_writing') });
});

test('rejects a commit that would rewrite a damaged file and leaves no file', async () => {
  const fixture = await openLakeFixture();
  await commit(
    fixture,
    bars(equity('AAPL'), '2026-01-01', '2026-02-01'),
    bars(equity('MSFT'), '2026-01-01', '2026-02-01'),
  );
  const before = await listParquetFiles(fixture.folder);
  const path = join(fixture.folder, before[0] ?? '');
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0xaa, 4, bytes.length - 4));
  const again = commit(fixture, bars(equity('AAPL'), '2026-01-03', '2026-01-05'));
  await expect(again).rejects.toMatchObject({ name: 'LakeError', kind: 'malformed', path });
  expect(await listParquetFiles(fixture.folder)).toEqual(before);
  expect((await fixture.log('equity_bars').refresh()).version).toBe(0);
  const reader = await openLakeReader(fixture.folder);
  onTestFinished(() => reader.close());
  // An unreadable file counts as missing.
  expect((await reader.query('SELECT count(*) AS n FROM equity_bars')).rows).toEqual([{ n: 0 }]);
});

test('quarantines a damaged file, completes the commit, and marks the lost windows as missing', async () => {
  const folder = await temporaryFolder();
  const events: RunEventBody[] = [];
  const writer = await openLakeWriter({
    folder,
    author,
    clock,
    emit: (event) => events.push(event),
    getTimeZone: () => 'UTC',
  });
  onTestFinished(() => writer.close());
  await writer.receive(bars(equity('AAPL'), '2026-01-01', '2026-02-01'));
  await writer.receive(bars(equity('MSFT'), '2026-01-01', '2026-02-01'));
  await writer.flush();
  const [path = ''] = await listParquetFiles(folder);
  const bytes = await readFile(join(folder, path));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(join(folder, path), bytes);
  await writer.receive(bars(equity('AAPL'), '2026-01-03', '2026-01-05'));
  await writer.finish();
  expect(events.filter(({ type }) => type === 'corruption-detected')).toHaveLength(1);
  const reader = await openLakeReader(folder);
  onTestFinished(() => reader.close());
  expect((await reader.query('SELECT count(*) AS n FROM equity_bars')).rows).toEqual([{ n: 2 }]);
  const states = (await reader.readState())
    .coverage('mock', 'equity_bars/AAPL/1 day/TRADES/rth')
    .map(({ state }) => state);
  expect(states).toEqual(['missing', 'data', 'missing']);
});

test('leaves no file when the rows of a commit cannot be written', async () => {
  const fixture = await openLakeFixture();
  const valid = bars(equity('AAPL'), '2025-12-30', '2026-01-03');
  const broken = bars(equity('MSFT'), '2026-01-01', '2026-01-03');
  // A number that no 64-bit column can hold: DuckDB rejects it after the first file was written.
  if (broken.rows?.dataset === 'equity_bars') broken.rows.columns.bar_count.fill(1e300);
  await expect(commit(fixture, valid, broken)).rejects.toMatchObject({ name: 'LakeError', kind: 'io' });
  expect(await listParquetFiles(fixture.folder)).toEqual([]);
  expect((await fixture.log('equity_bars').refresh()).version).toBeNull();
  await commit(fixture, valid);
  expect((await fixture.log('equity_bars').refresh()).version).toBe(0);
});

test.each([
  ['IO Error: Could not write file "/lake/a.parquet": No space left on device', 'no-space', '/lake/a.parquet'],
  ['IO Error: Cannot open file "/lake/a.parquet": Read-only file system', 'read-only', '/lake/a.parquet'],
  ['IO Error: Cannot open file "/lake/a.parquet": Permission denied', 'no-permission', '/lake/a.parquet'],
  ['IO Error: No files found that match the pattern "/lake/a.parquet"', 'not-found', '/lake/a.parquet'],
  ["Invalid Input Error: No magic bytes found at end of file '/lake/a.parquet'", 'malformed', '/lake/a.parquet'],
  ['Internal Error: something else', 'io', '/given'],
])('converts %s to a LakeError', (message, kind, path) => {
  expect(toEngineError(new Error(message), '/given')).toMatchObject({ kind, path });
});
