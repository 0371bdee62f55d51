import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { computeJobId, belongsToFile } from '../../scheduler/system/scheduled-job.js';
import { parseTimer, createSystemdUnits } from '../../scheduler/system/systemd-units.js';
import { readJobs, previewFiles, writeJobFiles } from './job-files.js';
import { createBackendError } from './job-backend.js';
import type { BackendContext, JobBackend } from './job-backend.js';
import { isSuccess, runSystemProgram } from './system-program.js';

/** Timers of the user's systemd. */
export function createSystemdBackend({ environment }: BackendContext): JobBackend {
  const home = environment['HOME'] ?? homedir();
  const folder = join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'systemd', 'user');
  const list = () => readJobs(folder, parseTimer);
  const remove = async (id: string): Promise<void> => {
    await runSystemProgram('systemctl', ['--user', 'disable', '--now', `${id}.timer`]);
    for (const kind of ['service', 'timer']) await rm(join(folder, `${id}.${kind}`), { force: true });
    await runSystemProgram('systemctl', ['--user', 'daemon-reload']);
  };
  return {
    name: 'systemd',
    systemTimeZone: null,
    list,
    remove,
    preview: (job) => previewFiles(folder, createSystemdUnits(job)),
    async install(job) {
      const id = computeJobId(job);
      const timer = `${id}.timer`;
      // Fails for a user without systemd, before any file is written.
      await runSystemctl('daemon-reload');
      const existed = (await list()).some((other) => other.id === id);
      try {
        await writeJobFiles(folder, createSystemdUnits(job), async () => {
          await runSystemctl('daemon-reload');
          try {
            await runSystemctl('enable', '--now', timer);
          } catch (error) {
            if (!existed) await runSystemProgram('systemctl', ['--user', 'disable', timer]);
            throw error;
          }
        });
      } catch (error) {
        await runSystemProgram('systemctl', ['--user', 'daemon-reload']);
        throw error;
      }
      for (const other of await list())
        if (other.id !== id && belongsToFile(other.id, job.file)) await remove(other.id);
      return await listWarnings(environment['USER'] ?? null);
    },
  };
}

async function runSystemctl(...args: readonly string[]): Promise<void> {
  const result = await runSystemProgram('systemctl', ['--user', ...args]);
  if (!isSuccess(result))
    throw createBackendError('systemctl', result, 'use --cron or pipe serve, or print the job with --print');
}

/** A user's systemd, and its timers, stop when the user logs out, unless lingering is enabled. */
async function listWarnings(user: string | null): Promise<readonly string[]> {
  if (process.getuid?.() === 0) return [];
  const result = await runSystemProgram('loginctl', [
    'show-user',
    ...(user === null ? [] : [user]),
    '--property=Linger',
  ]);
  if (/^Linger=yes$/m.test(result.stdout)) return [];
  return [
    `the timer does not run while ${user === null ? 'you are' : `${user} is`} logged out; to change that: loginctl enable-linger`,
  ];
}
