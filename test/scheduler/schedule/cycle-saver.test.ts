import { expect, it } from 'vitest';

import { createCycleSaver } from '../../../src/scheduler/schedule/cycle-saver.js';
import { initialState } from '../../../src/scheduler/schedule/cycles.js';
import { createSchedule, every } from '../schedules.js';

const pipeline = { name: 'p', schedule: createSchedule(every(1000)) };

it('writes the first and the last of a hundred states that arrive during a write', async () => {
  const written: number[] = [];
  let finishFirst: () => void = () => undefined;
  const write = (_: string, { state }: { readonly state: { readonly until: number } }): Promise<void> => {
    written.push(state.until);
    return written.length === 1 ? new Promise((resolve) => (finishFirst = resolve)) : Promise.resolve();
  };
  const saver = createCycleSaver({ read: () => Promise.resolve(null), write }, () => undefined);
  void saver.save(pipeline, initialState(0));
  await Promise.resolve();
  const saves = Array.from({ length: 100 }, (_, index) => saver.save(pipeline, initialState(index + 1)));
  finishFirst();
  await Promise.all(saves);
  await saver.flush();
  expect(written).toEqual([0, 100]);
});

it('reports a failure and saves the next state', async () => {
  const errors: string[] = [];
  let calls = 0;
  const write = (): Promise<void> => (++calls === 1 ? Promise.reject(new Error('disk full')) : Promise.resolve());
  const saver = createCycleSaver({ read: () => Promise.resolve(null), write }, (_, message) => errors.push(message));
  await saver.save(pipeline, initialState(0));
  await saver.save(pipeline, initialState(1));
  expect([errors, calls]).toEqual([['disk full'], 2]);
});
