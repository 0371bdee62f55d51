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

const at = Date.parse('2026-11-21T12:00:00Z');
const persisted: PersistedBreaker = {
  provider: 'ib',
  symbol: 'BRK/B',
  failures: 5,
  openUntil: at + minute,
  openCount: 1,
  othersAnswered: true,
  updatedAt: at,
};

test('gives back what was written, to the same pipeline', async () => {
  const store = createBreakerStore(lake, 'us/options', nodeFiles);
  expect(await store.read()).toEqual([]);
  await store.write([persisted]);
  expect(await store.read()).toEqual([persisted]);
  expect(await createBreakerStore(lake, 'us', nodeFiles).read()).toEqual([]);
});

test('makes no file while there is nothing to remember, and forgets in the one that is there', async () => {
  const store = createBreakerStore(lake, 'us', nodeFiles);
  await store.write([]);
  await expect(readFile(join(lake, '_breakers', 'us.json'))).rejects.toThrow('ENOENT');
  await store.write([persisted]);
  await store.write([]);
  expect(await store.read()).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['half a file', '{"v":1,"breakers":[{"source":"ib"'],
  ['another version', JSON.stringify({ v: 2, breakers: [persisted] })],
  ['no list', JSON.stringify({ v: 1, breakers: 7 })],
  [
    'entries that are none',
    JSON.stringify({ v: 1, breakers: [null, { ...persisted, failures: -1 }, { ...persisted, at: 'x' }] }),
  ],
])('takes %s for unknown', async (_, text) => {
  const store = createBreakerStore(lake, 'us', nodeFiles);
  await store.write([persisted]);
  await writeFile(join(lake, '_breakers', 'us.json'), text);
  expect(await store.read()).toEqual([]);
});

test('fades in half a day after the end of its pause, and at once when the clock was set back', () => {
  expect(isExpired(persisted, at)).toBe(false);
  expect(isExpired(persisted, at + 12 * hour)).toBe(false);
  expect(isExpired(persisted, at + 12 * hour + minute)).toBe(true);
  expect(isExpired(persisted, at - 1)).toBe(true);
});
