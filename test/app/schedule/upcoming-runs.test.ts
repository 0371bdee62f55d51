import { expect, test } from 'vitest';

import { computeUpcomingRuns } from '../../../src/app/schedule/upcoming-runs.js';
import { at, createSchedule, cron } from '../../scheduler/schedules.js';

const now = at('2026-07-06T18:00:00Z');
const nightly = { name: 'nightly', file: 'nightly.yaml' };

test('a pipeline without a schedule has no due times', () => {
  const pipeline = { ...nightly, schedule: null };
  expect(computeUpcomingRuns(pipeline, now, 3)).toEqual({ pipeline, next: [], isComplete: false });
});

test('a schedule without an end has as many due times as asked for', () => {
  const pipeline = { ...nightly, schedule: createSchedule(cron('30 18 * * *')) };
  expect(computeUpcomingRuns(pipeline, now, 2)).toEqual({
    pipeline,
    next: [at('2026-07-06T18:30:00Z'), at('2026-07-07T18:30:00Z')],
    isComplete: false,
  });
});

test('max_cycles limits the due times and completes the schedule', () => {
  const pipeline = { ...nightly, schedule: createSchedule(cron('30 18 * * *'), { maxCycles: 1 }) };
  expect(computeUpcomingRuns(pipeline, now, 2)).toEqual({
    pipeline,
    next: [at('2026-07-06T18:30:00Z')],
    isComplete: true,
  });
});
