import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createCustomStepsProject, parseTasks, run } from './custom-steps-project.js';

/** The state of a process; a killed process whose parent has not read its status is a zombie (Z). */
async function readProcessState(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({
    stdout: 'none',
  }));
  return stdout.trim();
}

test('a custom command that exceeds its timeout is killed with its children', async () => {
  const slow = `  slow:\n    uses: exec\n    command: [sh, slow.sh]\n    timeout: 20s\n`;
  const rig = await createCustomStepsProject(slow, { 'slow.sh': 'sleep 987 & echo $! > child; sleep 987\n' });
  const tasks = await parseTasks(run(rig), 3);
  expect(tasks.get('slow')).toMatchObject({ status: 'failed', error: 'the command timed out after 20s' });
  const child = Number(await rig.read('child'));
  expect(await readProcessState(child)).toMatch(/^(none|Z)/);
});
