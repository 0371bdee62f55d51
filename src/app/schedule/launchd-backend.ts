import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { computeJobId, belongsToFile } from '../../scheduler/system/scheduled-job.js';
import type { ScheduledJob } from '../../scheduler/system/scheduled-job.js';
import { entryOfAgent, launchdAgent, launchdLabel } from '../../scheduler/system/launchd-agent.js';
import { execProgram } from './exec.js';
import { readJobs, previewFiles, writeJobFiles } from './job-files.js';
import { createBackendError } from './job-backend.js';
import type { JobBackend } from './job-backend.js';
import { getLocalTimeZone } from './local-time-zone.js';
import type { CliContext } from '../cli-context.js';

/** Agents of the user's launchd. */
export function launchdAgents({ environment, lineageFolder }: CliContext): JobBackend {
  const folder = join(environment['HOME'] ?? homedir(), 'Library', 'LaunchAgents');
  const pathOf = (id: string): string => join(folder, `${launchdLabel(id)}.plist`);
  const agentOf = (entry: ScheduledJob) => [launchdAgent(entry, join(lineageFolder, `${computeJobId(entry)}.log`))];
  const list = () => readJobs(folder, entryOfAgent);
  const remove = async (id: string): Promise<void> => {
    await execProgram('launchctl', ['unload', '-w', pathOf(id)]);
    await rm(pathOf(id), { force: true });
  };
  return {
    name: 'launchd',
    systemTimeZone: getLocalTimeZone(environment),
    list,
    remove,
    preview: (entry) => previewFiles(folder, agentOf(entry)),
    async install(entry) {
      const id = computeJobId(entry);
      // Before anything is written: it fails where there is no launchd.
      await control('list');
      await writeJobFiles(folder, agentOf(entry), async () => {
        await execProgram('launchctl', ['unload', pathOf(id)]);
        await control('load', '-w', pathOf(id));
      });
      for (const other of await list())
        if (other.id !== id && belongsToFile(other.id, entry.file)) await remove(other.id);
    },
  };
}

async function control(...args: readonly string[]): Promise<void> {
  const said = await execProgram('launchctl', args);
  if (said.code !== 0) throw createBackendError('launchctl', said, 'use --cron or pipe serve, or see it with --print');
}
