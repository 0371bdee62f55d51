import { readFileSync, readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

import { createRig } from './rig.js';
import type { Rig } from './rig.js';

/** Ends a simulator that its test did not close. */
const simulatorTimeout = 3_600_000;

const folder = join(import.meta.dirname, '../pipelines');

/** The examples are planned and run on a Friday evening in New York. */
export const now = '2026-11-20T23:00:00Z';

/** Returns the provider of a pipeline's text, or the default provider. */
function readProviderName(text: string): string {
  return /^provider: (\w+)$/m.exec(text)?.[1] ?? 'mock';
}

/** Lists the file names of the examples that use the mock provider, or that need a simulator. */
export function listExamples(source: 'mock' | 'simulator'): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .filter((name) => (readProviderName(readFileSync(join(folder, name), 'utf8')) === 'mock') === (source === 'mock'));
}

export async function createExampleProject(): Promise<Rig> {
  const rig = await createRig();
  await cp(folder, rig.path('pipelines'), { recursive: true });
  return rig;
}

/** Starts the simulator of an example and returns the variables to reach it; none for an example on the mock provider. */
async function startSimulator(rig: Rig, text: string): Promise<Readonly<Record<string, string>>> {
  const provider = readProviderName(text);
  if (provider === 'mock') return {};
  const simulated = provider === 'ib' ? 'tws' : 'kite';
  // The plan is made for a date in the past, so the market of the simulator shows that date.
  const simulator = rig.spawn('simulate', simulated, '--port', '0', '--start', now, '--json', {
    timeout: simulatorTimeout,
  });
  await simulator.waitForOutput(/"port":\d+/);
  const [, port = ''] = /"port":(\d+)/.exec(simulator.stdout()) ?? [];
  if (provider === 'ib') return { IB_PORT: port };
  const credentials = { KITE_API_KEY: 'simulated', KITE_ACCESS_TOKEN: 'simulated-token' };
  return { KITE_BASE_URL: `http://127.0.0.1:${port}`, ...credentials };
}

/** Lints, plans, runs, plans and checks an example: a second plan has nothing to fetch. */
export async function expectToWork(project: Rig, file: string): Promise<void> {
  const env = await startSimulator(project, await project.read(file));
  const rig = { pipe: (...words: readonly string[]) => project.pipe(...words, { env }) };
  const lint = await rig.pipe('lint', file);
  expect(lint.stderr).toBe('');
  expect(lint.stdout).toMatch(/: ok \(/);
  expect(lint.exitCode).toBe(0);

  const before = await rig.pipe('plan', file, '--now', now, '--json', '--exit-code');
  expect(before.exitCode, before.stderr).toBe(6);
  const run = await rig.pipe('run', file, '--now', now, '--json');
  expect(run.exitCode, run.stderr).toBe(0);
  const { status, requests, rows } = JSON.parse(run.stdout) as { status: string; requests: number; rows: number };
  const planned = JSON.parse(before.stdout) as { requests: number; estimatedRequests: number };
  expect(status).toBe('ok');
  expect(requests).toBe(planned.requests + planned.estimatedRequests);
  expect(rows).toBeGreaterThan(0);

  const after = await rig.pipe('plan', file, '--now', now, '--exit-code');
  expect(after.stdout).toContain('\nNothing to fetch: the lake is up to date for this pipeline.\n');
  expect(after.exitCode).toBe(0);
  const again = await rig.pipe('run', file, '--now', now, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ status: 'ok', requests: 0, rows: 0 });
  const check = await rig.pipe('check');
  expect(check.exitCode, check.stdout).toBe(0);
}
