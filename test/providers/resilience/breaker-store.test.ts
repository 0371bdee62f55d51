import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { hour, minute } from '../../../src/core/time/time.js';
import { nodeFiles } from '../../../src/platform/file-store.js';
import { createBreakerStore, isExpired } from '../../../src/providers/resilience/breaker-store.js';
import type { PersistedBreaker } from '../../../src/providers/resilience/breaker-store.js';

let lake: string;

beforeEach(async () => {
  lake = await mkdtemp(join(tmpdir(), 'pipe-breakers-'));
});

afterEach(() => rm(lake, { recursive: true, force: true }));

const savedAt = Date.parse('2026-11-21T12:00:00Z');
const persisted: PersistedBreaker = {
  provider: 'ib',
  symbol: 'BRK/B',
  failures: 5,
  openUntil: savedAt + minute,
  openCount: 1,
  othersAnswered: true,
  updatedAt: savedAt,
};

test('reads the breakers of the same pipeline and no breakers for another pipeline', async () => {
  const store = createBreakerStore(lake, 'us/options', nodeFiles);
  expect(await store.read()).toEqual([]);
  await store.write([persisted]);
  expect(await store.read()).toEqual([persisted]);
  expect(await createBreakerStore(lake, 'us', nodeFiles).read()).toEqual([]);
});

test('writes no file for an empty list and empties an existing file', async () => {
  const store = createBreakerStore(lake, 'us', nodeFiles);
  await store.write([]);
  await expect(readFile(join(lake, '_breakers', 'us.json'))).rejects.toThrow('ENOENT');
  await store.write([persisted]);
  await store.write([]);
  expect(await store.read()).toEqual([]);
});

test.each([
  ['an empty file', ''],
  ['a torn file', '{"v":2,"breakers":[{"provider":"ib"'],
  ['another version', JSON.stringify({ v: 3, breakers: [persisted] })],
  ['a number instead of a list', JSON.stringify({ v: 2, breakers: 7 })],
  [
    'invalid entries',
    JSON.stringify({ v: 2, breakers: [null, { ...persisted, failures: -1 }, { ...persisted, updatedAt: 'x' }] }),
  ],
])('reads no breakers from %s', async (_, text) => {
  const store = createBreakerStore(lake, 'us', nodeFiles);
  await store.write([persisted]);
  await writeFile(join(lake, '_breakers', 'us.json'), text);
  expect(await store.read()).toEqual([]);
});

test('reads a file of version 1, which names the provider `source`, the count `pauses` and the time `at`', async () => {
  const { provider: source, openCount: pauses, updatedAt: at, ...others } = persisted;
  const store = createBreakerStore(lake, 'us', nodeFiles);
  await store.write([persisted]);
  const text = JSON.stringify({ v: 1, breakers: [{ source, pauses, at, ...others }] });
  await writeFile(join(lake, '_breakers', 'us.json'), text);
  expect(await store.read()).toEqual([persisted]);
});

test('expires 12 hours after the end of the cooldown and at once when the clock was set back', () => {
  expect(isExpired(persisted, savedAt)).toBe(false);
  expect(isExpired(persisted, savedAt + 12 * hour)).toBe(false);
  expect(isExpired(persisted, savedAt + 12 * hour + minute)).toBe(true);
  expect(isExpired(persisted, savedAt - 1)).toBe(true);
});
