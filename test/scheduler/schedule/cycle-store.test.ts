import { describe, expect, it } from 'vitest';

import { createCycleStore, computeScheduleKey } from '../../../src/scheduler/schedule/cycle-store.js';
import { every, createSchedule } from '../schedules.js';

function memory() {
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

describe('the memory of a collector', () => {
  it('gives back what it was given, under a name of its own for every pipeline', async () => {
    const { store, files } = memory();
    const state = {
      until: 5,
      running: { due: 4, why: 'due' },
      waiting: [{ due: 5, why: 'queued' }],
      started: 3,
    } as const;
    const schedule = computeScheduleKey(createSchedule(every(60_000)));
    await store.write('a.b c', { schedule, state });
    await store.write('other', { schedule, state: { ...state, running: null } });
    expect([...files.keys()]).toEqual(['/lake/_serve/a.b%20c.json', '/lake/_serve/other.json']);
    // How many were started is of one collector only.
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
    '{"v":1,"schedule":"x","until":1,"running":{"due":1,"why":"other"},"waiting":[]}',
  ])('takes %j for nothing known', async (text) => {
    const { store, files } = memory();
    files.set('/lake/_serve/x.json', text);
    expect(await store.read('x')).toBeNull();
  });
});
