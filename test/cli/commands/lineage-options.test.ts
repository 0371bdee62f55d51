import { beforeAll, describe, expect, test } from 'vitest';

import type { Rig } from '../../rig.js';
import { createFilledProject, now } from '../../fixtures/project.js';

interface LineageDocument {
  readonly datasets: readonly {
    readonly dataset: string;
    readonly series: string;
    readonly windows: readonly {
      readonly start: string;
      readonly end: string;
      readonly runId: string;
      readonly state: string;
    }[];
  }[];
}

let rig: Rig;
let runs: readonly string[];

beforeAll(async () => {
  rig = await createFilledProject();
  const second = await rig.pipe(
    'run',
    'small.yaml',
    '--now',
    now,
    '--force',
    '--steps',
    'equity',
    '--date',
    '2026-11-10',
    '--json',
  );
  expect(second.exitCode, second.stderr).toBe(0);
  const status = await rig.pipe('status', '--json');
  runs = (JSON.parse(status.stdout) as { runs: { runId: string }[] }).runs.map(({ runId }) => runId).sort();
});

async function lineage(...options: readonly string[]): Promise<LineageDocument> {
  const { exitCode, stdout, stderr } = await rig.pipe('lineage', 'BRK B', '--json', ...options);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as LineageDocument;
}

describe('pipe lineage', () => {
  test('--dataset prints one table with the windows of two runs', async () => {
    const { datasets } = await lineage('--dataset', 'equity_bars');
    expect(datasets.map(({ series }) => series)).toEqual(['equity_bars/BRK B/1 day/TRADES/rth']);
    const windows = datasets[0]?.windows ?? [];
    expect(windows.map(({ start, end }) => `${start.slice(0, 10)}..${end.slice(0, 10)}`)).toEqual([
      '2026-10-21..2026-11-10',
      '2026-11-10..2026-11-11',
      '2026-11-11..2026-11-21',
    ]);
    const [before, between, after] = windows.map(({ runId }) => runId);
    expect(before).toBe(after);
    expect(between).not.toBe(before);
    expect([before, between].sort()).toEqual(runs);
  });

  test('--run prints the windows of one run', async () => {
    const all = await lineage('--dataset', 'equity_bars');
    const second = all.datasets[0]?.windows[1]?.runId ?? '';
    const { datasets } = await lineage('--run', second);
    expect(datasets.map(({ windows }) => windows.length)).toEqual([1]);
    expect((await lineage('--run', 'unknown')).datasets).toEqual([]);
  });

  test('--from and --to print the windows that overlap these dates', async () => {
    const { datasets } = await lineage('--dataset', 'equity_bars', '--from', '2026-11-12', '--to', '2026-11-30');
    expect(datasets[0]?.windows.map(({ start }) => start.slice(0, 10))).toEqual(['2026-11-11']);
    expect((await lineage('--from', '2027-01-01')).datasets).toEqual([]);
  });

  test('--all prints every series', async () => {
    const short = await rig.pipe('lineage', 'BRK B');
    const all = await rig.pipe('lineage', 'BRK B', '--all');
    expect(all.stdout.split('\n').length).toBeGreaterThan(short.stdout.split('\n').length);
    expect(all.stdout.match(/─ option_bars\/BRK B\//g)).toHaveLength(6);
  });

  test('--mermaid prints a flowchart and --html a page', async () => {
    const mermaid = await rig.pipe('lineage', 'BRK B', '--mermaid');
    expect(mermaid).toMatchObject({ exitCode: 0, stderr: '' });
    expect(mermaid.stdout).toMatch(/^flowchart /);
    const html = await rig.pipe('lineage', 'BRK B', '--html');
    expect(html).toMatchObject({ exitCode: 0, stderr: '' });
    expect(html.stdout).toMatch(/^<!doctype html>[^]*<\/html>\n$/i);
    const report = await rig.pipe('report', '--html');
    expect(report.stdout).toMatch(/^<!doctype html>[^]*<\/html>\n$/i);
  });

  test('--downstream prints the data that depends on one table or one request', async () => {
    const ofChains = await rig.pipe('lineage', 'BRK B', '--downstream', 'chains', '--json');
    const { roots, requests } = JSON.parse(ofChains.stdout) as { roots: { requestId: string }[]; requests: unknown[] };
    expect(roots).toHaveLength(1);
    expect(requests).toHaveLength(6);
    const ofRequest = await rig.pipe('lineage', 'BRK B', '--downstream', roots[0]?.requestId ?? '', '--json');
    expect(ofRequest.stdout).toBe(ofChains.stdout);
    // Everything else was built on the contract: chain, bars of two runs, options.
    const ofContract = await rig.pipe('lineage', 'BRK B', '--json', '--downstream');
    expect((JSON.parse(ofContract.stdout) as { requests: unknown[] }).requests).toHaveLength(1 + 2 + 6);
  });
});

describe('an unknown symbol', () => {
  test.for([
    ['lineage', 'XYZ'],
    ['lineage', 'XYZ', '--json'],
    ['lineage', 'XYZ', '--sources'],
    ['lineage', 'XYZ', '--downstream'],
  ])('ends %s with exit code 2 and names the known symbols', async (argv) => {
    const { exitCode, stdout, stderr } = await rig.pipe(...argv);
    expect(stderr).toBe('pipe: no data for XYZ in this lake\n  known symbols: AAPL, BRK B\n');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  test('ends pipe chain and pipe iv with the same exit code', async () => {
    for (const command of ['chain', 'iv']) expect((await rig.pipe(command, 'XYZ')).exitCode, command).toBe(2);
  });

  test('is one whose request is unknown, too', async () => {
    const { exitCode, stderr } = await rig.pipe('lineage', 'BRK B', '--downstream', 'no-run/1');
    expect(stderr).toContain('pipe: no request no-run/1 of BRK B in this lake\n');
    expect(exitCode).toBe(2);
  });
});

describe('pipe report', () => {
  test('finds a run by its whole or partial id and rejects an ambiguous partial id', async () => {
    const [first = ''] = runs;
    const whole = await rig.pipe('report', first);
    expect(whole.exitCode).toBe(0);
    expect(whole.stdout).toContain(`run ${first}, `);
    expect((await rig.pipe('report', first.slice(-12))).stdout).toBe(whole.stdout);
    const ambiguous = await rig.pipe('report', first.slice(0, 6));
    expect(ambiguous.exitCode).toBe(2);
  });
});
