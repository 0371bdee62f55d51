import { beforeEach, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const pipeline = `# my symbols
name: small
provider: mock
symbols:
  - AAPL   # fruit
  # banks
  - { symbol: JPM, exchange: NYSE }

groups:
  tech: { symbols: [NVDA, MSFT] }   # chips and code

steps:
  contracts: {}
  chains: { needs: contracts }
  equity: { needs: contracts, bar_size: 1 day, lookback: 3 sessions }
  options: { needs: [chains, equity], bar_size: 1 day, lookback: 2 sessions, strikes: 1, expiries: 1 }
`;

const evening = ['--now', '2026-01-15T23:30:00Z'];
const file = 'pipelines/small.yaml';
let rig: Rig;

beforeEach(async () => {
  rig = await createRig();
  await rig.write(file, pipeline);
});

const countBars = async (symbol: string): Promise<unknown> =>
  JSON.parse(
    (await rig.pipe('query', `SELECT count(*) AS bars FROM equity_bars WHERE symbol = '${symbol}'`, '--json')).stdout,
  );

test('pipe add writes one line, fetches the symbol in the order of dependencies and validates it', async () => {
  const added = await rig.pipe(...evening, 'add', 'TSLA', '--json');
  expect(JSON.parse(added.stdout), added.stderr).toMatchObject({
    ok: true,
    added: true,
    runExitCode: 0,
    contracts_ok: ['TSLA'],
    chains_ok: ['TSLA'],
    equity_ok: ['TSLA'],
    option_ok: ['TSLA'],
    integrity_ok: ['TSLA'],
  });
  expect(added.exitCode).toBe(0);
  expect(await rig.read(file)).toBe(pipeline.replace('exchange: NYSE }\n', 'exchange: NYSE }\n  - TSLA\n'));
  expect(await countBars('TSLA')).toEqual([{ bars: 3 }]);
  expect(await countBars('AAPL')).toEqual([{ bars: 0 }]);
  expect(await rig.files('pipelines')).toEqual(['small.yaml']);
});

test('--lookback fetches older bars of the symbol, and a second call fetches nothing', async () => {
  expect(await rig.pipe(...evening, 'add', 'BRK B', '--lookback', '30d')).toMatchObject({ exitCode: 0 });
  expect(await countBars('BRK B')).toEqual([{ bars: 21 }]);
  const again = await rig.pipe(...evening, 'add', 'BRK B');
  expect(again).toMatchObject({ exitCode: 0 });
  expect(again.stderr).toContain('BRK B is in pipelines/small.yaml already');
  expect(await rig.read(file)).toContain('  - "BRK B"\n');
});

test('pipe remove takes the symbol out of lists and groups, and its data stay', async () => {
  await rig.pipe(...evening, 'add', 'TSLA', '--quiet');
  expect(await rig.pipe('remove', 'TSLA')).toMatchObject({ exitCode: 0 });
  expect(await rig.read(file)).toBe(pipeline);
  expect(await countBars('TSLA')).toEqual([{ bars: 3 }]);
  expect(await rig.pipe('remove', 'NVDA', '--json')).toMatchObject({ exitCode: 0 });
  expect(await rig.read(file)).toBe(pipeline.replace('NVDA, ', ''));
});

test.each([
  [['add', 'AAPL MSFT!!  x'], /two spaces/],
  [['add', '../x'], /is a path/],
  [['add', 'TSLA', '--lookback', 'much'], /--lookback much/],
  [['add', 'TSLA', '--lookback', '5h'], /less than a day/],
  [['add', 'TSLA', '--pipeline', 'none.yaml'], /no such file/],
  [['remove', 'TSLA'], /small has no symbol TSLA/],
])('pipe %j ends with exit code 2 and leaves the file as it is', async (words, message) => {
  const { exitCode, stderr } = await rig.pipe(...evening, ...words);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(message) as unknown });
  expect(await rig.read(file)).toBe(pipeline);
});

test('edits at the same time are all kept', async () => {
  const symbols = ['TSLA', 'AMZN', 'META', 'INTC'];
  const edits = [...symbols.map((symbol) => ['add', symbol]), ['remove', 'NVDA'], ['remove', 'AAPL']];
  const results = await Promise.all(edits.map((edit) => rig.pipe(...evening, ...edit, { newProcess: true })));
  // Only one at a time may fetch; the others say that their symbol has no data yet.
  for (const { exitCode, stderr } of results) expect([0, 3, 11], stderr).toContain(exitCode);
  const text = await rig.read(file);
  for (const symbol of symbols) expect(text).toContain(`  - ${symbol}\n`);
  expect(text).not.toMatch(/NVDA|AAPL/);
  expect(await rig.files('pipelines')).toEqual(['small.yaml']);
});
