import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { runProcess } from '../../../src/platform/run-process.js';
import { family, isThere } from './process-family.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipe-hooks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

test('a command that is ended takes with it everything that it has started, whatever that does about signals', async () => {
  // Both processes have begun long before the time limit.
  const { command, pids } = await family(folder, `process.on('SIGTERM',()=>{});setInterval(()=>{},1000)`);
  const { problem, output } = await runProcess({ command, input: '', timeout: 20_000, signal: never });
  expect(problem).toBe('took longer than 20s');
  expect(output).toContain('begun');
  await expect.poll(async () => (await pids()).filter(isThere)).toEqual([]);
  expect(await pids()).toHaveLength(2);
});
