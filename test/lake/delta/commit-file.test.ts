import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCommitLine, readCommit, readSeal, sealCommit } from '../../../src/lake/delta/commit-file.js';
import { commitPath } from '../../../src/lake/delta/paths.js';
import { LakeError } from '../../../src/lake/lake-error.js';
import { temporaryFolder } from '../lake-fixture.js';

const lines = [
  { commitInfo: { timestamp: 5, operation: 'WRITE', pipe: { run: 'é', coverage: { v: 1, groups: [] } } } },
  { add: { path: 'a.parquet', size: 7 } },
];

async function createTable(text: string | Uint8Array, version = 3): Promise<string> {
  const table = join(await temporaryFolder(), 'equity_bars');
  await mkdir(join(table, '_delta_log'), { recursive: true });
  await writeFile(commitPath(table, version), text);
  return table;
}

test('readCommit returns the lines that sealCommit was given, and null for a missing commit', async () => {
  const text = sealCommit('/somewhere/equity_bars', 3, lines);
  const table = await createTable(text);
  expect((await readCommit(table, 3))?.toString('utf8')).toBe(text);
  const parsed = text
    .trimEnd()
    .split('\n')
    .map((line, index) => parseCommitLine(line, table, 3, index + 1));
  expect(parsed).toMatchObject(lines);
  expect(await readCommit(table, 4)).toBeNull();
});

test('readCommit throws for any flipped bit or truncation that changes the content', async () => {
  const whole = Buffer.from(sealCommit('equity_bars', 3, lines));
  const table = await createTable(whole);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, bits, cut) => {
        const other = Buffer.from(cut ? whole.subarray(0, at) : whole);
        if (!cut) other.writeUInt8((other[at] ?? 0) ^ bits, at);
        await writeFile(commitPath(table, 3), other);
        const read = await readCommit(table, 3).catch((error: unknown) => error);
        if (read instanceof LakeError) return;
        // The seal itself is damaged: the content behind it is intact.
        expect(at).toBeLessThan(40);
        if (!cut) expect(other.subarray(45)).toEqual(whole.subarray(45));
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ['of another version', 'equity_bars', 2],
  ['of another table', 'chains', 3],
])('readCommit throws for a commit %s', async (_, name, version) => {
  const table = await createTable(sealCommit(name, version, lines));
  await expect(readCommit(table, 3)).rejects.toThrow('differs from what was written');
});

test.each([
  ['nothing', ''],
  ['its lines but the first', `${JSON.stringify({ add: { path: 'a', tags: { 'pipe.crc32': '1' } } })}\n`],
])('readCommit throws for a commit that holds %s', async (_, text) => {
  const table = await createTable(text);
  await expect(readCommit(table, 3)).rejects.toMatchObject({ kind: 'malformed' });
});

test('the hint for a damaged commit names the repair', async () => {
  const table = await createTable('');
  await expect(readCommit(table, 3)).rejects.toMatchObject({
    hint: expect.stringContaining('pipe check --repair') as unknown,
  });
});

test('readCommit reports a folder in place of a commit with its path', async () => {
  const table = await createTable('');
  await mkdir(commitPath(table, 5));
  await expect(readCommit(table, 5)).rejects.toThrow(/5\.json: this is a folder/);
});

test('readSeal distinguishes commits of other programs, which have no seal', async () => {
  const text = `{"commitInfo":{"engineInfo":"other"}}\n`;
  const table = await createTable(text);
  expect((await readCommit(table, 3))?.toString()).toBe(text);
  const before = await readSeal(table, 3);
  await writeFile(commitPath(table, 3), text.replace('other', 'another'));
  expect(await readSeal(table, 3)).not.toBe(before);
  expect(await readSeal(table, 9)).toBeNull();
});
