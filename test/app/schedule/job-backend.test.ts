import { expect, test } from 'vitest';

import { createBackendError } from '../../../src/app/schedule/job-backend.js';
import { runSystemProgram } from '../../../src/app/schedule/system-program.js';

const hint = 'use pipe serve';

test('a program that is not installed is named', async () => {
  const error = createBackendError('crontab', await runSystemProgram('no-such-program', []), hint);
  expect(error.message).toBe('crontab is not installed');
  expect(error.hint).toBe(hint);
});

test('a program that fails is quoted with what it printed on stderr', async () => {
  const result = await runSystemProgram('sh', ['-c', 'echo out; echo "bad line" >&2; exit 1']);
  expect(createBackendError('crontab', result, hint).message).toBe('crontab failed: bad line; nothing was changed');
});

test('a program that fails without output is named with its exit code', async () => {
  const result = await runSystemProgram('sh', ['-c', 'exit 3']);
  expect(createBackendError('systemctl', result, hint).message).toBe(
    'systemctl failed: exited with code 3; nothing was changed',
  );
});

test('a program that is killed is named with the signal', async () => {
  const result = await runSystemProgram('sh', ['-c', 'kill -9 $$']);
  expect(createBackendError('systemctl', result, hint).message).toBe(
    'systemctl failed: was killed by SIGKILL; nothing was changed',
  );
});
