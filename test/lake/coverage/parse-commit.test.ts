import { describe, expect, test } from 'vitest';

import { parseCommit } from '../../../src/lake/coverage/parse-commit.js';

function parseAuthor(pipe: unknown) {
  const content = Buffer.from(`${JSON.stringify({ commitInfo: { timestamp: 5, pipe } })}\n`);
  return parseCommit(content, '/lake/equity_bars', 0).author;
}

describe('the author of a commit', () => {
  test('has the name and the hash of its pipeline', () => {
    expect(parseAuthor({ run: 'one', pipeline: { name: 'nightly', hash: 'abc' } })).toEqual({
      runId: 'one',
      pipeline: { name: 'nightly', hash: 'abc' },
    });
  });

  test.each([null, ''])('has no hash when the commit has the hash %j', (hash) => {
    expect(parseAuthor({ run: 'one', pipeline: { name: 'pipe maintain', hash } })).toEqual({
      runId: 'one',
      pipeline: { name: 'pipe maintain', hash: null },
    });
  });

  test.each([{ run: 'one' }, { run: 'one', pipeline: { name: 'nightly' } }, { pipeline: { name: 'a', hash: 'b' } }])(
    'is null when the commit has only %j',
    (pipe) => {
      expect(parseAuthor(pipe)).toBeNull();
    },
  );
});
