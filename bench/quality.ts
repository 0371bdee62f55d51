import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.js';
import { afterLastNight, afterNextSession, copyHistory, getHistory } from './history/history.js';
import { measureProcessUsage, pipeCommand } from './node-process.js';

const symbols = 10_000;
const maxRatio = 1.1;
const runs = 3;

/** A rule of every kind that daily bars have. */
const rules = `quality:
  volume: { kind: range, table: equity_bars, column: volume, min: 0, max: 1000000000000 }
  spikes: { kind: jump, max: 50 }
  still: { kind: frozen, bars: 10 }
  fresh: { kind: freshness, table: equity_bars, max_age: 10d }
  own: { table: equity_bars, sql: SELECT * FROM changed_rows WHERE high > 100 * low, on_fail: quarantine }
`;

function run(folder: string, now: string): number {
  return measureProcessUsage({ args: [pipeCommand, '--now', now, 'run', 'pipelines/history.yaml'], folder }).seconds;
}

/** The seconds of one night in a copy of a project. */
function runNight(project: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  try {
    cpSync(project, folder, { recursive: true });
    return run(folder, afterNextSession);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the rules of a pipeline add to a night that brings one session. */
export const benches: readonly Bench[] = [
  {
    name: `quality: rules in a night of ${symbols.toLocaleString('en')} symbols`,
    target: `≤ ${String(maxRatio)} times the night without rules`,
    run() {
      const plain = copyHistory(getHistory(symbols));
      const checked = copyHistory(getHistory(symbols));
      try {
        appendFileSync(join(checked, 'pipelines/history.yaml'), rules);
        // The first run after a change of rules examines the whole table.
        const firstSeconds = run(checked, afterLastNight);
        const pairs = Array.from({ length: runs }, () => [runNight(plain), runNight(checked)] as const);
        const [without, withRules] = [0, 1].map((side) => Math.min(...pairs.map((pair) => pair[side] ?? NaN)));
        const ratio = (withRules ?? NaN) / (without ?? NaN);
        const detail = `${(without ?? NaN).toFixed(1)} s without, ${(withRules ?? NaN).toFixed(1)} s with; the first run, over ten years, ${firstSeconds.toFixed(1)} s`;
        return Promise.resolve({ measured: ratio, unit: '×', limit: maxRatio, better: 'lower', detail });
      } finally {
        for (const folder of [plain, checked]) rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];
