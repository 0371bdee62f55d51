import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { readFile } from '../../platform/files/read-file.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import type { InstalledJob } from '../../scheduler/system/scheduled-job.js';
import type { JobFile } from '../../scheduler/system/systemd-units.js';
import { replaceFile } from '../../platform/replace-file.js';

/** The texts of files before they were written, by path; null for a file that did not exist. */
type PreviousTexts = ReadonlyMap<string, string | null>;

/** Writes files and makes the scheduler reload them; a failure restores the previous files. */
export async function writeJobFiles(
  folder: string,
  files: readonly JobFile[],
  reload: () => Promise<void>,
): Promise<void> {
  await makeFolder(folder);
  const previous = new Map<string, string | null>();
  try {
    for (const { name, text } of files) {
      const path = join(folder, name);
      previous.set(path, await readText(path));
      await replaceFile(path, text);
    }
    await reload();
  } catch (error) {
    await restore(previous);
    throw error;
  }
}

async function restore(previous: PreviousTexts): Promise<void> {
  for (const [path, text] of previous) {
    if (text === null) await rm(path, { force: true });
    else await replaceFile(path, text);
  }
}

/** Reads the jobs in a folder; `read` returns null for other files. */
export async function readJobs(
  folder: string,
  read: (name: string, text: string) => InstalledJob | null,
): Promise<readonly InstalledJob[]> {
  const names = await readdir(folder).catch(() => []);
  const found: InstalledJob[] = [];
  for (const name of names.filter((one) => one.includes('pipe-')).sort()) {
    const job = read(name, (await readText(join(folder, name))) ?? '');
    if (job !== null) found.push(job);
  }
  return found;
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

/** Shows files as one text, each after its path. */
export function previewFiles(folder: string, files: readonly JobFile[]): string {
  return files.map(({ name, text }) => `# ${join(folder, name)}\n${text}`).join('\n');
}
