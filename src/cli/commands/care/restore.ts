import type { Command } from 'commander';

import { restoreOrExit } from '../../../app/care/backup.js';
import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import type { CliContext } from '../../cli-context.js';
import { formatRestored, toRestoredDocument } from '../../output/care/format-backup.js';
import type { RunAction } from '../../run-action.js';

interface Flags {
  readonly backup?: string;
  readonly json?: boolean;
}

export function defineRestore(command: Command, run: RunAction): void {
  command
    .command('restore')
    .argument('<from>', 'folder of the backups')
    .argument('<to>', 'new folder for data/ and lineage/')
    .option('--backup <id>', 'this backup [the newest]')
    .option('--json', 'print one JSON document')
    .action((source: string, folder: string, flags: Flags) => run((ctx) => restoreInto(source, folder, flags, ctx)));
}

async function restoreInto(source: string, folder: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const restored = await restoreOrExit(source, folder, flags.backup ?? null, ctx.clock);
  if (flags.json === true) ctx.printJson(toRestoredDocument(restored, folder));
  else ctx.print(formatRestored(restored, folder, ctx.style));
  return restored.manifest.damaged.length === 0 ? exitCode.done : exitCode.checkFailed;
}
