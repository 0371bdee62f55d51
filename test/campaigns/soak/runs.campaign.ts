/**
 * Runs cycles of a pipeline in sequence into one lake, each in its own process, and compares the resource usage of the last
 * cycles with the first ones. `npm run soak -- --real 3000`.
 */
import { beforeAll, describe, expect, test } from 'vitest';

import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import { getCycleTime, soakPipeline } from './soak-pipeline.js';
import { measureRun, medians, usageKeys } from './process-usage.js';
import type { Usage } from './process-usage.js';

const cycles = Number(process.env['PIPE_SOAK_RUNS'] ?? '60');

/** The first cycles fetch chains and bars and fill caches. */
const warmUp = 10;

/** Cycles per median: the size of the log tail varies with its checkpoints, every ten to twenty commits. */
const sampleSize = 20;

/**
 * Maximum growth from the first to the last cycles, as a ratio of medians. Bytes read are counted by the system and hardly vary;
 * CPU time varies by about 10 % with other load on the machine, wall-clock time by more.
 *
 * For comparison: with a full listing of the lake and every superseded file read by every run, 3,000 cycles increased CPU time
 * 1.5-fold, memory 1.4-fold and bytes read 1.3-fold.
 */
const maxGrowth: Readonly<Record<keyof Usage, number>> = { bytesRead: 1.15, memory: 1.15, cpu: 1.25, wall: 3 };

const usages: Usage[] = [];
let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  await rig.write('soak.yaml', soakPipeline);
  for (let cycle = 0; cycle < cycles; cycle++) {
    const run = await measureRun(rig, 'run', 'soak.yaml', '--now', getCycleTime(cycle), '--quiet');
    expect(run.stderr, `cycle ${String(cycle)}`).toBe('');
    expect(run.exitCode, `cycle ${String(cycle)}`).toBe(0);
    usages.push(run.usage);
  }
  process.stdout.write(`\n${formatTable()}\n`);
}, 24 * 3_600_000);

/** Resource usage over the cycles, as medians of neighbouring cycles. */
function formatTable(): string {
  const stops = [warmUp + sampleSize, 100, 300, 1_000, 3_000, 10_000, cycles].filter((stop) => stop <= cycles);
  const lines = [...new Set(stops)].map((stop) => {
    const { wall, cpu, memory, bytesRead } = medians(usages.slice(Math.max(0, stop - sampleSize), stop));
    const numbers = [wall, cpu, memory / 1e6, bytesRead / 1e6].map((number, index) =>
      number.toFixed(index === 3 ? 1 : 0).padStart(9),
    );
    return `${String(stop).padStart(8)}${numbers.join('')}`;
  });
  return ['   cycle  wall ms   cpu ms   RSS MB  read MB', ...lines].join('\n');
}

describe(`${String(cycles)} cycles into one lake`, () => {
  test('the last cycles use no more resources than the first ones', () => {
    const warmUsages = usages.slice(warmUp);
    const tenth = Math.max(sampleSize, Math.floor(warmUsages.length / 10));
    const [first, last] = [medians(warmUsages.slice(0, tenth)), medians(warmUsages.slice(-tenth))];
    const exceeded = usageKeys.flatMap((key) =>
      last[key] <= first[key] * maxGrowth[key] ? [] : [`${key}: ${String(first[key])} became ${String(last[key])}`],
    );
    expect(exceeded).toEqual([]);
  });

  test('each cycle stored its rows with their request', async () => {
    const reader = await openLakeReader(rig.path('data'));
    const count = async (from: string): Promise<unknown> =>
      (await reader.query(`SELECT count(*)::INTEGER AS rows FROM ${from}`)).rows[0]?.['rows'];
    try {
      expect(await count('quotes')).toBe(3 * cycles);
      expect(await count('overviews')).toBe(3 * cycles);
      expect(await count('option_snapshots')).toBe(3 * 3 * 10 * cycles);
      for (const dataset of ['quotes', 'option_snapshots', 'overviews'])
        expect(await count(`${dataset} ANTI JOIN facts USING (request_id)`), dataset).toBe(0);
    } finally {
      await reader.close();
    }
  });

  test('the lake is valid and has no unnecessary files', async () => {
    const check = await rig.pipe('check', '--now', getCycleTime(cycles));
    expect(check.exitCode, check.stdout + check.stderr).toBe(0);
    expect(await rig.files('data/_spool')).toEqual([]);
    expect(await rig.files('data/_writing')).toEqual([]);
    expect(await rig.files('data/_locks')).toEqual([]);
    expect(await rig.files('lineage')).toHaveLength(6 * cycles);
    for (const dataset of ['quotes', 'option_snapshots', 'overviews']) {
      expect(await rig.files(`data/${dataset}/_pipe`), dataset).toHaveLength(1);
      const log = await rig.files(`data/${dataset}/_delta_log`);
      const commits = log.filter((name) => name.endsWith('.json')).length;
      // One commit per cycle, and one more when eight files of a size are merged.
      expect(commits, dataset).toBeGreaterThanOrEqual(cycles);
      expect(commits, dataset).toBeLessThanOrEqual(1.2 * cycles);
      expect(log.length - commits, dataset).toBeLessThanOrEqual(11);
    }
  });
});
