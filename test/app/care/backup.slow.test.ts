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
/** More than a day later: what is refreshed every day is due. */
const second = ['--now', '2026-01-16T23:45:00Z'];

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
  // Later than every answer of the run, however long it took.
  const afterwards = ['--now', '2026-01-16T23:58:00Z'];
  expect(parse(await rig.pipe(...afterwards, '--data', 'new/data', 'plan', '--json'))).toMatchObject({ requests: 0 });
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

/** A lake with several commits of `equity_bars`. */
async function createLongLake(days: number): Promise<Rig> {
  const lake = await createRig();
  await lake.write('pipelines/small.yaml', pipeline);
  const firstDay = Date.parse('2026-01-13T23:30:00Z');
  for (let day = 0; day < days; day++) {
    const now = new Date(firstDay + day * 86_400_000).toISOString();
    expect(await lake.pipe('--now', now, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
  }
  return lake;
}

function logFile(version: number): string {
  return `equity_bars/_delta_log/${String(version).padStart(20, '0')}.json`;
}

test.each([0, 2])('without commit %i the backup names the gap and has every other file', async (version) => {
  const lake = await createLongLake(4);
  const gap = logFile(version);
  const lost = await lake.read(`data/${gap}`);
  await rm(lake.path('data', gap));
  const others = (await lake.files('data/equity_bars')).filter((path) => !lost.includes(path.split('/').at(-1) ?? ''));
  const made = await lake.pipe('backup', 'safe', '--json');
  expect(made.exitCode).toBe(5);
  expect(parse(made)).toMatchObject({ damaged: [gap], versions: { equity_bars: 3 } });
  const verified = await lake.pipe('backup', 'safe', '--verify', '--json');
  expect(verified.exitCode).toBe(5);
  expect(parse(verified)).toMatchObject({ backups: [{ isGood: false }], problems: [{ file: `data/${gap}` }] });
  const restored = await lake.pipe('restore', 'safe', 'back', '--json');
  expect(restored.exitCode).toBe(5);
  expect(parse(restored)).toMatchObject({ damaged: [gap] });
  expect(others.filter((path) => path.endsWith('.parquet')).length).toBeGreaterThan(0);
  expect(await lake.files('back/data/equity_bars')).toEqual(expect.arrayContaining(others));
});

test('a log without its oldest commits is backed up from its checkpoint', async () => {
  const lake = await createLongLake(17);
  const checkpoints = (await lake.files('data/equity_bars/_delta_log')).filter((path) => path.includes('checkpoint'));
  expect(checkpoints.length).toBeGreaterThan(0);
  for (let version = 0; version < 8; version++) await rm(lake.path('data', logFile(version)));
  const made = await lake.pipe('backup', 'safe', '--json');
  expect(parse(made)).toMatchObject({ damaged: [] });
  expect(made.exitCode).toBe(0);
  expect(await lake.pipe('restore', 'safe', 'back')).toMatchObject({ exitCode: 0 });
  const rows = ['query', 'SELECT * FROM equity_bars ORDER BY ALL', '--json'];
  const original = await lake.pipe(...rows);
  expect(original).toMatchObject({ exitCode: 0 });
  expect((await lake.pipe('--data', 'back/data', ...rows)).stdout).toBe(original.stdout);
});

test.each([
  ['not JSON', () => '{{{'],
  ['empty', () => ''],
  ['changed', (text: string) => text.replace('"timestamp":1', '"timestamp":2')],
])('a commit that is %s is named, and everything else is backed up', async (_, damage) => {
  const lake = await createLongLake(4);
  const text = await lake.read(`data/${logFile(2)}`);
  await lake.write(`data/${logFile(2)}`, damage(text));
  const made = await lake.pipe('backup', 'safe', '--json');
  expect(parse(made)).toMatchObject({ damaged: [logFile(2)], versions: { equity_bars: 3 } });
  expect(made.exitCode).toBe(5);
  // The repair of the restored lake starts from the same bytes as that of the lake.
  expect(await lake.pipe('restore', 'safe', 'back')).toMatchObject({ exitCode: 5 });
  expect(await lake.read(`back/data/${logFile(2)}`)).toBe(damage(text));
});

test('of several backups of one second, the last is the newest', async () => {
  const lake = await createRig();
  await lake.write('pipelines/small.yaml', pipeline);
  expect(await lake.pipe(...first, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
  for (let round = 0; round < 5; round++) {
    const ids: unknown[] = [];
    for (const fraction of ['1', '2', '3'])
      ids.push(
        parse(await lake.pipe('--now', `2026-01-15T23:30:0${String(round)}.${fraction}Z`, 'backup', 'safe', '--json'))[
          'id'
        ],
      );
    const restored = parse(await lake.pipe('restore', 'safe', `back${String(round)}`, '--json'));
    expect(restored['id']).toBe(ids.at(-1));
  }
});

test('of two restorations into one folder one wins, and the other is refused', async () => {
  await rig.pipe(...first, 'backup', 'race');
  const both = ['restore', 'race', 'raced'];
  const results = await Promise.all([rig.spawn(...both).result, rig.spawn(...both).result]);
  expect(results.map(({ exitCode }) => exitCode).toSorted()).toEqual([0, 2]);
  expect(parse(await rig.pipe('--data', 'raced/data', 'check', '--json'))).toMatchObject({ ok: true });
  expect((await rig.files('.')).filter((path) => path.includes('.restoring'))).toEqual([]);
});

test('a restoration that fails leaves nothing behind', async () => {
  await rig.pipe(...first, 'backup', 'broken');
  const [object = ''] = await rig.files('broken/objects');
  await rm(rig.path('broken/objects', object));
  const failed = await rig.pipe('restore', 'broken', 'never2');
  expect(failed).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(/is missing\n.*--backup/) as unknown });
  expect((await rig.files('.')).filter((path) => path.startsWith('never2'))).toEqual([]);
});

test.each([
  [['backup', 'data/inside'], 2, /is within/],
  [['backup', 'nothing', '--verify'], 2, /no backup in/],
  [['--data', 'nowhere', 'backup', 'safe2'], 2, /no lake in/],
  [['backup', 's3://bucket/lake'], 2, /s3:/],
  [['restore', 'nothing', 'x'], 2, /no backup/],
  [['restore', 'safe', 'data'], 2, /is not empty/],
  [['restore', 'safe', 'x', '--backup', '../../etc/passwd'], 2, /no backup/],
  [['restore', 'safe', ''], 2, /<to> is empty/],
  [['restore', 'safe', 'safe/in'], 2, /is within/],
  [['backup', '.'], 2, /holds other files/],
])('pipe %j ends with exit code %i and says what is wrong', async (words, code, message) => {
  const { exitCode, stderr } = await rig.pipe(...words);
  expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: expect.stringMatching(message) as unknown });
});
