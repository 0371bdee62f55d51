/** Compares the exact output of the commands with the files in `expected/`. */
import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';
import { createFilledProject, now, smallPipeline, maskTimes } from '../fixtures/project.js';

let rig: Rig;
/** Without a lake, and with an empty one. */
let bare: Rig;
let empty: Rig;

beforeAll(async () => {
  const text = smallPipeline
    .replace('[AAPL, BRK B]', '[AAPL, UNKNOWN1]')
    .replace('provider: mock\n', 'provider: mock\nschedule: { cron: 30 18 * * 1-5, timezone: America/New_York }\n');
  rig = await createFilledProject(text);
  bare = await createRig();
  await bare.write('small.yaml', text);
  empty = await createRig();
  await mkdir(empty.path('data'));
});

/** Outputs whose column widths depend on durations or sizes, which differ between runs. */
const variableWidth = new Set(['report', 'status', 'check']);

/** Masks file sizes, which depend on the writer's version, and ages. */
function normalizeOutput(name: string, text: string): string {
  const same = maskDifferences(text);
  return variableWidth.has(name) ? same.replace(/(?<=\S) {2,}/g, '  ') : same;
}

function maskDifferences(text: string): string {
  return maskTimes(rig.normalize(bare.normalize(empty.normalize(text))))
    .replace(/[\d.]+ (?:kB|B)\b/g, 'size')
    .replace(/\b\d+[hm] \d+[ms]\b|\b\d+m?s\b/g, '~');
}

const rigs = { rig: () => rig, bare: () => bare, empty: () => empty };

describe('the output matches its file', () => {
  test.for<readonly [string, readonly string[], number, keyof typeof rigs]>([
    ['lint', ['lint', 'small.yaml', '--now', now], 0, 'rig'],
    ['plan-of-an-empty-lake', ['plan', 'small.yaml', '--now', now], 0, 'bare'],
    ['plan-when-filled', ['plan', 'small.yaml', '--now', now], 0, 'rig'],
    [
      'plan-explain',
      ['plan', 'small.yaml', '--now', now, '--explain', '--force', '--symbols', 'AAPL', '--steps', 'equity,contracts'],
      0,
      'rig',
    ],
    [
      'plan-exit-code',
      ['plan', 'small.yaml', '--now', now, '--exit-code', '--symbols', 'UNKNOWN1', '--steps', 'contracts'],
      6,
      'rig',
    ],
    [
      'plan-json',
      ['plan', 'small.yaml', '--now', now, '--json', '--force', '--symbols', 'AAPL', '--steps', 'equity'],
      0,
      'rig',
    ],
    ['status-of-an-empty-lake', ['status'], 0, 'empty'],
    ['status', ['status', 'small.yaml', '--now', now], 0, 'rig'],
    [
      'query',
      ['query', 'SELECT symbol, session, ts, close, volume, what FROM equity_bars ORDER BY ts LIMIT 3'],
      0,
      'rig',
    ],
    ['query-empty', ['query', 'SELECT symbol, close FROM equity_bars WHERE false'], 0, 'rig'],
    [
      'query-json',
      [
        'query',
        '--json',
        'SELECT symbol, session, ts, close, wap, NULL AS nothing FROM equity_bars ORDER BY ts LIMIT 1',
      ],
      0,
      'rig',
    ],
    ['query-csv', ['query', '--csv', `SELECT symbol, 'a, "b"' AS text FROM equity_bars LIMIT 1`], 0, 'rig'],
    ['report', ['report'], 0, 'rig'],
    ['lineage', ['lineage', 'AAPL', '--dataset', 'equity_bars'], 0, 'rig'],
    ['lineage-of-a-failure', ['lineage', 'UNKNOWN1'], 0, 'rig'],
    ['lineage-downstream', ['lineage', 'AAPL', '--downstream', 'chains'], 0, 'rig'],
    ['lineage-sources', ['lineage', '--sources'], 0, 'rig'],
    ['calendar', ['calendar', 'XNYS', '--from', '2026-11-23', '--to', '2026-11-30'], 0, 'rig'],
    ['calendar-json', ['calendar', 'XNSE', '--from', '2024-11-01', '--to', '2024-11-01', '--json'], 0, 'rig'],
    ['check', ['check'], 0, 'rig'],
  ])('%s', async ([name, words, exitCode, where]) => {
    const result = await rigs[where]().pipe(...words);
    expect(result.exitCode, result.stderr).toBe(exitCode);
    const stderr = result.stderr === '' ? '' : `--- stderr\n${result.stderr}`;
    const line = words.map((word) => (/[ "]/.test(word) ? `'${word}'` : word)).join(' ');
    await expect(normalizeOutput(name, `$ pipe ${line}\n${result.stdout}${stderr}`)).toMatchFileSnapshot(
      `expected/${name}.txt`,
    );
  });
});
