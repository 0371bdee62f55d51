import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { nodeFiles } from '../../platform/file-store.js';
import { readOptionalDocument } from '../../platform/json.js';
import { createCycleStore, decodeSavedCycles } from '../../scheduler/schedule/cycle-store.js';

/**
 * Moves the state of pipelines from the folder `_serve`, which commit 0376384 used. State that a later collector saved is
 * kept, so that an interrupted move can be repeated.
 */
export async function migrateSchedulerState(lake: string): Promise<void> {
  const oldFolder = join(lake, '_serve');
  const store = createCycleStore(lake, nodeFiles);
  for (const file of await nodeFiles.list(oldFolder)) {
    const [, encodedName] = /^(.+)\.json$/.exec(file) ?? [];
    if (encodedName === undefined) continue;
    // The file `collector.json` held the status of the collector, or the state of a pipeline of that name.
    const saved = await readOptionalDocument(join(oldFolder, file), decodeSavedCycles, { version: 1 });
    if (saved === null) continue;
    const pipeline = decodeURIComponent(encodedName);
    if ((await store.read(pipeline)) === null) await store.write(pipeline, saved);
  }
  await rm(oldFolder, { recursive: true, force: true });
}
