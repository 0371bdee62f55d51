import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';

import { isRecord } from '../../../src/platform/json.js';
import { createRig } from '../../rig.js';
import type { CallResult, Rig } from '../../rig.js';

const pipeline = `
name: small
provider: mock
symbols: [AAPL, BRK B]
steps:
  contracts: {}
  chains: { needs: contracts }
  equity: { needs: contracts, bar_size: 1 day, lookback: 5 sessions }
`;

const first = ['--now', '2026-01-15T23:30:00Z'];
const second = ['--now', '2026-01-16T23:30:00Z'];

let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  await rig.write('pipelines/small.yaml', pipeline);
  expect(await rig.pipe(...first, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
});

function parse({ stdout }: CallResult): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(stdout);
  if (!isRecord(value)) throw new Error(`not a document: ${stdout}`);
  return value;
}

test('a backup is restored as a lake that is complete and passes the check', async () => {
  const made = parse(await rig.pipe(...first, 'backup', 'safe', '--json'));
  expect(made).toMatchObject({ damaged: [], versions: { contracts: 0, chains: 0, equity_bars: 0 } });
  expect(made['linked']).toBeGreaterThan(0);
  expect(await rig.pipe('backup', 'safe', '--verify')).toMatchObject({ exitCode: 0 });

  expect(await rig.pipe('restore', 'safe', 'again')).toMatchObject({ exitCode: 0 });
  const there = ['--data', 'again/data', '--lineage', 'again/lineage'];
  expect(parse(await rig.pipe(...first, ...there, 'plan', '--json'))).toMatchObject({ requests: 0 });
  expect(parse(await rig.pipe(...there, 'check', '--json'))).toMatchObject({ ok: true, findings: [] });
  const rows = ['query', 'SELECT * FROM equity_bars ORDER BY ALL', '--json'];
  expect((await rig.pipe(...there, ...rows)).stdout).toBe((await rig.pipe(...rows)).stdout);
  expect(await rig.pipe(...there, 'report')).toMatchObject({ exitCode: 0 });
});

test('a second backup stores only new files, and both can be restored', async () => {
  const before = parse(await rig.pipe(...first, 'backup', 'twice', '--json'));
  const idle = parse(await rig.pipe(...second, 'backup', 'twice', '--json'));
  expect(idle).toMatchObject({ newFiles: 0, newBytes: 0, files: before['files'] });
  expect(await rig.pipe(...second, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
  const after = parse(await rig.pipe('--now', '2026-01-16T23:59:00Z', 'backup', 'twice', '--json'));
  expect(Number(after['newFiles'])).toBeLessThan(Number(after['files']) / 2);
  const version = (document: Readonly<Record<string, unknown>>): unknown =>
    isRecord(document['versions']) ? document['versions']['equity_bars'] : null;
  expect([version(before), version(after)]).toEqual([0, 1]);
  expect(await rig.pipe('restore', 'twice', 'old', '--backup', String(before['id']))).toMatchObject({ exitCode: 0 });
  expect(parse(await rig.pipe(...second, '--data', 'old/data', 'plan', '--json'))).not.toMatchObject({ requests: 0 });
  expect(await rig.pipe('restore', 'twice', 'new')).toMatchObject({ exitCode: 0 });
  expect(parse(await rig.pipe(...second, '--data', 'new/data', 'plan', '--json'))).toMatchObject({ requests: 0 });
});

test('a lake that loses its files after the backup is restored from hard links', async () => {
  const lost = await createRig();
  await lost.write('pipelines/small.yaml', pipeline);
  await lost.pipe(...first, 'run', '--quiet');
  await lost.pipe('backup', 'safe');
  await rm(lost.path('data'), { recursive: true });
  expect(await lost.pipe('restore', 'safe', 'back')).toMatchObject({ exitCode: 0 });
  expect(parse(await lost.pipe('--data', 'back/data', 'check', '--json'))).toMatchObject({ ok: true });
});

test('a changed and a missing object, and a torn manifest, are found; the restoration refuses them', async () => {
  await rig.pipe(...first, 'backup', 'bad');
  const objects = (await rig.files('bad/objects')).map((path) => rig.path('bad/objects', path));
  const [changed = '', missing = ''] = objects;
  const content = Buffer.from(await readFile(changed));
  content.writeUInt8(content.readUInt8(3) ^ 1, 3);
  // A new file, because the object and the file of the lake are one.
  await rm(changed);
  await writeFile(changed, content);
  await rm(missing);
  const found = await rig.pipe('backup', 'bad', '--verify', '--json');
  expect(found.exitCode).toBe(5);
  expect(parse(found)).toMatchObject({ ok: false, backups: [{ isGood: false }] });
  expect(found.stdout).toContain('its bytes differ from what was written');
  expect(found.stdout).toContain('its content is missing');
  expect(await rig.pipe('restore', 'bad', 'never')).toMatchObject({ exitCode: 7 });
  await expect(stat(rig.path('never'))).rejects.toThrow();

  const [manifest = ''] = await rig.files('bad/backups');
  const text = await rig.read(`bad/backups/${manifest}`);
  await rig.write(`bad/backups/${manifest}`, text.slice(0, -20));
  const torn = await rig.pipe('restore', 'bad', 'never');
  expect(torn).toMatchObject({ exitCode: 7 });
  expect(torn.stderr).toContain('the manifest differs from what was written');
});

test('a damaged file of the lake is named by the backup, which keeps everything else', async () => {
  const damaged = await createRig();
  await damaged.write('pipelines/small.yaml', pipeline);
  await damaged.pipe(...first, 'run', '--quiet');
  const [file = ''] = (await damaged.files('data/chains')).filter((path) => path.endsWith('.parquet'));
  const path = damaged.path('data/chains', file);
  const content = Buffer.from(await readFile(path));
  content.writeUInt8(content.readUInt8(90) ^ 1, 90);
  await writeFile(path, content);
  const made = await damaged.pipe('backup', 'safe', '--json');
  expect(made.exitCode).toBe(5);
  expect(parse(made)).toMatchObject({ damaged: [`chains/${file}`] });
  expect(parse(await damaged.pipe('backup', 'safe', '--json'))).toMatchObject({ damaged: [`chains/${file}`] });
});

test.each([
  [['backup', 'data/inside'], 2, /is within/],
  [['backup', 'nothing', '--verify'], 2, /no backup in/],
  [['--data', 'nowhere', 'backup', 'safe2'], 2, /no lake in/],
  [['backup', 's3://bucket/lake'], 2, /s3:/],
  [['restore', 'nothing', 'x'], 7, /no backup/],
  [['restore', 'safe', 'data'], 7, /is not empty/],
  [['restore', 'safe', 'x', '--backup', '../../etc/passwd'], 7, /no backup/],
])('pipe %j ends with exit code %i and says what is wrong', async (words, code, message) => {
  const { exitCode, stderr } = await rig.pipe(...words);
  expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: expect.stringMatching(message) as unknown });
});
