import { execFile } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

import { isRecord } from '../../../src/platform/json.js';
import { findRequirement, titled } from '../../requirements.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const python = findRequirement('python');

const pipeline = (price: number): string => `
name: small
provider: mock
providers: { mock: { base_price: { AAPL: ${String(price)} } } }
symbols: [AAPL, BRK B]
steps:
  contracts: {}
  chains: { needs: contracts }
  equity: { needs: contracts, bar_size: 1 day, lookback: 8 sessions, overlap: 0 }
  minutes: { uses: equity, needs: contracts, bar_size: 30 mins, lookback: 2 sessions, overlap: 0 }
  options: { needs: [chains, equity], bar_size: 1 day, lookback: 2 sessions, strikes: 1, expiries: 1 }
`;

const evening = ['--now', '2026-01-15T23:30:00Z'];
const range = ['--from', '2026-01-05', '--to', '2026-01-16'];
let rig: Rig;
let fingerprint = '';

beforeAll(async () => {
  rig = await createRig();
  await rig.write('pipelines/small.yaml', pipeline(250));
  expect(await rig.pipe(...evening, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
  fingerprint = String(await parse('certify', '--new-key').then((key) => key['fingerprint']));
  for (const dataset of ['equity_bars', 'option_bars', 'chains', 'contracts'])
    expect(await rig.pipe('certify', 'AAPL', ...range, '--dataset', dataset, '--out', `${dataset}.json`)).toMatchObject(
      {
        exitCode: 0,
      },
    );
});

async function parse(...words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { stdout, stderr } = await rig.pipe(...words, '--json');
  const value: unknown = JSON.parse(stdout === '' ? '{}' : stdout);
  if (!isRecord(value)) throw new Error(`not a document: ${stdout}${stderr}`);
  return value;
}

test('a certificate lists every session of the calendar and is verified against its lake, as JSON and as a page', async () => {
  const document = await parse('certify', '--verify', 'equity_bars.json', '--signer', fingerprint);
  expect(document).toMatchObject({
    ok: true,
    isOwnKey: true,
    signer: fingerprint,
    // Ten sessions of daily bars and as many of half hours; the last one has not taken place.
    summary: { sessions: 20, rows: 8 + 2 * 13, states: { data: 10, 'never requested': 10 } },
    differences: [],
  });
  expect(await rig.pipe('certify', '--verify', 'equity_bars.html')).toMatchObject({ exitCode: 0 });
});

test('the key is readable by its owner only and never replaced', async () => {
  const file = join(rig.folder, '../home/.config/pipe/certify-key.pem');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const again = await rig.pipe('certify', '--new-key');
  expect(again).toMatchObject({ exitCode: 2 });
  expect(again.stderr).toContain('exists already');
  expect(await rig.read('equity_bars.json')).not.toContain('PRIVATE');
});

test('WebCrypto verifies the signature over sorted JSON', async () => {
  const document: unknown = JSON.parse(await rig.read('equity_bars.json'));
  if (!isRecord(document)) throw new Error('not a certificate');
  const { signature, ...signed } = document;
  const sort = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sort)
      : isRecord(value)
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((name) => [name, sort(value[name])]),
          )
        : value;
  const key = await webcrypto.subtle.importKey(
    'raw',
    Buffer.from(String(document['publicKey']), 'base64'),
    'Ed25519',
    false,
    ['verify'],
  );
  const bytes = Buffer.from(JSON.stringify(sort(signed)));
  const verified = await webcrypto.subtle.verify('Ed25519', key, Buffer.from(String(signature), 'base64'), bytes);
  expect(verified).toBe(true);
});

test.skipIf(python.missing).each(['equity_bars', 'option_bars', 'chains', 'contracts'])(
  titled('Python computes the hashes of %s from the Parquet files', python),
  async (dataset) => {
    const script = join(import.meta.dirname, '../../interop/verify_certificate.py');
    const { stdout } = await promisify(execFile)(python.path, [script, rig.path(`${dataset}.json`), rig.path('data')]);
    const { summary } = await parse('certify', '--verify', `${dataset}.json`);
    const { sessions, rows } = isRecord(summary) ? summary : {};
    expect(JSON.parse(stdout)).toEqual({ sessions, rows, different: [] });
    expect(rows).toBeGreaterThan(0);
  },
);

test('a refetch with other values is found, with its request and every row', async () => {
  const other = ['run', '--steps', 'equity', '--symbols', 'AAPL', '--force', '--date', '2026-01-14', '--quiet'];
  const copy = await createRig();
  await copy.write('pipelines/small.yaml', pipeline(250));
  await copy.pipe(...evening, 'run', '--steps', 'contracts,equity', '--quiet');
  await copy.pipe('certify', '--new-key');
  expect(await copy.pipe('certify', 'AAPL', ...range, '--out', 'c.json')).toMatchObject({ exitCode: 0 });
  await copy.write('pipelines/small.yaml', pipeline(400));
  expect(await copy.pipe(...evening, ...other)).toMatchObject({ exitCode: 0 });
  const verified = await copy.pipe('certify', '--verify', 'c.json', '--json');
  expect(verified.exitCode).toBe(5);
  expect(JSON.parse(verified.stdout)).toMatchObject({
    ok: false,
    problems: [],
    differences: [
      { kind: 'replaced', session: '2026-01-14' },
      { kind: 'row-changed', session: '2026-01-14', detail: '2026-01-14T14:30:00Z' },
    ],
  });
});

test('a flipped bit in a file of the lake is found, with the file and the rows that it takes away', async () => {
  const file = (await rig.files('data/equity_bars')).find(
    (path) => path.includes('30%20mins') && path.endsWith('.parquet'),
  );
  const path = rig.path('data/equity_bars', file ?? '');
  const content = await readFile(path);
  const flipped = Buffer.from(content);
  flipped.writeUInt8(flipped.readUInt8(600) ^ 4, 600);
  await writeFile(path, flipped);
  const found = await rig.pipe('certify', '--verify', 'equity_bars.json', '--json');
  await writeFile(path, content);
  expect(found.exitCode).toBe(5);
  const document: unknown = JSON.parse(found.stdout);
  expect(document).toMatchObject({ ok: false, damagedFiles: [{ path: `equity_bars/${file ?? ''}` }] });
  const differences = isRecord(document) && Array.isArray(document['differences']) ? document['differences'] : [];
  expect(differences).toHaveLength(2 * 13);
  expect(differences[0]).toMatchObject({ kind: 'row-missing' });
});

test('sessions whose files are gone are certified as missing, and the summary says so', async () => {
  const copy = await createRig();
  await copy.write('pipelines/small.yaml', pipeline(250));
  await copy.pipe(...evening, 'run', '--steps', 'contracts,equity', '--quiet');
  await copy.pipe('certify', '--new-key');
  await rm(copy.path('data/equity_bars/bar_size=1%20day'), { recursive: true });
  const { exitCode, stdout } = await copy.pipe('certify', 'AAPL', ...range);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('10 sessions, 0 rows: 2 never requested, 8 missing');
  expect(stdout).toContain('rows of 8 sessions were stored and are lost: pipe run --missing refetches them');
});

test('a calendar with other sessions than that of the symbol is refused, one with the same sessions is not', async () => {
  const { exitCode, stderr } = await rig.pipe('certify', 'AAPL', ...range, '--calendar', 'XNSE');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--calendar XNSE has other sessions than XNYS, the calendar of AAPL');
  expect(await rig.pipe('certify', 'AAPL', ...range, '--calendar', 'XNAS')).toMatchObject({ exitCode: 0 });
});

test('a lake without the symbol lacks every row, and another signer is refused', async () => {
  await mkdir(rig.path('nowhere'));
  const empty = await parse('certify', '--verify', 'equity_bars.json', '--data', 'nowhere');
  expect(empty).toMatchObject({ ok: false, differences: [{ kind: 'series-missing' }, { kind: 'series-missing' }] });
  const other = await parse('certify', '--verify', 'equity_bars.json', '--signer', '0000-0000');
  expect(other).toMatchObject({ ok: false, problems: [`signed by ${fingerprint}, not by 0000-0000`] });
});

test.each([
  [['certify'], /missing SYMBOL/],
  [['certify', 'AAPL'], /missing the range/],
  [['certify', 'AAPL', '--from', '2026-01-16', '--to', '2026-01-05'], /is after --to/],
  [['certify', 'AAPL', '--from', '2026-01-17', '--to', '2026-01-18'], /no session of XNYS/],
  [['certify', 'APPL', ...range], /did you mean AAPL\?/],
  [['certify', 'AAPL', ...range, '--calendar', 'XNOW'], /unknown calendar/],
  [['certify', 'AAPL', ...range, '--dataset', 'quotes'], /has no quotes of AAPL/],
  [['certify', '--new-key', '--verify', 'equity_bars.json'], /cannot be combined/],
  [['certify', '--verify', 'nothing.json'], /cannot read nothing.json/],
  [['certify', '--verify', 'data'], /cannot read data: it is a folder/],
  [['certify', '--signer', 'x'], /--signer needs --verify/],
])('pipe %j ends with exit code 2 and says what is wrong', async (words, message) => {
  const { exitCode, stderr } = await rig.pipe(...words);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(message) as unknown });
});
