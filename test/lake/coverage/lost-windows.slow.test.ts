import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CoverageState } from '../../../src/core/coverage.js';
import { addDays } from '../../../src/core/time/time.js';
import { toZonedInstant } from '../../../src/core/time/time-zone.js';
import { readTableCoverage, writeCoverageCheckpoint } from '../../../src/lake/coverage/table-coverage.js';
import type { LiveFile } from '../../../src/lake/delta/actions.js';
import { fact, writeLog, yearFile, zones } from './log-files.js';
import type { FakeCommit } from './log-files.js';

const calendars: Readonly<Record<string, string>> = { A: 'XNYS', B: 'XASX', C: 'XNSE' };
const symbols = Object.keys(calendars);
const days = 12;

/** A few days around the turns of two years, so that windows lie on both sides of them. */
const dates = Array.from({ length: days }, (_, index) =>
  index < days / 2 ? addDays('2016-12-29', index) : addDays('2017-12-29', index - days / 2),
);
const startOf = (symbol: string, index: number): number =>
  index === days
    ? toZonedInstant(zones[calendars[symbol] ?? ''] ?? '', addDays(dates[days - 1] ?? '', 1), 0)
    : toZonedInstant(zones[calendars[symbol] ?? ''] ?? '', dates[index] ?? '', 0);

const answer = fc.record({
  symbol: fc.constantFrom(...symbols),
  from: fc.nat(days - 1),
  length: fc.integer({ min: 1, max: 8 }),
  state: fc.constantFrom<CoverageState>('data', 'data', 'data', 'provisional', 'empty', 'failed'),
});

/** Commits, the merges of a year's files after each, and the files deleted at the end. */
const scenario = fc.record({
  commits: fc.array(fc.array(answer, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
  merges: fc.array(fc.tuple(fc.nat(5), fc.constantFrom(2016, 2017, 2018)), { maxLength: 3 }),
  deleted: fc.array(fc.nat(20), { maxLength: 4 }),
  checkpointed: fc.boolean(),
});

/** The expected state of one day of a symbol, and the commit of its rows. */
interface Day {
  readonly state: CoverageState;
  readonly version: number;
}

test('marks exactly the days whose rows were in a deleted file as missing after any replacements and merges', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ commits, merges, deleted, checkpointed }) => {
      const known = new Map<string, Day>();
      const log: FakeCommit[] = [];
      let live: LiveFile[] = [];
      const append = (commit: FakeCommit): void => {
        const { added = [], removed = [] } = commit;
        live = [...live.filter(({ path }) => !removed.some((file) => file.path === path)), ...added];
        log.push(commit);
      };
      for (const [number, answers] of commits.entries()) {
        const version = log.length;
        const years = new Map<number, Set<string>>();
        const facts = answers.map(({ symbol, from, length, state }) => {
          const to = Math.min(days, from + length);
          for (let day = from; day < to; day++) {
            const key = `${symbol} ${day}`;
            const held = known.get(key)?.state ?? 'failed';
            if (state !== 'failed' || held === 'failed') known.set(key, { state, version });
            const year = Number(dates[day]?.slice(0, 4));
            if (state === 'data' || state === 'provisional')
              years.set(year, (years.get(year) ?? new Set()).add(symbol));
          }
          return fact(
            symbol,
            startOf(symbol, from),
            startOf(symbol, to),
            { state, requestedAt: version },
            calendars[symbol],
          );
        });
        const added = [...years].map(([year, held]) => {
          const sorted = [...held].sort();
          return yearFile(year, [version], [sorted[0] ?? '', sorted.at(-1) ?? '']);
        });
        append({ facts, added });
        for (const [after, year] of merges) {
          const removed = live.filter(({ partitionValues }) => partitionValues['period'] === String(year));
          if (after !== number || removed.length < 2) continue;
          const versions = removed.flatMap(({ tags }) => (tags['pipe.commits'] ?? '').split(',').map(Number));
          append({
            removed,
            added: [
              yearFile(
                year,
                versions.sort((a, b) => a - b),
                ['A', 'C'],
              ),
            ],
          });
        }
      }
      const table = await mkdtemp(join(tmpdir(), 'losses-'));
      try {
        await writeLog(table, log);
        if (checkpointed) await writeCoverageCheckpoint(table, await readTableCoverage(table, 'equity_bars'));
        const lost = live.filter((_, index) => deleted.includes(index));
        for (const { path } of lost) await rm(join(table, path));
        const coverage = await readTableCoverage(table, 'equity_bars');
        expect(coverage.damage.map(({ path }) => path).sort()).toEqual(lost.map(({ path }) => path).sort());
        const wrong: string[] = [];
        for (const symbol of symbols) {
          const windows = coverage.coverage('mock', `equity_bars/${symbol}/1 day/TRADES/rth`);
          for (let day = 0; day < days; day++) {
            const expected = known.get(`${symbol} ${day}`);
            const isLost =
              (expected?.state === 'data' || expected?.state === 'provisional') &&
              lost.some(
                ({ partitionValues, tags }) =>
                  partitionValues['period'] === dates[day]?.slice(0, 4) &&
                  tags['pipe.commits']?.split(',').includes(String(expected.version)) === true,
              );
            const wanted = isLost ? 'missing' : expected?.state;
            // An early and a late instant of the local day have the same state.
            for (const instant of [startOf(symbol, day), startOf(symbol, day) + 20 * 3_600_000]) {
              const found = windows.find(({ start, end }) => start <= instant && instant < end)?.state;
              if (found !== wanted)
                wrong.push(`${symbol} ${String(dates[day])}: ${String(found)} instead of ${String(wanted)}`);
            }
          }
        }
        expect(wrong).toEqual([]);
      } finally {
        await rm(table, { recursive: true, force: true });
      }
    }),
    { numRuns: 150 },
  );
});
