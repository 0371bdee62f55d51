import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { createRig } from '../../rig.js';
import type { CallResult, Rig } from '../../rig.js';

const pipeline = `
name: small
provider: mock
symbols: [AAPL, BRK B]
steps:
  contracts: {}
  chains: { needs: contracts }
  equity: { needs: contracts, bar_size: 1 day, lookback: 60d }
  options: { needs: [chains, equity], bar_size: 1 day, lookback: 3 sessions, strikes: 1, expiries: 1 }
`;

const evening = ['--now', '2026-01-15T23:30:00Z'];

let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  await rig.write('small.yaml', pipeline);
  expect(await rig.pipe(...evening, 'run', 'small.yaml', '--quiet')).toMatchObject({ exitCode: 0 });
});

interface Document {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly rule: string;
    readonly dataset: string;
    readonly count: number;
    readonly example: unknown;
    readonly hint: string;
  }[];
  readonly files: { readonly checked: number; readonly bytes: number };
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && 'ok' in value && 'findings' in value && 'files' in value;
}

function parseDocument({ stdout }: CallResult): Document {
  const value: unknown = JSON.parse(stdout);
  if (!isDocument(value)) throw new Error(`not a document of pipe check: ${stdout}`);
  return value;
}

async function dataFiles(dataset: string): Promise<readonly string[]> {
  return (await rig.files(`data/${dataset}`)).filter((path) => path.endsWith('.parquet') && !path.startsWith('_'));
}

async function flipByte(path: string): Promise<void> {
  const content = await readFile(rig.path(path));
  const middle = Math.floor(content.length / 2);
  content.writeUInt8(content.readUInt8(middle) ^ 1, middle);
  await writeFile(rig.path(path), content);
}

test('the commands that findings suggest name the folders of the call', async () => {
  await cp(rig.path('data'), rig.path('my lake'), { recursive: true });
  const folders = ['--data', 'my lake', '--lineage', 'records'];
  const [path = ''] = (await rig.files('my lake/equity_bars')).filter((name) => name.endsWith('.parquet'));
  await rm(rig.path('my lake/equity_bars', path));
  const found = await rig.pipe('check', ...folders, '--json');
  expect(found.exitCode).toBe(5);
  const { findings } = parseDocument(found);
  const options = `--data 'my lake' --lineage records`;
  expect(findings.map(({ hint }) => hint)).toContain(
    `refetch their data: pipe run ${options}, and pipe run ${options} --missing for older windows`,
  );
  expect((await rig.pipe('check', ...folders)).stdout).toContain(`pipe run ${options} --missing`);
});

test('a lake that a run has written passes the check', async () => {
  const checked = await rig.pipe('check', '--json');
  const document = parseDocument(checked);
  expect(checked).toMatchObject({ exitCode: 0, stderr: '' });
  expect(document).toMatchObject({ ok: true, findings: [] });
  const tables = await Promise.all(['contracts', 'chains', 'equity_bars', 'option_bars'].map(dataFiles));
  expect(document.files.checked).toBe(tables.flat().length);
  const text = await rig.pipe('check', '--dataset', 'chains');
  expect(text).toMatchObject({ exitCode: 0 });
  expect(text.stdout).toMatch(/^ok {2}1 file \([\d.]+ kB\) read, \d+ rules applied\n$/);
});

test('a flipped bit and a deleted file fail the check, --repair quarantines, the next run refetches', async () => {
  const [flipped = ''] = await dataFiles('equity_bars');
  const [deleted = ''] = await dataFiles('option_bars');
  await flipByte(`data/equity_bars/${flipped}`);
  await rm(rig.path('data/option_bars', deleted));

  const found = await rig.pipe('check', '--json');
  expect(found.exitCode).toBe(5);
  expect(parseDocument(found)).toMatchObject({
    ok: false,
    findings: [
      { rule: 'file-checksum-mismatch', dataset: 'equity_bars', count: 1, example: { path: `equity_bars/${flipped}` } },
      { rule: 'file-missing', dataset: 'option_bars', count: 1, example: { path: `option_bars/${deleted}` } },
    ],
  });
  expect(await dataFiles('equity_bars')).toContain(flipped);

  const repaired = await rig.pipe('check', '--repair');
  expect(repaired.exitCode).toBe(5);
  expect(repaired.stdout).toContain(flipped);
  expect(repaired.stdout).toContain('1 file quarantined');
  expect(await rig.files('data/equity_bars')).toContain(`${flipped}.damaged`);

  expect(await rig.pipe(...evening, 'run', 'small.yaml', '--quiet')).toMatchObject({ exitCode: 0 });
  const afterRun = await rig.pipe('check', '--json');
  expect(parseDocument(afterRun)).toMatchObject({ ok: true, findings: [] });
  expect(afterRun.exitCode).toBe(0);
  const plan: unknown = JSON.parse((await rig.pipe(...evening, 'plan', 'small.yaml', '--json')).stdout);
  expect(plan).toMatchObject({ requests: 0 });
});

test('a lake passes the check after runs that refetch provisional windows', async () => {
  expect(await rig.pipe('--now', '2026-01-16T16:00:00Z', 'run', 'small.yaml', '--quiet')).toMatchObject({
    exitCode: 0,
  });
  expect(await rig.pipe('--now', '2026-01-17T12:00:00Z', 'run', 'small.yaml', '--quiet')).toMatchObject({
    exitCode: 0,
  });
  expect(parseDocument(await rig.pipe('check', '--json'))).toMatchObject({ ok: true, findings: [] });
});

test('a missing lake ends with exit code 2 and is not created, an unknown table ends with exit code 2', async () => {
  expect(await rig.pipe('--data', 'nowhere', 'check')).toMatchObject({ exitCode: 2 });
  expect((await rig.files()).some((path) => path.startsWith('nowhere'))).toBe(false);
  expect(await rig.pipe('check', '--dataset', 'equities')).toMatchObject({ exitCode: 2 });
});

test('rows that a repair took away stay findings of check, run and status until run --missing has fetched them', async () => {
  const short = pipeline.replace('lookback: 60d', 'lookback: 3 sessions');
  await rig.write('short.yaml', short);
  const old = (await dataFiles('equity_bars')).find((path) => path.includes('period=2025')) ?? '';
  await flipByte(`data/equity_bars/${old}`);
  expect(await rig.pipe('check', '--repair')).toMatchObject({ exitCode: 5 });

  const partial = await rig.pipe(...evening, 'run', 'short.yaml');
  expect(partial.exitCode).toBe(3);
  expect(partial.stdout + partial.stderr).toContain('run --missing');
  const status = await rig.pipe(...evening, 'status', 'short.yaml');
  expect(status.stdout).toContain('lost from the lake: AAPL, BRK B; pipe run --missing');
  const checked = await rig.pipe('check', '--json');
  expect(checked.exitCode).toBe(5);
  expect(parseDocument(checked).findings).toMatchObject([{ rule: 'missing-rows', dataset: 'equity_bars' }]);
  expect(await rig.files('data/equity_bars')).toContain(`${old}.damaged`);

  expect(await rig.pipe(...evening, 'run', 'short.yaml', '--missing', '--quiet')).toMatchObject({ exitCode: 0 });
  expect(parseDocument(await rig.pipe('check', '--json'))).toMatchObject({ ok: true, findings: [] });
  expect(await rig.pipe(...evening, 'run', 'short.yaml', '--quiet')).toMatchObject({ exitCode: 0 });
});
