import { describe, expect, test } from 'vitest';

import { matchesOutput, parseConsole, splitWords } from './console.js';
import { parseDocument } from './documents.js';

describe('parseDocument', () => {
  test('returns the blocks with their languages, lines and files', () => {
    const text = [
      '# A page',
      '',
      '<!-- file: a.sh -->',
      '',
      '```sh',
      'true',
      '```',
      '',
      '```yaml',
      '# b.yaml',
      '```',
      '',
    ].join('\n');
    expect(parseDocument('page.md', text).blocks).toEqual([
      { language: 'sh', text: 'true\n', line: 5, file: 'a.sh' },
      { language: 'yaml', text: '# b.yaml\n', line: 9, file: 'b.yaml' },
    ]);
  });
});

describe('parseConsole', () => {
  test('returns commands without comments, with output and exit code', () => {
    expect(parseConsole('$ pipe lint a.yaml  # check\n$ pipe \\\n    plan\n5 tasks\n$ echo $?\n6\n')).toEqual([
      { command: 'pipe lint a.yaml', output: '', exitCode: 0 },
      { command: 'pipe plan', output: '5 tasks\n', exitCode: 6 },
    ]);
  });
});

describe('matchesOutput', () => {
  test('accepts any text for an ellipsis in a line and any lines for a line with an ellipsis', () => {
    expect(matchesOutput('run 12 ok\na\nb\nend\n', 'run … ok\n…\nend\n')).toBe(true);
    expect(matchesOutput('run 12 failed\n', 'run … ok\n')).toBe(false);
    expect(matchesOutput('a (1)\n', 'a (1)\n')).toBe(true);
  });
});

describe('splitWords', () => {
  test('groups quoted words and replaces variables', () => {
    expect(splitWords('query "SELECT 1" \'a b\' $X --n=$X', { X: '5' })).toEqual([
      'query',
      'SELECT 1',
      'a b',
      '5',
      '--n=5',
    ]);
  });
});
