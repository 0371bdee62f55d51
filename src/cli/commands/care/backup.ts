import type { Command } from 'commander';

import { CliError } from '../../../app/cli-error.js';
import { backupOrExit, verifyBackupOrExit } from '../../../app/care/backup.js';
import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import type { CliContext } from '../../cli-context.js';
import {
  formatBackup,
  formatBackupVerification,
  toBackupDocument,
  toBackupVerificationDocument,
} from '../../output/care/format-backup.js';
import type { RunAction } from '../../run-action.js';

interface Flags {
  readonly verify?: boolean;
  readonly json?: boolean;
}

export function defineBackup(command: Command, run: RunAction): void {
  command
    .command('backup')
    .argument('<folder>', 'folder of the backups')
    .option('--verify', 'read every byte of the backups in the folder')
    .option('--json', 'print one JSON document')
    .action((folder: string, flags: Flags) => run((ctx) => backup(folder, flags, ctx)));
}

async function backup(folder: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  if (folder === '') throw new CliError(exitCode.usage, 'missing the folder of the backups');
  if (flags.verify === true) {
    const verification = await verifyBackupOrExit(folder);
    if (flags.json === true) ctx.printJson(toBackupVerificationDocument(verification));
    else ctx.print(formatBackupVerification(verification, ctx.style));
    return verification.problems.length === 0 ? exitCode.done : exitCode.checkFailed;
  }
  const result = await backupOrExit(folder, ctx);
  if (flags.json === true) ctx.printJson(toBackupDocument(result));
  else ctx.print(formatBackup(result, ctx.style));
  return result.manifest.damaged.length === 0 ? exitCode.done : exitCode.checkFailed;
}
