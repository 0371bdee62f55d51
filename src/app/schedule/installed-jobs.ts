import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { belongsToFile } from '../../scheduler/system/scheduled-job.js';
import type { InstalledJob } from '../../scheduler/system/scheduled-job.js';
import type { BackendContext, JobBackend } from './job-backend.js';
import { selectBackends } from './job-backends.js';
import type { BackendSelection } from './job-backends.js';
import { CliError } from '../cli-error.js';

/** An installed job and its backend. */
export interface FoundJob extends InstalledJob {
  readonly backend: JobBackend;
  /** False if the pipeline file of the job does not exist. */
  readonly hasFile: boolean;
}

/** Selects jobs by backend or by pipeline file; an empty filter selects all jobs of the user. */
export interface JobFilter {
  readonly backends?: BackendSelection;
  readonly file?: string;
}

/** Lists installed jobs. A backend that fails is skipped, unless the filter names it. */
export async function findInstalledJobs(
  ctx: BackendContext,
  { backends = {}, file }: JobFilter = {},
): Promise<readonly FoundJob[]> {
  const isNamed = Object.keys(backends).length > 0;
  const found: FoundJob[] = [];
  for (const backend of selectBackends(backends, ctx)) {
    try {
      for (const job of await backend.list()) {
        found.push({ ...job, backend, hasFile: job.file === null || existsSync(job.file) });
      }
    } catch (error) {
      if (isNamed || !(error instanceof CliError)) throw error;
    }
  }
  return file === undefined ? found : found.filter(({ id }) => belongsToFile(id, resolve(file)));
}
