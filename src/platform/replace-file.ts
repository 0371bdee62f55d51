import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a file so that a reader sees the old content or the new, never a part; `mode` says who may read it. */
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
