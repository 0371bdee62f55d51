import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SeriesCoverage } from '../../../src/core/coverage.js';
import {
  trackTableCoverage,
  isCheckpointDue,
  readTableCoverage,
  writeCoverageCheckpoint,
} from '../../../src/lake/coverage/table-coverage.js';
import type { TableCoverage } from '../../../src/lake/coverage/table-coverage.js';
import { commitPath } from '../../../src/lake/delta/paths.js';
import { fact, writeLog, yearFile } from './log-files.js';

let table = '';
beforeEach(async () => {
  table = await mkdtemp(join(tmpdir(), 'coverage-'));
});
afterEach(() => rm(table, { recursive: true, force: true }));

const bars = (symbol: string): string => `equity_bars/${symbol}/1 day/TRADES/rth`;
const of = (coverage: TableCoverage, symbol: string): SeriesCoverage => coverage.coverage('mock', bars(symbol));
const read = (): Promise<TableCoverage> => readTableCoverage(table, 'equity_bars');

/** The coverage of every series, in a comparable form. */
const listCoverage = (coverage: TableCoverage): unknown =>
  [...coverage.series()].map(({ provider, series }) => [provider, series, coverage.coverage(provider, series)]).sort();

describe('readTableCoverage', () => {
  test('returns empty coverage without a table', async () => {
    const coverage = await read();
    expect(coverage.version).toBeNull();
    expect(of(coverage, 'AAPL')).toEqual([]);
    expect([...coverage.series()]).toEqual([]);
  });

  test('folds the log and shares one list between series with equal history', async () => {
    const symbols = Array.from({ length: 20 }, (_, index) => `S${index}`);
    await writeLog(table, [
      { facts: symbols.map((symbol, index) => fact(symbol, 0, 100, { requestedAt: 1000 + index })) },
      { facts: symbols.map((symbol, index) => fact(symbol, 100, 200, { requestedAt: 2000 + index })) },
      { facts: [fact('S3', 150, 250, { state: 'failed', reason: 'time-out' })] },
    ]);
    const coverage = await read();
    expect(coverage.version).toBe(2);
    expect(of(coverage, 'S0')).toEqual([{ start: 0, end: 200, state: 'data', lastRequestedAt: 2000 }]);
    expect(of(coverage, 'S19')).toBe(of(coverage, 'S0'));
    expect(of(coverage, 'S3')).toEqual([
      { start: 0, end: 200, state: 'data', lastRequestedAt: 2000 },
      { start: 200, end: 250, state: 'failed', lastRequestedAt: 1, reason: 'time-out' },
    ]);
    expect([...coverage.series()]).toHaveLength(20);
  });

  test('returns the same coverage from a checkpoint and later commits as from the whole log', async () => {
    const symbols = ['AAPL', 'BRK B', 'A%2FB', '日経'];
    const night = (day: number) => ({
      facts: symbols.map((symbol) =>
        fact(
          symbol,
          day * 10,
          day * 10 + 10,
          symbol === '日経'
            ? { state: 'failed', reason: '' }
            : symbol === 'AAPL'
              ? { state: 'failed', emptyAnswers: day % 3, ...(day === 1 ? {} : { lacks: `[${day}]` }) }
              : {},
        ),
      ),
      added: [yearFile(2000 + day, [day], ['A', 'Z'])],
    });
    await writeLog(table, [night(0), night(1), night(2)]);
    await writeCoverageCheckpoint(table, await read());
    await writeLog(table, [night(3), { removed: [yearFile(2001, [1], ['A', 'Z'])] }], 3);
    const quick = await read();
    expect(quick.tail.commits).toBe(2);
    expect(quick.files.size).toBe(3);
    await rm(join(table, '_pipe'), { recursive: true });
    const slow = await read();
    expect(slow.tail.commits).toBe(5);
    expect(listCoverage(quick)).toEqual(listCoverage(slow));
    expect([...quick.files]).toEqual([...slow.files]);
  });

  test('returns the same coverage without the commits that a checkpoint covers', async () => {
    await writeLog(table, [{ facts: [fact('A', 0, 10)] }, { facts: [fact('A', 10, 20)] }]);
    await writeCoverageCheckpoint(table, await read());
    await rm(commitPath(table, 0));
    expect(of(await read(), 'A')).toEqual([{ start: 0, end: 20, state: 'data', lastRequestedAt: 1 }]);
  });

  test.each(['', '{', '{"v":1}\n{}', 'cut', 'flipped', 'other'])(
    'reads the log instead of a damaged checkpoint (%j)',
    async (kind) => {
      await writeLog(table, [{ facts: [fact('A', 0, 10)] }, { facts: [fact('A', 10, 20)] }]);
      await writeCoverageCheckpoint(table, await read());
      const [name = ''] = await readdir(join(table, '_pipe'));
      const path = join(table, '_pipe', name);
      const text = await readFile(path, 'utf8');
      if (kind === 'cut') await truncate(path, text.length - 20);
      else if (kind === 'flipped') await writeFile(path, text.replace('"data"', '"empty"'));
      else if (kind === 'other') await writeFile(path, text.replace('equity_bars"', 'option_bars"'));
      else await writeFile(path, kind);
      const coverage = await read();
      expect(of(coverage, 'A')).toEqual([{ start: 0, end: 20, state: 'data', lastRequestedAt: 1 }]);
      expect(coverage.tail.commits).toBe(2);
    },
  );

  test('throws when an intact checkpoint proves that the newest commit is missing', async () => {
    await writeLog(table, [{ facts: [fact('A', 0, 10)] }, { facts: [fact('A', 10, 20)] }]);
    await writeCoverageCheckpoint(table, await read());
    await rm(commitPath(table, 1));
    await expect(read()).rejects.toThrow(/00001\.json: this commit is missing, and a coverage checkpoint of version 1/);
    const [name = ''] = await readdir(join(table, '_pipe'));
    await writeFile(join(table, '_pipe', name), 'damaged');
    expect(of(await read(), 'A')).toEqual([{ start: 0, end: 10, state: 'data', lastRequestedAt: 1 }]);
  });

  test('throws for a log with a missing commit in the middle', async () => {
    await writeLog(table, [{ facts: [fact('A', 0, 10)] }, {}, {}]);
    await rm(commitPath(table, 1));
    await expect(read()).rejects.toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('missing while later') as string,
    });
  });

  test('names the file, the line and the key of a malformed value', async () => {
    await writeLog(table, [{}]);
    await writeFile(
      commitPath(table, 0),
      '{"commitInfo":{"timestamp":1,"pipe":{"run":"r","coverage":{"v":1,"runs":[],"zones":{},"groups":[7]}}}}\n',
    );
    await expect(read()).rejects.toMatchObject({
      kind: 'malformed',
      message: expect.stringMatching(/0\.json:1 coverage\.groups\[0\]/) as string,
    });
  });

  test('deletes the older checkpoint and reports the next checkpoint as due after 20 commits', async () => {
    await writeLog(table, [{ facts: [fact('A', 0, 10)] }]);
    await writeCoverageCheckpoint(table, await read());
    await writeLog(
      table,
      Array.from({ length: 20 }, () => ({})),
      1,
    );
    const coverage = await read();
    expect(isCheckpointDue(coverage.tail)).toBe(true);
    await writeCoverageCheckpoint(table, coverage);
    expect(isCheckpointDue((await read()).tail)).toBe(false);
    expect(await readdir(join(table, '_pipe'))).toEqual(['coverage-00000000000000000020.json']);
  });

  test('reads only the new commits when the coverage is tracked', async () => {
    const follow = trackTableCoverage(table, 'equity_bars');
    expect((await follow()).version).toBeNull();
    await writeLog(table, [{ facts: [fact('A', 0, 10)] }]);
    expect(of(await follow(), 'A')).toHaveLength(1);
    await writeLog(table, [{ facts: [fact('B', 0, 10)] }], 1);
    const coverage = await follow();
    expect(coverage.version).toBe(1);
    expect(of(coverage, 'B')).toBe(of(coverage, 'A'));
  });
});

describe('the coverage of a point table', () => {
  const chain = (symbol: string, at: number, state: 'data' | 'failed' = 'data') => ({
    ...fact(symbol, at, at + 1, { series: `chains/${symbol}`, requestedAt: at, state, requestId: `run/${at % 1000}` }),
    step: 'chains',
  });
  const monthFile = (month: string, commit: number) => ({
    ...yearFile(2000, [commit], ['A', 'Z']),
    path: `yearmonth=${month}/${commit}.parquet`,
    partitionValues: { yearmonth: month },
  });
  const instants = [Date.UTC(2026, 0, 31, 23), Date.UTC(2026, 1, 1, 1), Date.UTC(2026, 1, 2)] as const;
  const chains = (): Promise<TableCoverage> => readTableCoverage(table, 'chains');

  test('has only the latest result and a later failure of each series', async () => {
    await writeLog(
      table,
      Array.from({ length: 30 }, (_, night) => ({
        facts: [chain('A', night * 10), chain('B', night * 10 + 5, night === 29 ? 'failed' : 'data')],
      })),
    );
    const coverage = await chains();
    expect(coverage.coverage('mock', 'chains/A')).toEqual([
      { start: 290, end: 291, state: 'data', lastRequestedAt: 290 },
    ]);
    expect(coverage.coverage('mock', 'chains/B').map(({ start, state }) => [start, state])).toEqual([
      [285, 'data'],
      [295, 'failed'],
    ]);
  });

  test('has the latest remaining result, or no result, when files are missing', async () => {
    const [january, february, later] = instants;
    await writeLog(table, [
      { facts: [chain('A', january), chain('B', february)], added: [monthFile('2026-01', 0), monthFile('2026-02', 0)] },
      { facts: [chain('A', later)], added: [monthFile('2026-02', 1)] },
    ]);
    await rm(join(table, monthFile('2026-02', 0).path));
    await rm(join(table, monthFile('2026-02', 1).path));
    const damaged = await chains();
    expect(damaged.coverage('mock', 'chains/A').filter(({ state }) => state === 'data')).toEqual([
      { start: january, end: january + 1, state: 'data', lastRequestedAt: january },
    ]);
    expect(damaged.coverage('mock', 'chains/B').map(({ state }) => state)).toEqual(['missing']);

    await writeLog(
      table,
      [{ facts: damaged.buildCorrections('repair/0'), removed: [monthFile('2026-02', 0), monthFile('2026-02', 1)] }],
      2,
    );
    const repaired = await chains();
    expect(repaired.damage).toEqual([]);
    expect(listCoverage(repaired)).toEqual(listCoverage(damaged));

    // The result that the repair recorded again still depends on its original file.
    await rm(join(table, monthFile('2026-01', 0).path));
    expect((await chains()).coverage('mock', 'chains/A').map(({ state }) => state)).toEqual(['missing', 'missing']);
  });
});
