import {
  formatCrontabBlock,
  parseCrontab,
  addCrontabBlock,
  removeCrontabBlocks,
} from '../../scheduler/system/crontab-block.js';
import { execProgram } from './exec.js';
import type { ExecResult } from './exec.js';
import { createBackendError } from './job-backend.js';
import type { BackendContext, JobBackend } from './job-backend.js';
import { getLocalTimeZone } from './local-time-zone.js';

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
      const result = await execProgram('crontab', ['-l']);
      return result.code === 'absent' ? [] : parseCrontab(readTable(result));
    },
  };
}

/** Writes the crontab only if the edit changes it. */
async function editCrontab(edit: (table: string) => string): Promise<void> {
  const current = readTable(await execProgram('crontab', ['-l']));
  const edited = edit(current);
  if (edited === current) return;
  const result = await execProgram('crontab', ['-'], edited);
  if (result.code !== 0) throw createError(result);
}

/** For a user without a crontab the program fails with a message: that is an empty one. */
function readTable(result: ExecResult): string {
  if (result.code === 0) return result.stdout;
  if (result.code !== 'absent' && /no crontab/i.test(result.stderr)) return '';
  throw createError(result);
}

function createError(result: ExecResult): Error {
  const hint =
    result.code === 'absent'
      ? 'install cron, or use --systemd or pipe serve'
      : 'print the job without installing it: add --print';
  return createBackendError('crontab', result, hint);
}
