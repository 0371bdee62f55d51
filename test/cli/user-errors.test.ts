import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';

const pipeline = 'name: x\nprovider: mock\nsymbols: [AAPL]\nsteps: { contracts: {} }\n';

const command = join(import.meta.dirname, '../../dist/main.js');

let rig: Rig;
let options: { readonly cwd: string; readonly encoding: 'utf8'; readonly stdio: 'pipe' };

beforeAll(async () => {
  rig = await createRig();
  await rig.write('x.yaml', pipeline);
  await mkdir(rig.path('folder'));
  await rig.write('file', '');
  options = { cwd: rig.folder, encoding: 'utf8', stdio: 'pipe' };
});

/** Arguments and the expected error; `plan` writes nothing else. */
const cases: readonly (readonly [readonly string[], number, string])[] = [
  [['plan', 'x.yaml', '--out', 'absent/plan.json'], 2, '--out: cannot write absent/plan.json: no such file or folder'],
  [['plan', 'x.yaml', '--out', 'folder'], 2, '--out: cannot write folder: it is a folder'],
  [['plan', 'x.yaml', '--out', 'file/x'], 2, '--out: cannot write file/x: a part of the path is not a folder'],
  [['plan', 'x.yaml', '--out', ''], 2, '--out is empty'],
  [['plan', 'x.yaml', '--now', '+275760-09-13'], 2, '--now +275760-09-13 is not a timestamp'],
  [['plan', 'x.yaml', '--now', '9999-12-31'], 2, '--now 9999-12-31 is outside the years 1970 to 2100'],
  [['plan', 'x.yaml', '--to', '9999-12-31'], 2, '--to 9999-12-31 is outside the years 1970 to 2100'],
  [['chain', 'AAPL', '--at', '9999-12-31'], 2, '--at 9999-12-31 is outside the years 1970 to 2100'],
  [['plan', 'x.yaml', '--symbols', ''], 2, '--symbols names no symbol'],
  [['plan', 'x.yaml', '--symbols', ' , ,'], 2, '--symbols names no symbol'],
  [['run', 'x.yaml', '--symbols', ''], 2, '--symbols names no symbol'],
  [['plan', 'x.yaml', '--steps', ''], 2, '--steps names no step'],
  [['run', 'x.yaml', '--plan', 'folder'], 2, 'folder cannot be read: it is a folder'],
  [['run', 'x.yaml', '--record-calls', 'folder'], 2, '--record-calls: cannot write folder: it is a folder'],
  [['run', 'x.yaml', '--data', ''], 2, '--data is empty'],
  [['run', 'x.yaml', '--data', 'file'], 7, 'expected a folder, found a file'],
  [['plan', 'x.yaml', '--data', 'file'], 7, 'file is not a folder'],
  [['lineage', 'AAPL', '--data', 'file'], 7, 'file is not a folder'],
  [['init', 'file/x.yaml'], 2, 'cannot write file/x.yaml: a part of the path is not a folder'],
];

describe('a path, time or list that cannot be used', () => {
  test.each(cases)('pipe %j exits with %i and says "%s"', async (words, code, text) => {
    const { exitCode, stderr } = await rig.pipe(...words);
    expect(stderr).toContain(text);
    expect(stderr).not.toContain('this is a bug');
    expect(exitCode).toBe(code);
  });

  test.skipIf(process.platform !== 'linux')(
    'is not waited for when it is a pipe, a device or a folder of /proc',
    async () => {
      execFileSync('mkfifo', [rig.path('pipe')]);
      for (const [words, text] of [
        [['plan', 'pipe'], '`pipe` cannot be read: it is a pipe, not a file'],
        [['plan', '/dev/zero'], '`/dev/zero` cannot be read: it is a device, not a file'],
        [['plan', 'x.yaml', '--out', 'pipe'], '--out: cannot write pipe: it is a pipe, not a file'],
        [['run', 'x.yaml', '--plan', 'pipe'], 'pipe cannot be read: it is a pipe, not a file'],
        [['run', 'x.yaml', '--record-calls', 'pipe'], '--record-calls: cannot write pipe: it is a pipe, not a file'],
        [['run', 'x.yaml', '--data', '/proc/none'], '/proc/none/_locks: no such file or folder'],
        [['run', 'x.yaml', '--lineage', '/proc/none'], '/proc/none: no such file or folder'],
      ] as const) {
        const { exitCode, stderr } = await rig.pipe(...words);
        expect(stderr).toContain(text);
        expect([2, 7]).toContain(exitCode);
      }
    },
  );
});

describe('a quiet run that fails', () => {
  test('names the reason in one line, which cron mails', async () => {
    await rig.write('ib.yaml', pipeline.replace('provider: mock', 'provider: ib\nproviders: { ib: { port: 1 } }'));
    const { exitCode, stdout, stderr } = await rig.pipe('run', 'ib.yaml', '--quiet');
    expect(exitCode).toBe(4);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^pipe: the run is failed, 1 of 1 task incomplete: cannot connect to IB Gateway at .*; see: pipe report\n$/,
    );
  });
});

describe.skipIf(process.platform !== 'linux')('a process with a limit of the system', () => {
  test('ends with exit code 7 when its output is full', () => {
    const run = (): unknown =>
      execFileSync('sh', ['-c', `"$0" "$1" plan x.yaml > /dev/full`, process.execPath, command], options);
    expect(run).toThrow(
      expect.objectContaining({ status: 7, stderr: expect.stringContaining('the disk is full') as unknown }),
    );
  });

  test('names the limit when it cannot open files', () => {
    const run = (): unknown =>
      execFileSync('sh', ['-c', `ulimit -n 30; "$0" "$1" run x.yaml`, process.execPath, command], options);
    expect(run).toThrow(
      expect.objectContaining({ status: 7, stderr: expect.stringContaining('too many open files') as unknown }),
    );
  });
});
