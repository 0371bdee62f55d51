import {
  formatCrontabBlock,
  parseCrontab,
  addCrontabBlock,
  removeCrontabBlocks,
} from '../../scheduler/system/crontab-block.js';
import { execProgram } from './exec.js';
import type { ExecResult } from './exec.js';
import { createBackendError } from './job-backend.js';
import type { JobBackend } from './job-backend.js';
import { getLocalTimeZone } from './local-time-zone.js';
import type { CliContext } from '../cli-context.js';

/** The user's crontab. */
export function createCrontabBackend({ environment }: CliContext): JobBackend {
  return {
    name: 'cron',
    systemTimeZone: getLocalTimeZone(environment),
    preview: formatCrontabBlock,
    install: (entry) => editCrontab((table) => addCrontabBlock(table, entry)),
    remove: (id) => editCrontab((table) => removeCrontabBlocks(table, (other) => other === id)),
    async list() {
      const result = await execProgram('crontab', ['-l']);
      return result.code === 'absent' ? [] : parseCrontab(readTable(result));
    },
  };
}

/** What is the same afterwards is not written. */
async function editCrontab(edit: (table: string) => string): Promise<void> {
  const current = readTable(await execProgram('crontab', ['-l']));
  const edited = edit(current);
  if (edited === current) return;
  const result = await execProgram('crontab', ['-'], edited);
  if (result.code !== 0) throw createError(result);
}

/** Without a table the program says so and fails: that is an empty one. */
function readTable(result: ExecResult): string {
  if (result.code === 0) return result.stdout;
  if (result.code !== 'absent' && /no crontab/i.test(result.stderr)) return '';
  throw createError(result);
}

function createError(result: ExecResult): Error {
  const hint =
    result.code === 'absent'
      ? 'install cron, or use --systemd or pipe serve'
      : 'see what would be installed with --print';
  return createBackendError('crontab', result, hint);
}
