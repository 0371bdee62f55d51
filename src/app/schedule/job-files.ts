import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { InstalledJob } from '../../scheduler/system/scheduled-job.js';
import type { JobFile } from '../../scheduler/system/systemd-units.js';
import { replaceFile } from '../../platform/replace-file.js';

/** What files were before they were written: their text, or null where there was none. */
type PreviousTexts = ReadonlyMap<string, string | null>;

/** Writes files and does what makes the system take notice of them; where that fails the files are again as they were. */
export async function writeJobFiles(
  folder: string,
  files: readonly JobFile[],
  reload: () => Promise<void>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
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

/** The entries in a folder, by what tells them from other files. */
export async function readJobs(
  folder: string,
  read: (name: string, text: string) => InstalledJob | null,
): Promise<readonly InstalledJob[]> {
  const names = await readdir(folder).catch(() => []);
  const found: InstalledJob[] = [];
  for (const name of names.filter((one) => one.includes('pipe-')).sort()) {
    const entry = read(name, (await readText(join(folder, name))) ?? '');
    if (entry !== null) found.push(entry);
  }
  return found;
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

/** Several files as one text, each after its name. */
export function previewFiles(folder: string, files: readonly JobFile[]): string {
  return files.map(({ name, text }) => `# ${join(folder, name)}\n${text}`).join('\n');
}
