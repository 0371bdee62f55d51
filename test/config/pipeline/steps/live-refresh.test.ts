import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration } from '../../../../src/core/time/duration.js';
import { day, hour, minute, second } from '../../../../src/core/time/time.js';
import { getMinDueInterval } from '../../../../src/config/pipeline/schedule/min-due-interval.js';
import { getRequests, createPlanningFixture } from '../../../fixtures/planning.js';
import { loadValid, loadDiagnosticCodes } from '../load-files.js';

describe('the shortest interval between due times', () => {
  test.for([
    ['* * * * *', minute],
    ['*/5 9-16 * * 1-5', 5 * minute],
    ['0,50 * * * *', 10 * minute],
    ['0 1,23 * * *', 2 * hour],
    ['30 18 * * 1-5', day],
    ['0 0 * * 1,3', 2 * day],
    ['@weekly', 7 * day],
    ['@monthly', 31 * day],
  ] as const)('of the cron expression %s is found in every time zone', ([cron, interval]) => {
    expect(getMinDueInterval({ cron })).toBe(interval);
    expect(getMinDueInterval({ cron, timezone: 'Asia/Kolkata' })).toBe(interval);
  });

  test('is null for rare and for invalid schedules', () => {
    expect(getMinDueInterval({ cron: '0 0 29 2 *' })).toBeNull();
    expect(getMinDueInterval({ cron: 'at noon' })).toBeNull();
    expect(getMinDueInterval({ every: '1s 1h' })).toBeNull();
    expect(getMinDueInterval(undefined)).toBeNull();
  });
});

describe('the refresh of live steps', () => {
  const loadRefreshes = async (header: string, step = ''): Promise<unknown> => {
    const { steps } = await loadValid(`
name: x
symbols: [SPY]
${header}
steps: { contracts: {}, quotes: { needs: contracts${step} } }
`);
    return steps.map((loadedStep) => ('refresh' in loadedStep ? loadedStep.refresh : null));
  };

  test('defaults to half the interval of the schedule, at most five minutes', async () => {
    expect(await loadRefreshes('')).toEqual([7 * day, 5 * minute]);
    expect(await loadRefreshes('schedule: { every: 60s }')).toEqual([7 * day, 30 * second]);
    expect(await loadRefreshes('schedule: { every: 5m, market_hours: true }')).toEqual([7 * day, 2.5 * minute]);
    expect(await loadRefreshes("schedule: { cron: '*/2 * * * *' }")).toEqual([7 * day, minute]);
    expect(await loadRefreshes("schedule: { cron: '@daily' }")).toEqual([7 * day, 5 * minute]);
  });

  test('equals the value of the step, else the value of `defaults.steps`', async () => {
    expect(await loadRefreshes('schedule: { every: 60s }', ', refresh: 40s')).toEqual([7 * day, 40 * second]);
    expect(await loadRefreshes('defaults: { steps: { refresh: 1h } }')).toEqual([hour, hour]);
  });

  test('causes a warning if the refresh is at least the interval of the schedule', async () => {
    const codes = (refresh: string): Promise<readonly string[]> =>
      loadDiagnosticCodes(`
name: x
symbols: [SPY]
schedule: { every: 60s }
steps: { contracts: {}, quotes: { needs: contracts, refresh: ${refresh} } }
`);
    expect(await codes('59s')).toEqual([]);
    expect(await codes('60s')).toEqual(['idle-runs']);
  });
});

test('every scheduled run fetches quotes if responses arrive in the first half of the interval', async () => {
  const schedules = fc.oneof(
    fc
      .integer({ min: 1, max: 3 * 86_400 })
      .map((seconds) => ({ schedule: `every: ${formatDuration(seconds * second)}`, interval: seconds * second })),
    fc.integer({ min: 1, max: 30 }).map((minutes) => {
      const interval = (60 % minutes === 0 ? minutes : Math.min(minutes, 60 % minutes)) * minute;
      return { schedule: `cron: '*/${minutes} * * * *'`, interval };
    }),
  );
  const arbitraryDelays = fc.array(fc.double({ min: 0, max: 0.5, maxExcluded: true, noNaN: true }), {
    minLength: 5,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(schedules, arbitraryDelays, async ({ schedule, interval }, delays) => {
      const pipeline = await loadValid(`
name: x
symbols: [SPY]
schedule: { ${schedule} }
steps: { contracts: {}, quotes: { needs: contracts } }
`);
      const fixture = createPlanningFixture(pipeline);
      let due = Date.parse('2026-11-20T00:00:00Z');
      for (const delay of delays) {
        const requests = getRequests(fixture.plan(due)).filter(({ series }) => series.dataset === 'quotes');
        expect(requests).toHaveLength(1);
        await fixture.answerInFull(requests, due + Math.floor(delay * interval));
        due += interval;
      }
    }),
    { numRuns: 60 },
  );
});
