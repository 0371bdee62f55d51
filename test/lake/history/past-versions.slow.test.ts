import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../../src/core/time/time.js';
import type { Instant } from '../../../src/core/time/time.js';
import { createCheckpointReader } from '../../../src/lake/delta/checkpoint.js';
import { readSnapshot } from '../../../src/lake/delta/snapshot.js';
import { readCommitTime } from '../../../src/lake/history/find-version.js';
import { compact } from '../../../src/lake/maintenance/compact.js';
import { trimLog } from '../../../src/lake/maintenance/trim-log.js';
import { LakeError } from '../../../src/lake/lake-error.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { author, bars, commit, equity, openLakeFixture } from '../lake-fixture.js';
import type { LakeFixture } from '../lake-fixture.js';

type Rows = readonly Readonly<Record<string, unknown>>[];

interface Version {
  readonly committedAt: Instant;
  readonly rows: Rows;
  /** True if the commit deleted rows of files. */
  readonly replaces: boolean;
}

const symbols = ['AAPL', 'MSFT', 'SPY'];
const firstDay = '2026-10-01';
const all = 'SELECT symbol, ts, close, request_id FROM equity_bars ORDER BY ALL';

async function read(folder: string, asOf: Instant | null): Promise<Rows> {
  const reader = await openLakeReader(folder, { asOf });
  try {
    return (await reader.query(all)).rows;
  } finally {
    await reader.close();
  }
}

/** Commits days of symbols, some of them once more, and merges files now and then; returns every version with its rows. */
async function fill(
  fixture: LakeFixture,
  steps: readonly { readonly symbol: number; readonly day: number; readonly days: number }[],
): Promise<readonly Version[]> {
  const log = fixture.log('equity_bars');
  const versions: Version[] = [];
  let count = 0;
  const note = async (replaces: boolean): Promise<void> => {
    const { version } = await log.refresh();
    if (version === null || version < versions.length) return;
    const committedAt = await readCommitTime(log.folder, version);
    versions.push({ committedAt, rows: await read(fixture.folder, null), replaces });
  };
  for (const { symbol, day, days } of steps) {
    const series = equity(symbols[symbol] ?? '');
    const from = addDays(firstDay, day);
    const files = (await log.refresh()).files.size;
    await commit(fixture, 'equity_bars', [bars(series, from, addDays(from, days), { price: 100 + ++count })]);
    const after = await log.refresh();
    await note(after.files.size <= files || after.tombstones.size > 0);
    await compact(fixture.context, log, author);
    await note(false);
  }
  return versions;
}

/** The files that no longer belong to the table. */
async function listSuperseded(fixture: LakeFixture): Promise<readonly string[]> {
  const table = join(fixture.folder, 'equity_bars');
  const { files } = await readSnapshot(
    table,
    createCheckpointReader(() => Promise.resolve(fixture.engine), 'all'),
  );
  const names = await readdir(table, { recursive: true });
  return names.filter((name) => name.endsWith('.parquet') && !name.includes('_delta_log') && !files.has(name));
}

const steps = fc.array(fc.record({ symbol: fc.nat(2), day: fc.nat(30), days: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 10,
  maxLength: 20,
});

test('every version is read as it was, as long as no superseded file is deleted', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (chosen) => {
      const fixture = await openLakeFixture();
      for (const { committedAt, rows } of await fill(fixture, chosen))
        expect(await read(fixture.folder, committedAt)).toEqual(rows);
    }),
    { numRuns: 3 },
  );
});

test('without superseded files a version is read as it was, or it is said that it is not kept', async () => {
  let [merged, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (chosen, seed) => {
      const fixture = await openLakeFixture();
      const versions = await fill(fixture, chosen);
      const table = join(fixture.folder, 'equity_bars');
      for (const [index, name] of (await listSuperseded(fixture)).entries())
        if (seed % 3 !== 0 || (seed + index) % 2 === 0) await rm(join(table, name));
      for (const { committedAt, rows } of versions) {
        try {
          expect(await read(fixture.folder, committedAt)).toEqual(rows);
          merged++;
        } catch (error) {
          if (!(error instanceof LakeError)) throw error;
          expect(error.kind).toBe('not-kept');
          const oldest = Date.parse(/oldest moment that is kept: (\S+);/.exec(error.hint)?.[1] ?? '');
          expect(oldest).toBeGreaterThan(committedAt);
          const kept = versions.findLast((version) => version.committedAt <= oldest);
          expect(await read(fixture.folder, oldest)).toEqual(kept?.rows);
          refused++;
        }
      }
    }),
    { numRuns: 8 },
  );
  expect(merged).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});

test('versions before merges are read from the merged files if nothing was replaced, however long ago', async () => {
  const fixture = await openLakeFixture();
  const nights = Array.from({ length: 40 }, (_, day) => ({ symbol: day % 3, day: 2 * day, days: 1 }));
  const versions = await fill(fixture, nights);
  const table = join(fixture.folder, 'equity_bars');
  const version = (await fixture.log('equity_bars').refresh()).version ?? 0;
  const later = { table, version: version - (version % 10), now: fixture.now() + 400 * 86_400_000 };
  await trimLog({ engine: fixture.context.engine, staging: fixture.context.names.staging, ...later });
  expect(await listSuperseded(fixture)).toEqual([]);
  for (const { committedAt, rows } of versions) expect(await read(fixture.folder, committedAt)).toEqual(rows);
});
