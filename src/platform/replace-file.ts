import { rename, rm } from 'node:fs/promises';

import { openToReplace, requireReplaceable } from './files/write-file.js';

/** Replaces a file atomically: readers see the old content or the new. `mode` sets its permissions. Rejects for pipes and devices. */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o666): Promise<void> {
  await requireReplaceable(path);
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    const file = await openToReplace(temporary, mode);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
