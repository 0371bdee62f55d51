import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { datasets } from '../../../src/core/tables/tables.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import type { LakeReader } from '../../../src/lake/api.js';
import { readTableCoverage, writeCoverageCheckpoint } from '../../../src/lake/coverage/table-coverage.js';
import { nodeFiles } from '../../../src/platform/file-store.js';
import { createCycleStore } from '../../../src/scheduler/schedule/cycle-store.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import { copyRig } from '../copy-rig.js';
import { listFiles } from './damage-lake.js';

const pipeline = `name: damaged
provider: mock
providers: { mock: { delay: 3ms } }
symbols: [AAPL, BRK B]
steps:
  contracts: { refresh: 7d }
  chains: { needs: contracts, refresh: 1d }
  quotes: { needs: contracts }
  equity: { needs: contracts, bar_size: [1 day, 1 hour], lookback: 20d }
  options: { needs: [chains, equity], lookback: 3 sessions, strikes: 1, expiries: 1 }
  best: { uses: sql, needs: equity, query: 'SELECT symbol, max(close) AS high FROM equity_bars GROUP BY symbol' }
  touch: { uses: exec, needs: equity, command: ['true'] }
alerts:
  channels: { silent: { kind: command, command: ['true'] } }
`;

/** Enough runs for a checkpoint of the log and for merging files. */
const evenings = ['02', '03', '04', '05', '06', '09', '10', '11', '12', '13', '16'].map(
  (day) => `2026-11-${day}T23:00:00Z`,
);

/** The evening of the killed run and of the run that repairs each lake. */
export const killedEvening = ['--now', '2026-11-20T23:00:00Z'] as const;

/** SQL expression of a series of bars as named in coverage. */
const seriesExpressions = {
  equity_bars: `'equity_bars/' || symbol || '/' || bar_size || '/' || what || '/' || if(use_rth, 'rth', 'all')`,
  option_bars:
    `'option_bars/' || symbol || '/' || expiry || '/' || strike || '/' || "right" || '/' || bar_size || '/' || what ` +
    `|| '/' || if(use_rth, 'rth', 'all')`,
} as const;

/** Partition columns, which only folder names contain. */
const partitionColumns = {
  equity_bars: '{bar_size: VARCHAR, period: VARCHAR}',
  option_bars: '{symbol: VARCHAR, yearmonth: VARCHAR}',
} as const;

export type BarTable = keyof typeof seriesExpressions;

export const barTables: readonly BarTable[] = ['equity_bars', 'option_bars'];

/** A bar with its series and all values but its request. */
export interface Row {
  readonly series: string;
  readonly ts: number;
  readonly text: string;
}

/** A row of a query over a table of bars. */
export async function readRows(reader: LakeReader, table: BarTable, from: string = table): Promise<readonly Row[]> {
  // The day of the contract answer is later for bars that are requested again.
  const excluded = ['run_id', 'request_id', ...(table === 'equity_bars' ? ['con_id_date'] : [])].join(', ');
  const { rows } = await reader.query(
    `SELECT ${seriesExpressions[table].replace('strike', 'CAST(strike AS INTEGER)')} AS series, epoch_ms(ts) AS ms, * EXCLUDE (${excluded}) FROM ${from} ORDER BY ALL`,
  );
  return rows.map((row) => ({ series: String(row['series']), ts: Number(row['ms']), text: JSON.stringify(row) }));
}

/** An undamaged lake, with the result of a run in it. */
export interface LakeTemplate {
  readonly rig: Rig;
  /** Hash of every file. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Live data files of all tables with their sizes. */
  readonly live: ReadonlyMap<string, number>;
  /** Bars of every data file. */
  readonly rowsByFile: ReadonlyMap<string, readonly Row[]>;
  /** `data` and `empty` windows by series. */
  readonly claims: ReadonlyMap<string, readonly { readonly start: number; readonly end: number }[]>;
  /** Every bar after the run in the undamaged lake. */
  readonly expected: readonly Row[];
}

export function hashFile(path: string): string {
  return createHash('sha1').update(readFileSync(path)).digest('hex');
}

/** Creates a lake of several runs with checkpoints, every kind of state, and results of a killed run in the spool. */
export async function createLakeTemplate(): Promise<LakeTemplate> {
  const rig = await createRig();
  await rig.write('damaged.yaml', pipeline);
  for (const now of evenings) {
    const { exitCode, stderr } = await rig.pipe('run', 'damaged.yaml', '--quiet', '--now', now);
    if (exitCode !== 0) throw new Error(`the lake could not be made: ${stderr}`);
  }
  const lake = rig.path('data');
  for (const table of ['equity_bars', 'chains'] as const)
    await writeCoverageCheckpoint(join(lake, table), await readTableCoverage(join(lake, table), table));
  await createCycleStore(lake, nodeFiles).write('damaged', {
    schedule: 'x',
    state: { until: Date.parse('2026-11-16T23:00:00Z'), running: null, waiting: [], started: 0 },
  });
  const call = rig.spawn('run', 'damaged.yaml', '--debug', ...killedEvening);
  await call.waitForOutput(/(?:"type":"request-completed"[^]*?){12}/);
  call.kill('SIGKILL');
  await call.result;

  const hashes = new Map(listFiles(lake).map((path) => [path, hashFile(join(lake, path))]));
  const reader = await openLakeReader(lake);
  const rowsByFile = new Map<string, readonly Row[]>();
  const claims = new Map<string, { start: number; end: number }[]>();
  const live = new Map<string, number>();
  for (const table of datasets)
    for (const { path, size } of (await readTableCoverage(join(lake, table), table)).files.values())
      live.set(`${table}/${path}`, size);
  const state = await reader.readState();
  for (const table of barTables) {
    for (const path of (await readTableCoverage(join(lake, table), table)).files.keys()) {
      const file = join(lake, table, path).replaceAll("'", "''");
      const source = `(FROM read_parquet('${file}', hive_partitioning = true, hive_types = ${partitionColumns[table]}))`;
      rowsByFile.set(`${table}/${path}`, await readRows(reader, table, source));
    }
  }
  for (const { provider, series: name } of state.series())
    claims.set(
      name,
      state.coverage(provider, name).filter((window) => window.state === 'data' || window.state === 'empty'),
    );
  await reader.close();

  const undamaged = await copyRig(rig);
  const run = await undamaged.pipe('run', 'damaged.yaml', '--quiet', ...killedEvening);
  if (run.exitCode !== 0) throw new Error(`the undamaged lake could not be run: ${run.stderr}`);
  const after = await openLakeReader(undamaged.path('data'));
  const expected: Row[] = [];
  for (const table of barTables) expected.push(...(await readRows(after, table)));
  await after.close();
  await undamaged.close();
  return { rig, hashes, live, rowsByFile, claims, expected };
}
