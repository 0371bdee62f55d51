import { describe, expect, it } from 'vitest';

import { createCycleStore, computeScheduleKey } from '../../../src/scheduler/schedule/cycle-store.js';
import { every, createSchedule } from '../schedules.js';

/** Creates a store over files in memory. */
function createMemoryStore() {
  const files = new Map<string, string>();
  return {
    files,
    store: createCycleStore('/lake', {
      read: (path) => Promise.resolve(files.get(path) ?? null),
      replace: (path, text) => {
        files.set(path, text);
        return Promise.resolve();
      },
    }),
  };
}

describe('createCycleStore', () => {
  it('reads back the saved state of two pipelines from two files', async () => {
    const { store, files } = createMemoryStore();
    const state = {
      until: 5,
      running: { due: 4, trigger: 'due' },
      waiting: [{ due: 5, trigger: 'queued' }],
      started: 3,
    } as const;
    const schedule = computeScheduleKey(createSchedule(every(60_000)));
    await store.write('a.b c', { schedule, state });
    await store.write('other', { schedule, state: { ...state, running: null } });
    expect([...files.keys()]).toEqual([
      '/lake/_scheduler/pipelines/a.b%20c.json',
      '/lake/_scheduler/pipelines/other.json',
    ]);
    // The number of started cycles is not saved.
    expect(await store.read('a.b c')).toEqual({ schedule, state: { ...state, started: 0 } });
    expect(await store.read('unknown')).toBeNull();
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"v":2,"schedule":"x","until":1,"running":null,"waiting":[]}',
    '{"v":1,"schedule":"x","until":"1","running":null,"waiting":[]}',
    '{"v":1,"schedule":"x","until":1,"running":{"due":1,"trigger":"other"},"waiting":[]}',
    '{"v":1,"schedule":"x","until":1,"running":null,"waiting":[{"due":"1","trigger":"due"}]}',
  ])('reads the content %j as absent state', async (text) => {
    const { store, files } = createMemoryStore();
    files.set('/lake/_scheduler/pipelines/x.json', text);
    expect(await store.read('x')).toBeNull();
  });

  it('reads the key `why` of commit 0376384 as the trigger of a cycle', async () => {
    const { store, files } = createMemoryStore();
    files.set(
      '/lake/_scheduler/pipelines/x.json',
      '{"v":1,"schedule":"x","until":1,"running":{"due":1,"why":"due"},"waiting":[{"due":2,"why":"queued"}]}',
    );
    expect((await store.read('x'))?.state).toMatchObject({
      running: { due: 1, trigger: 'due' },
      waiting: [{ due: 2, trigger: 'queued' }],
    });
  });
});
