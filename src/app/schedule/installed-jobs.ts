import { resolve } from 'node:path';

import { belongsToFile } from '../../scheduler/system/scheduled-job.js';
import type { InstalledJob } from '../../scheduler/system/scheduled-job.js';
import type { JobBackend } from './job-backend.js';
import { selectBackends } from './job-backends.js';
import type { BackendFlags } from './job-backends.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../cli-context.js';

/** An entry, and where it is installed. */
export interface FoundJob extends InstalledJob {
  readonly backend: JobBackend;
}

/** Which entries are wanted: those of a system, or of a file; all of this user when nothing is said. */
export interface JobFilter {
  readonly backends?: BackendFlags;
  readonly file?: string;
}

/** What pipe has installed. A system that cannot be asked is passed over when it was not named. */
export async function findInstalledJobs(
  ctx: CliContext,
  { backends = {}, file }: JobFilter = {},
): Promise<readonly FoundJob[]> {
  const isNamed = Object.keys(backends).length > 0;
  const found: FoundJob[] = [];
  for (const backend of selectBackends(backends, ctx)) {
    try {
      for (const job of await backend.list()) found.push({ ...job, backend });
    } catch (error) {
      if (isNamed || !(error instanceof CliError)) throw error;
    }
  }
  return file === undefined ? found : found.filter(({ id }) => belongsToFile(id, resolve(file)));
}
