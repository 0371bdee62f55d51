import type { Restored } from '../../../app/care/backup.js';
import type { BackupResult } from '../../../lake/backup/create-backup.js';
import type { BackupManifest } from '../../../lake/backup/manifest.js';
import type { BackupVerification } from '../../../lake/backup/restore-backup.js';
import { formatBytes, formatCount, pluralize } from '../../../platform/format.js';
import type { ApplyStyle } from '../../../platform/style.js';
import { escapeLine, joinLines } from '../../../platform/text/escape.js';

const maxShown = 10;

export function formatBackup({ manifest, newFiles, linked, newBytes }: BackupResult, style: ApplyStyle): string {
  const { damaged } = manifest;
  return joinLines([
    `${style('strong', `backup ${manifest.id}`)}  ${pluralize(manifest.files.length, 'file')}, ${formatBytes(sumBytes(manifest))}`,
    `  new      ${pluralize(newFiles, 'file')}, ${formatBytes(newBytes)}; ${formatCount(linked)} of them as hard links`,
    ...damaged
      .slice(0, maxShown)
      .map((path) => style('bad', `  damaged  ${escapeLine(path)} is missing or differs from what was written`)),
    ...(damaged.length === 0 ? [] : ['  see pipe check; earlier backups may have these files']),
  ]);
}

function sumBytes({ files }: BackupManifest): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

export function toBackupDocument({ manifest, newFiles, linked, newBytes }: BackupResult): object {
  const { id, createdAt, versions, damaged, files } = manifest;
  return {
    id,
    createdAt,
    files: files.length,
    bytes: sumBytes(manifest),
    newFiles,
    newBytes,
    linked,
    versions,
    damaged,
  };
}

export function formatBackupVerification(
  { backups, objects, bytes, problems }: BackupVerification,
  style: ApplyStyle,
): string {
  const hidden = problems.length - maxShown;
  return joinLines([
    ...backups.map(
      ({ id, files, isGood }) =>
        `${id}  ${pluralize(files, 'file')}  ${isGood ? style('good', 'ok') : style('bad', 'damaged')}`,
    ),
    ...problems
      .slice(0, maxShown)
      .map(({ backup, file, detail }) =>
        style('bad', `  ${backup}  ${escapeLine(file ?? 'manifest')}: ${escapeLine(detail)}`),
      ),
    ...(hidden > 0 ? [`  and ${pluralize(hidden, 'more problem')}; --json has all`] : []),
    `${problems.length === 0 ? style('good', 'ok') : style('bad', 'failed')}  ${pluralize(backups.length, 'backup')}, ${formatBytes(bytes)} in ${pluralize(objects, 'object')} read`,
  ]);
}

export function toBackupVerificationDocument(verification: BackupVerification): object {
  return { ok: verification.problems.length === 0, ...verification };
}

export function formatRestored({ manifest, unfinished }: Restored, folder: string, style: ApplyStyle): string {
  const { damaged } = manifest;
  return joinLines([
    `restored ${manifest.id} into ${escapeLine(folder)}: ${pluralize(manifest.files.length, 'file')}, ${formatBytes(sumBytes(manifest))}`,
    ...damaged
      .slice(0, maxShown)
      .map((path) => style('bad', `  damaged  ${escapeLine(path)} was missing or damaged when the backup was made`)),
    ...(damaged.length === 0 ? [] : ['  see pipe check --repair for this lake; earlier backups may have these files']),
    ...unfinished.map(
      (name) =>
        `  ${escapeLine(name)} beside it is of a restoration that runs or was killed; a killed one can be deleted`,
    ),
    '  lake.duckdb is written by the next run, or by pipe maintain',
  ]);
}

export function toRestoredDocument({ manifest, unfinished }: Restored, folder: string): object {
  const { id, createdAt, versions, damaged, files } = manifest;
  return { id, createdAt, folder, files: files.length, bytes: sumBytes(manifest), versions, damaged, unfinished };
}
