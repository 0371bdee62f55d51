import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { isNotFound } from '../../platform/error-message.js';
import { openToReplace, requireReplaceable } from '../../platform/files/write-file.js';
import { processExists } from '../../platform/process-alive.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';

/** The place to which an export writes before it takes the place of its target. */
export interface StagedTarget {
  /** Does not exist yet. */
  readonly path: string;
  /** Puts what was written into the place of the target, which has the old content or the new. */
  finish(): Promise<void>;
  /** Removes what was written; without effect after `finish`. */
  discard(): Promise<void>;
}

/** Marks a folder as one of an export, which the next export may replace. */
const markerFile = '_pipe_export.json';

const pattern = /^\.(.*)\.(\d+)\.(tmp|old)$/;

/** Stages a file or a folder beside its target. Removes what exports that were killed left behind. */
export async function stageTarget(target: string, kind: 'file' | 'folder'): Promise<StagedTarget> {
  const folder = dirname(target);
  const path = join(folder, `.${basename(target)}.${String(process.pid)}.tmp`);
  const old = join(folder, `.${basename(target)}.${String(process.pid)}.old`);
  await removeAbandoned(folder, basename(target));
  // Before the engine writes it: the system names the path that the user named, and the reason.
  await (await openToReplace(path)).close();
  await rm(path);
  if (kind === 'file') await requireReplaceable(target);
  else await requireExportFolder(target);
  return {
    path,
    async finish() {
      if (kind === 'file') return rename(path, target);
      await mkdir(path, { recursive: true });
      await writeFile(join(path, markerFile), '{}\n');
      const replaces = await exists(target);
      if (replaces) await rename(target, old);
      await rename(path, target);
      await rm(old, { recursive: true, force: true });
    },
    async discard() {
      await rm(path, { recursive: true, force: true });
      // An interrupted replacement: the old content returns.
      if ((await exists(old)) && !(await exists(target))) await rename(old, target);
    },
  };
}

async function removeAbandoned(folder: string, name: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const [, target, pid = '', kind] = pattern.exec(entry) ?? [];
    if (target !== name || processExists(Number(pid))) continue;
    const isOnlyCopy = kind === 'old' && !(await exists(join(folder, name)));
    if (isOnlyCopy) await rename(join(folder, entry), join(folder, name));
    else await rm(join(folder, entry), { recursive: true, force: true });
  }
}

/** A folder with other content is not replaced. */
async function requireExportFolder(target: string): Promise<void> {
  if (!(await exists(target))) return;
  const names = await readdir(target);
  if (names.length === 0 || names.includes(markerFile)) return;
  throw new CliError(
    exitCode.usage,
    `--to ${target} is a folder with other files`,
    'name a new folder, or one that an export has written',
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );
}
