import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { runProcess } from '../../src/platform/process.js';
import { createProcessTree, isRunning } from './process-tree.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipe-process-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('kills the whole process tree after the time limit when the processes ignore SIGTERM', async () => {
  // Both processes have started long before the time limit.
  const { command, pids } = await createProcessTree(folder, `process.on('SIGTERM',()=>{});setInterval(()=>{},1000)`);
  const { exit, output } = await runProcess({ command, input: '', timeout: 20_000 });
  expect(exit).toEqual({ kind: 'timed-out', timeout: 20_000 });
  expect(output).toContain('started');
  await expect.poll(async () => (await pids()).filter(isRunning)).toEqual([]);
  expect(await pids()).toHaveLength(2);
});
