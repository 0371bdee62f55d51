import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createRunStarts } from '../../../src/app/serve/run-starts.js';
import type { RunEventBody } from '../../../src/core/events.js';
import { nodeFiles } from '../../../src/platform/file-store.js';
import { createRunRecord } from '../../../src/lineage/records/run-record.js';
import { createRig } from '../../rig.js';

const noon = Date.parse('2026-11-20T12:00:00Z');

/** Writes the record of a run in progress. */
async function writeRunRecord(lineage: string, name: string, at: number, number: number): Promise<void> {
  const record = createRunRecord({
    lineageFolder: lineage,
    files: nodeFiles,
    process: { pid: 1, host: 'h' },
    onError: expect.unreachable,
  });
  const pipeline = { name, description: null, file: `${name}.yaml`, hash: 'h' };
  const body: RunEventBody = { type: 'run-started', pipeline, version: '1', lake: 'data' };
  record.record({ at, runId: `01931000-0000-7000-8000-00000000000${String(number)}`, ...body });
  await record.started();
  await record.finish();
}

test('run starts include runs of other processes and are read once from each record', async () => {
  const rig = await createRig();
  const lineage = rig.path('lineage');
  const starts = createRunStarts({ lineageFolder: lineage });
  await starts.refresh();
  expect(await starts.last('a')).toBeNull();

  await writeRunRecord(lineage, 'a', noon, 1);
  await writeRunRecord(lineage, 'b', noon + 1, 2);
  await starts.refresh();
  expect([await starts.last('a'), await starts.last('b')]).toEqual([noon, noon + 1]);

  // A record that was read may be removed; a record that is not written yet is read at the next refresh.
  await rm(join(lineage, '2026-11-20', '01931000-0000-7000-8000-000000000001', 'run.json'));
  await nodeFiles.replace(join(lineage, '2026-11-20', '01931000-0000-7000-8000-000000000003', 'events.jsonl'), '');
  await starts.refresh();
  await writeRunRecord(lineage, 'a', noon + 5, 3);
  await Promise.all([starts.refresh(), starts.refresh()]);
  expect([await starts.last('a'), await starts.last('b')]).toEqual([noon + 5, noon + 1]);

  // A new collector finds the same starts.
  const restarted = createRunStarts({ lineageFolder: lineage });
  await restarted.refresh();
  expect(await restarted.last('a')).toBe(noon + 5);
});
