import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { expect, test } from 'vitest';

import { listChildren } from '../../src/platform/process-children.js';

test('a running child process is listed, an exited one is not', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  expect(await listChildren(process.pid)).toContain(child.pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await listChildren(process.pid)).not.toContain(child.pid);
});

test('a process that does not exist has no children', async () => {
  expect(await listChildren(2 ** 30)).toEqual([]);
});
