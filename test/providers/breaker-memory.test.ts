import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { hour, minute } from '../../src/core/time.js';
import { diskFiles } from '../../src/lineage/files.js';
import { breakerMemory, isFaded } from '../../src/providers/breaker-memory.js';
import type { KeptBreaker } from '../../src/providers/breaker-memory.js';

let lake: string;

beforeEach(async () => {
  lake = await mkdtemp(join(tmpdir(), 'pipe-breakers-'));
});

afterEach(() => rm(lake, { recursive: true, force: true }));

const at = Date.parse('2026-11-21T12:00:00Z');
const kept: KeptBreaker = {
  source: 'ib',
  symbol: 'BRK/B',
  failures: 5,
  openUntil: at + minute,
  pauses: 1,
  othersAnswered: true,
  at,
};

test('gives back what was written, to the same pipeline', async () => {
  const memory = breakerMemory(lake, 'us/options', diskFiles);
  expect(await memory.read()).toEqual([]);
  await memory.write([kept]);
  expect(await memory.read()).toEqual([kept]);
  expect(await breakerMemory(lake, 'us', diskFiles).read()).toEqual([]);
});

test('makes no file while there is nothing to remember, and forgets in the one that is there', async () => {
  const memory = breakerMemory(lake, 'us', diskFiles);
  await memory.write([]);
  await expect(readFile(join(lake, '_breakers', 'us.json'))).rejects.toThrow('ENOENT');
  await memory.write([kept]);
  await memory.write([]);
  expect(await memory.read()).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['half a file', '{"v":1,"breakers":[{"source":"ib"'],
  ['another version', JSON.stringify({ v: 2, breakers: [kept] })],
  ['no list', JSON.stringify({ v: 1, breakers: 7 })],
  [
    'entries that are none',
    JSON.stringify({ v: 1, breakers: [null, { ...kept, failures: -1 }, { ...kept, at: 'x' }] }),
  ],
])('takes %s for unknown', async (_, text) => {
  const memory = breakerMemory(lake, 'us', diskFiles);
  await memory.write([kept]);
  await writeFile(join(lake, '_breakers', 'us.json'), text);
  expect(await memory.read()).toEqual([]);
});

test('fades in half a day after the end of its pause, and at once when the clock was set back', () => {
  expect(isFaded(kept, at)).toBe(false);
  expect(isFaded(kept, at + 12 * hour)).toBe(false);
  expect(isFaded(kept, at + 12 * hour + minute)).toBe(true);
  expect(isFaded(kept, at - 1)).toBe(true);
});
