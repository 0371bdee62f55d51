import { expect, test } from 'vitest';
import { sealCommit } from '../../../src/lake/delta/commit-file.js';
import { correctCommit } from '../../../src/lake/recovery/correct-commit.js';

const lines = [{ commitInfo: { timestamp: 1, pipe: { run: 'run' } } }, { add: { path: 'a.parquet', size: 7 } }];
const written = Buffer.from(sealCommit('/lake/quotes', 3, lines));

function flip(content: Buffer, ...bits: readonly number[]): Buffer {
  const copy = Buffer.from(content);
  for (const bit of bits) copy.writeUInt8((copy[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}

test('restores a commit from any single flipped bit', () => {
  for (let bit = 0; bit < written.length * 8; bit++) {
    expect(correctCommit(flip(written, bit), '/lake/quotes', 3)?.equals(written), `bit ${String(bit)}`).toBe(true);
  }
});

test('restores no commit with two flipped bits, of another version, or torn', () => {
  const bits = written.length * 8;
  for (let bit = 400; bit < bits - 8; bit += 7)
    expect(correctCommit(flip(written, bit, bits - 9), '/lake/quotes', 3)).toBeNull();
  expect(correctCommit(written, '/lake/quotes', 4)).toBeNull();
  expect(correctCommit(written.subarray(0, 60), '/lake/quotes', 3)).toBeNull();
  expect(correctCommit(Buffer.alloc(0), '/lake/quotes', 3)).toBeNull();
});
