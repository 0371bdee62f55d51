import type { ProcessResult } from '../../platform/process.js';
import {
  formatCrontabBlock,
  parseCrontab,
  addCrontabBlock,
  removeCrontabBlocks,
} from '../../scheduler/system/crontab-block.js';
import { createBackendError } from './job-backend.js';
import type { BackendContext, JobBackend } from './job-backend.js';
import { getLocalTimeZone } from './local-time-zone.js';
import { isNotInstalled, isSuccess, runSystemProgram } from './system-program.js';

/** Jobs in the user's crontab. */
export function createCrontabBackend({ environment }: BackendContext): JobBackend {
  return {
    name: 'cron',
    systemTimeZone: getLocalTimeZone(environment),
    preview: formatCrontabBlock,
    async install(job) {
      await editCrontab((table) => addCrontabBlock(table, job));
      return [];
    },
    remove: (id) => editCrontab((table) => removeCrontabBlocks(table, (other) => other === id)),
    async list() {
      const result = await runSystemProgram('crontab', ['-l']);
      return isNotInstalled(result) ? [] : parseCrontab(readTable(result));
    },
  };
}

/** Writes the crontab only if the edit changes it. */
async function editCrontab(edit: (table: string) => string): Promise<void> {
  const current = readTable(await runSystemProgram('crontab', ['-l']));
  const edited = edit(current);
  if (edited === current) return;
  const result = await runSystemProgram('crontab', ['-'], edited);
  if (!isSuccess(result)) throw createError(result);
}

/** Returns the crontab; the program fails with a message for a user without one, which counts as an empty crontab. */
function readTable(result: ProcessResult): string {
  if (isSuccess(result)) return result.stdout;
  if (!isNotInstalled(result) && /no crontab/i.test(result.stderr)) return '';
  throw createError(result);
}

function createError(result: ProcessResult): Error {
  const hint = isNotInstalled(result)
    ? 'install cron, or use --systemd or pipe serve'
    : 'print the job without installing it: add --print';
  return createBackendError('crontab', result, hint);
}
