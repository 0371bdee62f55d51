import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { computeJobId, belongsToFile } from '../../scheduler/system/scheduled-job.js';
import { parseTimer, createSystemdUnits } from '../../scheduler/system/systemd-units.js';
import { execProgram } from './exec.js';
import { readJobs, previewFiles, writeJobFiles } from './job-files.js';
import { createBackendError } from './job-backend.js';
import type { JobBackend } from './job-backend.js';
import type { CliContext } from '../cli-context.js';

/** Timers of the user's own systemd. */
export function createSystemdBackend(ctx: CliContext): JobBackend {
  const { environment } = ctx;
  const home = environment['HOME'] ?? homedir();
  const folder = join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'systemd', 'user');
  const list = () => readJobs(folder, parseTimer);
  const remove = async (id: string): Promise<void> => {
    await execProgram('systemctl', ['--user', 'disable', '--now', `${id}.timer`]);
    for (const kind of ['service', 'timer']) await rm(join(folder, `${id}.${kind}`), { force: true });
    await execProgram('systemctl', ['--user', 'daemon-reload']);
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
      // Before anything is written: it fails where this user has no systemd.
      await runSystemctl('daemon-reload');
      const existed = (await list()).some((other) => other.id === id);
      try {
        await writeJobFiles(folder, createSystemdUnits(job), async () => {
          await runSystemctl('daemon-reload');
          try {
            await runSystemctl('enable', '--now', timer);
          } catch (error) {
            if (!existed) await execProgram('systemctl', ['--user', 'disable', timer]);
            throw error;
          }
        });
      } catch (error) {
        await execProgram('systemctl', ['--user', 'daemon-reload']);
        throw error;
      }
      for (const other of await list())
        if (other.id !== id && belongsToFile(other.id, job.file)) await remove(other.id);
      await warnLingering(ctx);
    },
  };
}

async function runSystemctl(...args: readonly string[]): Promise<void> {
  const result = await execProgram('systemctl', ['--user', ...args]);
  if (result.code !== 0)
    throw createBackendError('systemctl', result, 'use --cron or pipe serve, or see it with --print');
}

/** A user's systemd ends when the user has logged out, and no timer of it starts anything then. */
async function warnLingering(ctx: CliContext): Promise<void> {
  if (process.getuid?.() === 0) return;
  const user = ctx.environment['USER'] ?? '';
  const result = await execProgram('loginctl', ['show-user', user, '--property=Linger']);
  if (/^Linger=yes$/m.test(result.stdout)) return;
  ctx.info(
    `while ${user === '' ? 'you are' : `${user} is`} logged out it does not run, unless: loginctl enable-linger`,
  );
}
