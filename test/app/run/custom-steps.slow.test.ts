import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { project, run, tasksOf } from '../../cli/own-steps-project.js';

/** Nobody may have collected a process that was ended: it is a zombie then. */
async function stateOf(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({
    stdout: 'gone',
  }));
  return stdout.trim();
}

test("a step of one's own that takes too long is ended with its children", async () => {
  const slow = `  slow:\n    uses: exec\n    command: [sh, slow.sh]\n    timeout: 20s\n`;
  const rig = await project(slow, { 'slow.sh': 'sleep 987 & echo $! > child; sleep 987\n' });
  const tasks = await tasksOf(run(rig), 3);
  expect(tasks.get('slow')).toMatchObject({ status: 'failed', error: 'the command took longer than 20s' });
  const child = Number(await rig.read('child'));
  expect(await stateOf(child)).toMatch(/^(gone|Z)/);
});
