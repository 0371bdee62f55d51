import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

import { createFilledProject } from './fixtures/project.js';
import type { Rig } from './rig.js';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
const typescript = createRequire(import.meta.url).resolve('typescript/bin/tsc');

const pipeline = `name: small
symbols: [AAPL]
steps:
  contracts: {}
  chains: { needs: contracts }
  equity: { needs: contracts, lookback: 70 sessions }
  snapshots: { needs: [chains, equity], strikes: 3, expiries: { nearest: 2, dte: 30 } }
  overview: { needs: [snapshots, equity] }
`;

/** A program of a user: its types are checked, and the same text is run. */
const program = `
import { ArgumentError, listSessions, openLake } from 'marketlake';
import type {
  Bar, ChainOption, CoverageWindow, Lake, MarketData, OptionChain, PlanSummary, RowOrigin, VolatilityHistory,
} from 'marketlake';

const lake: Lake = await openLake('data');
const bars: readonly Bar[] = await lake.bars({
  symbol: 'AAPL', fromInclusive: '2026-11-16', toExclusive: '2026-11-20',
});
const dates: readonly string[] = await lake.barDates({ symbol: 'AAPL', barSize: '1 day' });
const latest: OptionChain | null = await lake.latestChain({ symbol: 'AAPL' });
const onDate: OptionChain | null = await lake.chainOn({ symbol: 'AAPL', date: '2026-11-20' });
const before: OptionChain | null = await lake.chainOn({ symbol: 'AAPL', date: '2026-11-19' });
const history: VolatilityHistory | null = await lake.ivHistory({ symbol: 'AAPL', days: 60 });
const data: MarketData | null = await lake.marketData({ symbol: 'AAPL' });
const coverage: readonly CoverageWindow[] = await lake.coverage({ symbol: 'AAPL', dataset: 'equity_bars' });
const origin: RowOrigin | null = latest?.options[0] === undefined ? null : await lake.lineage(latest.options[0]);
const plan: PlanSummary = await lake.plan({ pipeline: 'small.yaml' });
const sessions = listSessions({ exchange: 'XNYS', fromInclusive: '2026-11-25', toExclusive: '2026-11-28' });
const refused = await lake.bars({ symbol: 'AAPL', fromInclusive: '2026-11-31' }).then(
  () => 'nothing',
  (error: unknown) => (error instanceof ArgumentError ? error.message : 'another error'),
);
const unknown = await lake.marketData({ symbol: 'NOPE' });
const put: ChainOption | undefined = data?.option_chain.find(({ right }) => right === 'P');
const trend: 'uptrend' | 'downtrend' | 'neutral' | null | undefined = data?.underlying_trend;
// @ts-expect-error a bar size that is none
const wrong: Parameters<Lake['bars']>[0] = { symbol: 'AAPL', barSize: 'daily' };
const tables = (await lake.statistics()).filter(({ rows }) => rows > 0).map(({ dataset }) => dataset);
await lake.close();
console.log(JSON.stringify({
  sessions: bars.map(({ session }) => session),
  dates: dates.length,
  options: [latest?.options.length, onDate?.options.length, before],
  days: history?.days.length,
  data: { ...data, option_chain: data?.option_chain.length },
  iv: put?.iv,
  trend,
  unknown,
  tables,
  wrong,
  held: coverage.some(({ state, endExclusive }) => state === 'data' && endExclusive > Date.parse('2026-11-20T00:00:00Z')),
  origin: [origin?.step, origin?.provider],
  plan: plan.tasks.map(({ step }) => step),
  sessions2: sessions.map(({ date }) => date),
  refused,
}));
`;

let rig: Rig;

/** Builds the package with its types in a copy, because other tests use `dist/`. */
async function buildPackage(project: Rig): Promise<string> {
  const copy = project.path('package');
  for (const part of ['package.json', 'schemas', 'scripts', 'src', 'tsconfig.json', 'tsconfig.build.json'])
    await cp(join(root, part), join(copy, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const build = spawnSync(process.execPath, ['scripts/build.js', '--release'], { cwd: copy, encoding: 'utf8' });
  expect(build.status, build.stdout + build.stderr).toBe(0);
  return copy;
}

beforeAll(async () => {
  rig = await createFilledProject(pipeline);
  await mkdir(rig.path('node_modules/@types'), { recursive: true });
  await symlink(await buildPackage(rig), rig.path('node_modules/marketlake'));
  await symlink(join(root, 'node_modules/@types/node'), rig.path('node_modules/@types/node'));
  await rig.write('package.json', '{ "type": "module" }');
  await rig.write('program.ts', program);
  const compilerOptions = { strict: true, module: 'NodeNext', target: 'ES2023', types: ['node'], outDir: 'out' };
  await rig.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['program.ts'] }));
});

test('the package can be imported by its name, with its types', async () => {
  const checked = await run(process.execPath, [typescript, '-p', '.'], { cwd: rig.folder }).catch(
    (error: unknown) => error,
  );
  expect(checked).toMatchObject({ stdout: '' });
  const { stdout } = await run(process.execPath, ['out/program.js'], { cwd: rig.folder });
  const output: unknown = JSON.parse(stdout);
  expect(output).toMatchObject({
    sessions: ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19'],
    dates: 70,
    options: [56, 56, null],
    days: 1,
    data: { symbol: 'AAPL', iv_rank: null, iv_days: 1, vix: null, option_chain: 56 },
    unknown: null,
    tables: ['contracts', 'chains', 'equity_bars', 'option_snapshots', 'overviews'],
    held: true,
    origin: ['snapshots', 'mock'],
    plan: ['contracts', 'chains', 'equity', 'snapshots', 'overview'],
    sessions2: ['2026-11-25', '2026-11-27'],
    refused: 'bars: fromInclusive "2026-11-31" is not a date; write YYYY-MM-DD',
  });
  expect(output).toHaveProperty('trend', expect.stringMatching(/trend|neutral/));
});
