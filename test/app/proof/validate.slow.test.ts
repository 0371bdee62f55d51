import { mkdir, rm } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';

import { splitWords } from '../../docs/console.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const pipeline = `
name: small
provider: mock
symbols: [AAPL, BRK B]
steps:
  contracts: {}
  chains: { needs: contracts, refresh: 1d }
  equity: { needs: contracts, bar_size: 1 day, lookback: 5 sessions }
  options: { needs: [chains, equity], bar_size: 1 day, lookback: 2 sessions, strikes: 1, expiries: 1 }
`;

const evening = ['--now', '2026-01-15T23:30:00Z'];
let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  await rig.write('pipelines/small.yaml', pipeline);
  expect(await rig.pipe(...evening, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
});

interface Report {
  readonly ok: boolean;
  readonly failures: readonly { readonly symbol: string; readonly validator: string; readonly command: string }[];
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'ok' in value && 'failures' in value;
}

async function validate(now: readonly string[], ...words: readonly string[]): Promise<Report> {
  const { stdout, exitCode } = await rig.pipe(...now, 'validate', ...words, '--json');
  const report: unknown = JSON.parse(stdout);
  if (!isReport(report)) throw new Error(`not a report: ${stdout}`);
  expect(exitCode).toBe(report.ok ? 0 : 5);
  return report;
}

const summarize = ({ failures }: Report): readonly string[] =>
  failures.map(({ symbol, validator }) => `${symbol} ${validator}`);

test('a lake that a run has just filled is valid for every symbol', async () => {
  expect(await validate(evening)).toMatchObject({
    ok: true,
    contracts_ok: ['AAPL', 'BRK B'],
    chains_ok: ['AAPL', 'BRK B'],
    equity_ok: ['AAPL', 'BRK B'],
    option_ok: ['AAPL', 'BRK B'],
    integrity_ok: ['AAPL', 'BRK B'],
    failures: [],
  });
  expect((await rig.pipe(...evening, 'validate', 'AAPL')).stdout).toMatch(/^ok {2}1 symbol, 0 with failures$/m);
});

test('an empty lake fails every prerequisite of every symbol', async () => {
  await mkdir(rig.path('empty'), { recursive: true });
  const report = await validate([...evening, '--data', 'empty'], 'BRK B');
  expect(summarize(report)).toEqual([
    'BRK B symbol_contracts_exist',
    'BRK B option_chain_current',
    'BRK B equity_data_available',
    'BRK B option_backfill_prerequisites',
  ]);
});

test('the commands of the failures, executed in order, make the report valid', async () => {
  const later = ['--now', '2026-01-21T23:30:00Z'];
  for (const file of await rig.files('data/contracts'))
    if (file.endsWith('.parquet')) await rm(rig.path('data/contracts', file));
  const before = await validate(later);
  expect(summarize(before)).toContain('AAPL option_chain_current');
  expect(summarize(before)).toContain('BRK B equity_data_available');
  expect(summarize(before)).toContain('AAPL data_integrity');
  for (const { command } of before.failures) {
    const words = splitWords(command.replace(/^pipe /, ''), {});
    expect(await rig.pipe(...later, ...words, '--quiet'), command).toMatchObject({ exitCode: 0 });
  }
  expect(await validate(later)).toMatchObject({ ok: true, failures: [] });
});

test('an unknown symbol ends with exit code 2', async () => {
  const { exitCode, stderr } = await rig.pipe(...evening, 'validate', 'APPL');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('did you mean AAPL?');
});
