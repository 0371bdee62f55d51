import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';

import type { Clock } from '../../core/time/clock.js';
import { createBackup } from '../../lake/backup/create-backup.js';
import type { BackupResult } from '../../lake/backup/create-backup.js';
import { listBackups } from '../../lake/backup/manifest.js';
import type { BackupManifest } from '../../lake/backup/manifest.js';
import { listUnfinished, restoreBackup, verifyBackups } from '../../lake/backup/restore-backup.js';
import type { BackupVerification, RestoreOptions, RestoreRefusal } from '../../lake/backup/restore-backup.js';
import { listFolder } from '../../lake/list-folder.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import type { ExitCode } from '../exit-code.js';
import { requireLake } from '../require-lake.js';
import { requireLocalPath } from '../local-path.js';
import { createRunId } from '../run/run-id.js';
import { createInterruption } from '../signals.js';

type Context = Pick<AppContext, 'dataFolder' | 'lineageFolder' | 'clock'>;

/** Backs the lake and the records up; a folder within either ends the command. */
export async function backupOrExit(destination: string, ctx: Context): Promise<BackupResult> {
  const folder = resolve(requireLocalPath('<folder>', destination));
  requireLake(ctx);
  for (const source of [ctx.dataFolder, ctx.lineageFolder])
    if (await isWithin(folder, source))
      throw new CliError(
        exitCode.usage,
        `${folder} is within ${source}`,
        'choose a folder outside of what is backed up',
      );
  if (await holdsOtherFiles(folder))
    throw new CliError(
      exitCode.usage,
      `${folder} holds other files`,
      'choose a folder for backups only, such as backups',
    );
  const now = ctx.clock.now();
  const options = { lake: ctx.dataFolder, lineage: ctx.lineageFolder, folder, now, token: createRunId(now).slice(-12) };
  return createBackup(options);
}

/** True for a folder with files that has no backups; a new disk has hidden files and `lost+found`. */
async function holdsOtherFiles(folder: string): Promise<boolean> {
  if (!existsSync(folder) || existsSync(join(folder, 'objects'))) return false;
  const names = await listFolder(folder);
  return names.some((name) => !name.startsWith('.') && name !== 'lost+found');
}

/** Compares real paths; of a folder that does not exist yet, that of its first existing parent. */
export async function isWithin(folder: string, other: string): Promise<boolean> {
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
  const folder = resolve(requireLocalPath('<folder>', destination));
  if ((await listBackups(folder)).length === 0)
    throw new CliError(exitCode.usage, `no backup in ${folder}`, 'name the folder of pipe backup');
  return verifyBackups(folder);
}

/** A restored backup, and the folders that killed restorations have left beside it. */
export interface Restored {
  readonly manifest: BackupManifest;
  readonly unfinished: readonly string[];
}

/** Restores the newest or a named backup into a new folder; a wrong name, a folder with files or a signal ends the command. */
export async function restoreOrExit(from: string, to: string, id: string | null, clock: Clock): Promise<Restored> {
  const source = resolve(requireLocalPath('<from>', from));
  const target = resolve(requireLocalPath('<to>', to));
  if (await isWithin(target, source))
    throw new CliError(exitCode.usage, `${target} is within ${source}`, 'choose a folder outside of the backups');
  const token = createRunId(clock.now()).slice(-12);
  const interruption = createInterruption();
  try {
    const restored = await restoreBackup({ source, target, id, token, signal: interruption.signal });
    if (!restored.ok) throw toCliError(restored.error, { source, target, id }, interruption.received());
    return { manifest: restored.value, unfinished: await listUnfinished(target) };
  } finally {
    interruption.dispose();
  }
}

function toCliError(
  refusal: RestoreRefusal,
  { source, target, id }: Pick<RestoreOptions, 'source' | 'target' | 'id'>,
  received: ExitCode | null,
): CliError {
  switch (refusal.kind) {
    case 'no-backup':
      return new CliError(
        exitCode.usage,
        id === null ? `${source}: no backup` : `${source}: no backup ${id}`,
        refusal.ids.length === 0 ? 'name the folder of pipe backup' : `backups: ${refusal.ids.slice(-5).join(', ')}`,
      );
    case 'not-empty':
      return new CliError(
        exitCode.usage,
        `${target} is not empty`,
        'restore into a new folder, then move what you need; nothing is overwritten',
      );
    case 'interrupted':
      return new CliError(received ?? exitCode.interrupted, 'interrupted: nothing was restored');
  }
}
