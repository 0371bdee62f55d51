import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { InstalledEntry } from '../serve/entries/entry.js';
import type { EntryFile } from '../serve/entries/systemd-entry.js';
import { replaceFile } from './replace-file.js';

/** What files were before they were written: their text, or null where there was none. */
type Before = ReadonlyMap<string, string | null>;

/** Writes files and does what makes the system take notice of them; where that fails the files are again as they were. */
export async function writeEntryFiles(
  folder: string,
  files: readonly EntryFile[],
  takeNotice: () => Promise<void>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const before = new Map<string, string | null>();
  try {
    for (const { name, text } of files) {
      const path = join(folder, name);
      before.set(path, await textOf(path));
      await replaceFile(path, text);
    }
    await takeNotice();
  } catch (error) {
    await restore(before);
    throw error;
  }
}

async function restore(before: Before): Promise<void> {
  for (const [path, text] of before) {
    if (text === null) await rm(path, { force: true });
    else await replaceFile(path, text);
  }
}

/** The entries in a folder, by what tells them from other files. */
export async function entriesIn(
  folder: string,
  read: (name: string, text: string) => InstalledEntry | null,
): Promise<readonly InstalledEntry[]> {
  const names = await readdir(folder).catch(() => []);
  const found: InstalledEntry[] = [];
  for (const name of names.filter((one) => one.includes('pipe-')).sort()) {
    const entry = read(name, (await textOf(join(folder, name))) ?? '');
    if (entry !== null) found.push(entry);
  }
  return found;
}

async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

/** Several files as one text, each after its name. */
export function printed(folder: string, files: readonly EntryFile[]): string {
  return files.map(({ name, text }) => `# ${join(folder, name)}\n${text}`).join('\n');
}
