import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';

import { createBackup } from '../../lake/backup/create-backup.js';
import type { BackupResult } from '../../lake/backup/create-backup.js';
import { listBackups } from '../../lake/backup/manifest.js';
import type { BackupManifest } from '../../lake/backup/manifest.js';
import { restoreBackup, verifyBackups } from '../../lake/backup/restore-backup.js';
import type { BackupVerification } from '../../lake/backup/restore-backup.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { requireLocalPath } from '../local-path.js';
import { createRunId } from '../run/run-id.js';

type Context = Pick<AppContext, 'dataFolder' | 'lineageFolder' | 'clock'>;

/** Backs the lake and the records up; a folder within either ends the command. */
export async function backupOrExit(destination: string, ctx: Context): Promise<BackupResult> {
  const folder = resolve(requireLocalPath('DEST', destination));
  if (!existsSync(ctx.dataFolder))
    throw new CliError(exitCode.usage, `no lake in ${ctx.dataFolder}`, 'choose the folder of a lake with --data');
  for (const source of [ctx.dataFolder, ctx.lineageFolder])
    if (await isWithin(folder, source))
      throw new CliError(
        exitCode.usage,
        `${folder} is within ${source}`,
        'choose a folder outside of what is backed up',
      );
  const now = ctx.clock.now();
  const options = { lake: ctx.dataFolder, lineage: ctx.lineageFolder, folder, now, token: createRunId(now).slice(-12) };
  return createBackup(options);
}

/** Compares real paths; of a folder that does not exist yet, that of its first existing parent. */
async function isWithin(folder: string, other: string): Promise<boolean> {
  if (!existsSync(other)) return false;
  let [existing, rest] = [folder, ''];
  while (!existsSync(existing) && dirname(existing) !== existing) {
    rest = join(existing.slice(dirname(existing).length), rest);
    existing = dirname(existing);
  }
  const real = join(await realpath(existing), rest);
  return `${real}${sep}`.startsWith(`${await realpath(other)}${sep}`);
}

/** Verifies every backup of a folder; a folder without one ends the command. */
export async function verifyBackupOrExit(destination: string): Promise<BackupVerification> {
  const folder = resolve(requireLocalPath('DEST', destination));
  if ((await listBackups(folder)).length === 0)
    throw new CliError(exitCode.usage, `no backup in ${folder}`, 'name the folder of pipe backup');
  return verifyBackups(folder);
}

/** Restores the newest or a named backup into a new folder. */
export function restore(source: string, target: string, id: string | null): Promise<BackupManifest> {
  return restoreBackup({
    source: resolve(requireLocalPath('SRC', source)),
    target: resolve(requireLocalPath('DEST', target)),
    id,
  });
}
