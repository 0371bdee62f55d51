import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

import { ArgumentError, openLake } from '../../src/index.js';
import type { BarSize, Lake, PriceType } from '../../src/index.js';
import { findRequirement, titled } from '../requirements.js';
import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';

const python = findRequirement('python');
const root = join(import.meta.dirname, '../..');
const casesFile = join(import.meta.dirname, 'cases.json');

/** One call that both readers make. */
interface Case {
  readonly title: string;
  readonly call: 'bars' | 'chain' | 'iv' | 'coverage' | 'lineage';
  readonly symbol: string;
  readonly fromInclusive?: string;
  readonly toExclusive?: string;
  readonly barSize?: BarSize;
  readonly priceType?: PriceType;
  readonly provider?: string;
  readonly at?: string;
  readonly days?: number;
  readonly dataset?: string;
  /** The call is refused. */
  readonly fails?: true;
}

const cases = JSON.parse(readFileSync(casesFile, 'utf8')) as readonly Case[];

let rig: Rig;
let results: readonly unknown[] = [];

function runPython(...args: readonly string[]): Promise<{ readonly stdout: string }> {
  const environment = { ...process.env, PYTHONPATH: join(root, 'python') };
  return promisify(execFile)(python.path, [...args], { env: environment, cwd: root, maxBuffer: 1 << 28 });
}

beforeAll(async () => {
  if (python.missing) return;
  rig = await createRig();
  await rig.write(
    'first.yaml',
    `name: first
symbols: [AAPL]
steps:
  contracts: {}
  chains: { needs: contracts }
  equity: { needs: contracts, lookback: 30 sessions, bar_size: [1 day, 30 mins] }
  options: { needs: [chains, equity], lookback: 3 sessions }
  snapshots: { needs: [chains, equity], strikes: 3, expiries: { nearest: 2, dte: 30 } }
  overview: { needs: [snapshots, equity] }
`,
  );
  await rig.write(
    'second.yaml',
    'name: second\nsymbols: [BRK B]\nsteps:\n  contracts: {}\n  chains: { needs: contracts }\n  equity: { needs: contracts, lookback: 5 sessions }\n',
  );
  await rig.write('AAPL.csv', 'Date,Open,High,Low,Close\n2024-01-02,1,3,1,2\n2024-01-04,2,4,2,3\n');
  await rig.write(
    'third.yaml',
    'name: third\nsymbols: [AAPL]\nsteps:\n  bought: { uses: import, files: AAPL.csv, columns: { date: Date, open: Open, high: High, low: Low, close: Close } }\n',
  );
  for (const [file, now] of [
    ['first.yaml', '2026-11-19T22:00:00Z'],
    ['first.yaml', '2026-11-20T22:00:00Z'],
    ['second.yaml', '2026-11-20T22:00:00Z'],
    ['third.yaml', '2026-11-20T22:00:00Z'],
  ] as const) {
    const { exitCode, stderr } = await rig.pipe('run', file, '--now', now, '--quiet');
    expect([0, 3], stderr).toContain(exitCode);
  }
  const { stdout } = await runPython(join(import.meta.dirname, 'run_cases.py'), rig.path('data'), casesFile);
  results = JSON.parse(stdout) as readonly unknown[];
});

/** The result of a call as the Python reader has it. */
async function run(lake: Lake, { call, symbol, at, dataset, ...rest }: Case): Promise<unknown> {
  const { title: _title, fails: _fails, days, ...bounds } = rest;
  switch (call) {
    case 'bars': {
      const bars = await lake.bars({ symbol, ...bounds });
      return bars.map(({ barCount, openInterest, ...bar }) => ({
        ...bar,
        bar_count: barCount,
        open_interest: openInterest,
      }));
    }
    case 'chain': {
      const chain = await (at === undefined
        ? lake.latestChain({ symbol })
        : lake.chainAt({ symbol, at: Date.parse(at) }));
      return (chain?.options ?? []).map(
        ({ openInterest, underlyingPrice, ivSource, ivReason, requestId, tradingClass, ...option }) => ({
          ...option,
          open_interest: openInterest,
          underlying_price: underlyingPrice,
          iv_source: ivSource,
          iv_reason: ivReason,
          request_id: requestId,
          trading_class: tradingClass,
        }),
      );
    }
    case 'iv': {
      const history = await lake.ivHistory({ symbol, ...(days === undefined ? {} : { days }) });
      return (history?.days ?? []).map(({ session, value }) => ({ date: session, iv: value }));
    }
    case 'coverage':
      return (await lake.coverage({ symbol, ...(dataset === undefined ? {} : { dataset }) })).map(
        ({ startInclusive, endExclusive, lastRequestedAt, ...window }) => ({
          ...window,
          start_inclusive: startInclusive,
          end_exclusive: endExclusive,
          last_requested_at: lastRequestedAt,
        }),
      );
    case 'lineage': {
      const [option] = (await lake.latestChain({ symbol }))?.options ?? [];
      const origin = option === undefined ? null : await lake.lineage(option);
      if (origin === null) return null;
      const windows = origin.windows.map((one) => [
        one.series,
        one.startInclusive,
        one.endExclusive,
        one.state,
        one.rows,
      ]);
      const { requestId, runId, provider, pipeline, step, requestedAt, upstream } = origin;
      return [requestId, runId, provider, pipeline, step, requestedAt, upstream, windows];
    }
  }
}

describe.skipIf(python.missing)(titled('the Python reader', python), () => {
  test.each(cases.map((one, index) => [one.title, one, index] as const))(
    'reads like TypeScript: %s',
    async (_, one, index) => {
      const lake = await openLake(rig.path('data'));
      try {
        if (one.fails === true) {
          await expect(run(lake, one)).rejects.toThrow(ArgumentError);
          expect(results[index]).toBeNull();
        } else expect(results[index]).toEqual(await run(lake, one));
      } finally {
        await lake.close();
      }
    },
  );

  test('has results for most calls', () => {
    expect(results.filter((result) => Array.isArray(result) && result.length > 0).length).toBeGreaterThan(10);
  });

  test('is typed strictly', async () => {
    const { stdout } = await runPython(
      '-m',
      'mypy',
      '--config-file',
      join(root, 'python/pyproject.toml'),
      join(root, 'python/marketlake'),
    );
    expect(stdout).toContain('Success');
  });

  test('executes the cells of the notebook, which end in plots', async () => {
    const { stdout } = await runPython(
      join(root, 'examples/run_notebook.py'),
      join(root, 'examples/volatility.ipynb'),
      rig.path('data'),
      rig.path('plots'),
    );
    expect(stdout).toMatch(/\d+ cells, \d+ plots/);
    expect((await rig.files('plots')).filter((name) => name.endsWith('.png')).length).toBeGreaterThanOrEqual(2);
  });
});
