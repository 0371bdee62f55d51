import { describe, expect, it } from 'vitest';

import { day, hour, formatInstant, minute, second } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import type { ScheduledPipeline } from '../../src/scheduler/pipeline-runner.js';
import type { ServeEvent } from '../../src/scheduler/serve-event.js';
import { createDueTimes } from '../../src/scheduler/schedule/due-times.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createFakeWatcher, startFakeCollector, createFakeRuns, createFakeStore } from './fakes.js';
import type { FakeCollector } from './fakes.js';
import { at, calendar, cron, every, createSchedule, createScheduledPipeline } from './schedules.js';

/**
 * What became of the due times of one pipeline, taken from events and from nothing else. A due time of a run that was cut
 * off may be started once more; everything else is accounted for once.
 */
function account(events: readonly ServeEvent[], pipeline: ScheduledPipeline, from: Instant, until: Instant) {
  const dues = [...createDueTimes({ ...pipeline, calendar }).due(from, until)];
  const fate = new Map<Instant, string[]>();
  const note = (due: Instant, what: string): void => void fate.set(due, [...(fate.get(due) ?? []), what]);
  for (const event of events) {
    if (!('pipeline' in event) || event.pipeline !== pipeline.name) continue;
    if (event.type === 'cycle-started') note(event.cycle.due, `started ${event.cycle.why}`);
    if (event.type === 'cycle-ended') note(event.due, event.outcome);
    if (event.type === 'runs-missed') {
      const missed = dues.filter((due) => due >= event.first && due <= event.last);
      expect(missed).toHaveLength(event.count);
      for (const due of missed) note(due, `missed ${event.reason}`);
    }
  }
  return { dues, fate };
}

function tally(fates: Iterable<readonly string[]>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const fate of fates) {
    const words = fate.join(', ');
    counts[words] = (counts[words] ?? 0) + 1;
  }
  return counts;
}

interface Fortnight {
  readonly words: string;
  readonly from: Instant;
  readonly pipelines: readonly ScheduledPipeline[];
  readonly outage: { readonly start: Instant; readonly end: Instant };
  /** The midnight before which the collector is killed, in the middle of a run. */
  readonly killedBefore: string;
  /** How many due times a pipeline has on a day that is not like the others. */
  readonly days: readonly { readonly pipeline: string; readonly day: string; readonly dues: number }[];
  /** How often each fate befell the due times of each pipeline. */
  readonly fates: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const intraday = createScheduledPipeline('intraday', createSchedule(every(15 * minute, 'XNYS'), { catchUp: 'none' }));
const mumbai = createScheduledPipeline('mumbai', createSchedule(every(5 * minute, 'XNSE')));
const always = createScheduledPipeline('always', createSchedule(every(20 * minute)));

const fortnights: readonly Fortnight[] = [
  {
    words: 'in which clocks go back in London and New York, with a special session of an hour',
    from: at('2024-10-26T00:00:00Z'),
    pipelines: [
      // Clocks go back in London on 27 October and in New York on 3 November 2024.
      createScheduledPipeline('london', createSchedule(cron('30 1 * * *', 'Europe/London'), { catchUp: 'all' })),
      createScheduledPipeline('new-york', createSchedule(cron('30 1 * * *', 'America/New_York'), { jitter: minute })),
      intraday,
      mumbai,
      always,
    ],
    outage: { start: at('2024-10-30T15:00:00Z'), end: at('2024-10-30T16:00:00Z') },
    killedBefore: '2024-11-07',
    // The Indian exchanges are closed but for the hour in the evening with which they begin their year.
    days: [{ pipeline: 'mumbai', day: '2024-11-01', dues: 12 }],
    fates: {
      london: { 'started due, ok': 14 },
      'new-york': { 'started due, ok': 14 },
      intraday: {
        'started due, ok': 244,
        'started due, provider': 4,
        'started due, missed cut-off': 1,
        'missed not-running': 11,
      },
      mumbai: { 'started due, ok': 687 },
      always: {
        'started due, ok': 983,
        'started due, provider': 3,
        'started due, interrupted': 1,
        'started due, missed cut-off': 1,
        'started caught-up, ok': 12,
        'missed not-running': 8,
      },
    },
  },
  {
    words: 'in which clocks go back in Cairo and Casablanca, with a half-day and a holiday',
    from: at('2014-06-22T00:00:00Z'),
    pipelines: [
      // For Ramadan: in Cairo at the end of 26 June, in Casablanca on the 28th. Both lines name an hour that comes twice.
      createScheduledPipeline('cairo', createSchedule(cron('30 23 * * *', 'Africa/Cairo'), { catchUp: 'all' })),
      createScheduledPipeline(
        'casablanca',
        createSchedule(cron('30 2 * * *', 'Africa/Casablanca'), { jitter: minute }),
      ),
      intraday,
      mumbai,
      always,
    ],
    outage: { start: at('2014-06-30T14:00:00Z'), end: at('2014-06-30T15:00:00Z') },
    killedBefore: '2014-07-03',
    days: [
      { pipeline: 'intraday', day: '2014-07-02', dues: 26 },
      { pipeline: 'intraday', day: '2014-07-03', dues: 14 },
      { pipeline: 'intraday', day: '2014-07-04', dues: 0 },
    ],
    fates: {
      cairo: { 'started due, ok': 14 },
      casablanca: { 'started due, ok': 14 },
      // Eight sessions of 26 due times and one of 14.
      intraday: {
        'started due, ok': 206,
        'started due, provider': 4,
        'started due, missed cut-off': 1,
        'missed not-running': 11,
      },
      mumbai: { 'started due, ok': 750 },
      always: {
        'started due, ok': 983,
        'started due, provider': 3,
        'started due, interrupted': 1,
        'started due, missed cut-off': 1,
        'started caught-up, ok': 12,
        'missed not-running': 8,
      },
    },
  },
];

describe('a simulated fortnight', () => {
  it.each(fortnights)(
    '$words, with restarts every night, an outage and a kill accounts for every cycle',
    async ({ from, pipelines, outage, killedBefore, days, fates }) => {
      const until = from + 14 * day;
      const clock = createVirtualClock(from, { auto: false });
      const store = createFakeStore();
      const start = createFakeRuns(clock, (_, now) => ({
        took: 90 * second,
        end: now >= outage.start && now < outage.end ? 'provider' : 'ok',
      }));
      const events: ServeEvent[] = [];
      const open = (): Promise<FakeCollector> =>
        startFakeCollector({
          clock,
          store,
          startWorker: start,
          watcher: createFakeWatcher(pipelines),
          onEvent: (event) => {
            if (event.type !== 'run-event') events.push(event);
          },
        });

      let running = await open();
      for (let night = from + day; night < until; night += day) {
        // One is killed in the middle of a run and stays away for three hours; the others are asked to end.
        const isKill = formatInstant(night).startsWith(killedBefore);
        await clock.advanceTo(isKill ? night - day / 2 + 5 * hour + second * 30 : night - 2 * minute);
        if (isKill) running.kill();
        else running.stop();
        await clock.advanceBy(isKill ? 3 * hour : 4 * minute);
        await running.collector.done;
        running = await open();
      }
      await clock.advanceTo(until);
      running.stop();
      await clock.advanceBy(minute);
      await running.collector.done;

      const tallies: Record<string, Record<string, number>> = {};
      for (const pipeline of pipelines) {
        const { dues, fate } = account(events, pipeline, from, until);
        expect(dues.length).toBeGreaterThan(13);
        // Every due time, and nothing that was not due.
        expect([...fate.keys()].sort((a, b) => a - b)).toEqual(dues);
        // Once a day in spite of the days of 23 and of 25 hours.
        if (pipeline.schedule.times.kind === 'cron') expect(dues).toHaveLength(14);
        for (const special of days.filter((one) => one.pipeline === pipeline.name))
          expect(dues.filter((due) => formatInstant(due).startsWith(special.day))).toHaveLength(special.dues);
        tallies[pipeline.name] = tally(fate.values());
      }
      expect(tallies).toEqual(fates);
    },
  );
});
