import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createRunStarts } from '../../../src/app/serve/run-starts.js';
import { createCliContext } from '../../../src/app/cli-context.js';
import type { RunEventBody } from '../../../src/core/events.js';
import { nodeFiles } from '../../../src/platform/file-store.js';
import { createRunRecord } from '../../../src/lineage/records/run-record.js';
import { createRig } from '../../rig.js';

const noon = Date.parse('2026-11-20T12:00:00Z');

/** The record of a run that has begun. */
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

test('the starts of runs are known by whomever they were begun, and every record is read once', async () => {
  const rig = await createRig();
  const lineage = rig.path('lineage');
  const at = createCliContext({
    data: rig.path('data'),
    lineage,
    now: noon,
    verbosity: 'quiet',
    color: false,
  });
  const starts = createRunStarts(at);
  await starts.refresh();
  expect(await starts.last('a')).toBeNull();

  await writeRunRecord(lineage, 'a', noon, 1);
  await writeRunRecord(lineage, 'b', noon + 1, 2);
  await starts.refresh();
  expect([await starts.last('a'), await starts.last('b')]).toEqual([noon, noon + 1]);

  // One that was read is not needed any more, and one that is not written yet is looked for again.
  await rm(join(lineage, '2026-11-20', '01931000-0000-7000-8000-000000000001', 'run.json'));
  await nodeFiles.replace(join(lineage, '2026-11-20', '01931000-0000-7000-8000-000000000003', 'events.jsonl'), '');
  await starts.refresh();
  await writeRunRecord(lineage, 'a', noon + 5, 3);
  await Promise.all([starts.refresh(), starts.refresh()]);
  expect([await starts.last('a'), await starts.last('b')]).toEqual([noon + 5, noon + 1]);

  // A collector that starts now finds the same.
  const anew = createRunStarts(at);
  await anew.refresh();
  expect(await anew.last('a')).toBe(noon + 5);
});
