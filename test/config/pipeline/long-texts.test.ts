import { describe, expect, test } from 'vitest';

import { parseDuration } from '../../../src/core/time/duration.js';
import { trimEndOf } from '../../../src/platform/text/trim-end.js';
import { loadFiles } from './load-files.js';

const length = 200_000;

/** Runs far below a second each; a quadratic pattern needs minutes. */
const maxCpuMs = 5_000;

async function measure(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

function pipelineWith(line: string): string {
  const key = line.split(':', 1)[0] ?? '';
  const base = ['name: x', 'symbols: [AAPL]', 'provider: mock', 'steps: { contracts: {} }'];
  return [...base.filter((other) => !other.startsWith(`${key}:`)), line].join('\n');
}

describe('a text of 200,000 characters', () => {
  test.each([
    [
      'a mail address',
      `alerts: { channels: { m: { kind: email, to: ["${'@'.repeat(length)}\\n"], from: a@b, host: h } } }`,
    ],
    ['a lookback', `steps: { equity: { lookback: '${'1'.repeat(length)} x!' } }`],
    ['a lookback of spaces', `steps: { equity: { lookback: '1${' '.repeat(length)}!' } }`],
    ['a duration', `retry: { delay: '${'9'.repeat(length)}' }`],
    ['a bar size', `steps: { equity: { bar_size: '${' '.repeat(length)}!' } }`],
    ['a name', `name: 'a${'-'.repeat(length)}!'`],
    ['variables without an end', `description: '${'${a:-'.repeat(length / 5)}'`],
    ['variables behind escapes', `description: "\\x24${'{A}\\x24'.repeat(length / 8)}{A}"`],
    ['a symbol', `symbols: ['${'A '.repeat(length / 2)}']`],
    ['a URL', `lineage: { endpoint: 'http://${'/'.repeat(length)} ' }`],
  ])('(%s) is rejected or accepted in linear time', async (_, line) => {
    expect(await measure(() => loadFiles({ 'x.yaml': pipelineWith(line) }, { A: 'x' }))).toBeLessThan(maxCpuMs);
  });

  test('is no duration', async () => {
    expect(await measure(() => parseDuration('1'.repeat(length)))).toBeLessThan(maxCpuMs);
    expect(parseDuration('1'.repeat(length)).ok).toBe(false);
  });
});

describe('trimEndOf', () => {
  test.each([
    ['http://x//', '/', 'http://x'],
    ['///', '/', ''],
    ['SELECT 1; ;\n', ' \n;', 'SELECT 1'],
    ['', '/', ''],
  ])('removes the end of %j', (text, characters, expected) => expect(trimEndOf(text, characters)).toBe(expected));
});
