import { rename, rm, writeFile } from 'node:fs/promises';

/** Replaces a file atomically: readers see the old content or the new. `mode` sets its permissions. */
export async function replaceFile(path: string, text: string, mode = 0o666): Promise<void> {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    await writeFile(temporary, text, { mode });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
