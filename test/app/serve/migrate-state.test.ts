import { expect, test } from 'vitest';

import { migrateSchedulerState } from '../../../src/app/serve/migrate-state.js';
import { nodeFiles } from '../../../src/platform/file-store.js';
import { createCycleStore } from '../../../src/scheduler/schedule/cycle-store.js';
import { createRig } from '../../rig.js';

const formatOldState = (until: number): string =>
  `${JSON.stringify({ v: 1, schedule: 's', until, running: { due: 1, why: 'due' }, waiting: [] })}\n`;

test('moves the state of pipelines from _serve to _scheduler and deletes _serve', async () => {
  const rig = await createRig();
  await rig.write('data/_serve/a%20b.json', formatOldState(5));
  await rig.write('data/_serve/collector.json', '{"pid":1,"host":"h","pipelines":[]}');
  await rig.write('data/_serve/accepted/a%20b.json', '{"v":1,"file":"a.yaml","files":{}}');
  await migrateSchedulerState(rig.path('data'));
  expect(await rig.files('data')).toEqual(['_scheduler/pipelines/a%20b.json']);
  expect(await createCycleStore(rig.path('data'), nodeFiles).read('a b')).toEqual({
    schedule: 's',
    state: { until: 5, running: { due: 1, trigger: 'due' }, waiting: [], started: 0 },
  });
});

test('keeps state in _scheduler that is newer than the state in _serve', async () => {
  const rig = await createRig();
  await rig.write('data/_serve/a.json', formatOldState(5));
  const store = createCycleStore(rig.path('data'), nodeFiles);
  const saved = { schedule: 's', state: { until: 9, running: null, waiting: [], started: 0 } };
  await store.write('a', saved);
  await migrateSchedulerState(rig.path('data'));
  expect(await store.read('a')).toEqual(saved);
  expect(await rig.files('data')).toEqual(['_scheduler/pipelines/a.json']);
});

test('writes no file for a lake without a folder _serve', async () => {
  const rig = await createRig();
  await rig.write('data/README', '');
  await migrateSchedulerState(rig.path('data'));
  expect(await rig.files('data')).toEqual(['README']);
});
