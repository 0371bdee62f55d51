import { expect, test } from 'vitest';
import { day, hour, minute } from '../../../src/core/time/time.js';
import type { Tombstone } from '../../../src/lake/delta/actions.js';
import { computeRetentionCutoff } from '../../../src/lake/maintenance/vacuum.js';

const now = Date.UTC(2026, 10, 20);

/** Files that were superseded one after the other, the last one just now. */
function superseded(count: number, every: number): { readonly tombstones: ReadonlyMap<string, Tombstone> } {
  const files = Array.from({ length: count }, (_, index): Tombstone => {
    return { path: `${index}.parquet`, deletionTimestamp: now - index * every, partitionValues: {}, size: 1 };
  });
  return { tombstones: new Map(files.map((file) => [file.path, file])) };
}

test('superseded files stay for a week', () => {
  expect(computeRetentionCutoff(superseded(0, minute), now)).toBe(now - 7 * day);
  expect(computeRetentionCutoff(superseded(1_000, minute), now)).toBe(now - 7 * day);
  expect(computeRetentionCutoff(superseded(1_000, day), now)).toBe(now - 7 * day);
});

test('of more than a thousand, the newest thousand', () => {
  expect(computeRetentionCutoff(superseded(3_000, 5 * minute), now)).toBe(now - 999 * 5 * minute);
  expect(computeRetentionCutoff(superseded(3_000, hour), now)).toBe(now - 7 * day);
});

test('and a day at least, however many there are', () => {
  expect(computeRetentionCutoff(superseded(10_000, minute), now)).toBe(now - day);
  expect(computeRetentionCutoff(superseded(10_000, 0), now)).toBe(now - day);
});
