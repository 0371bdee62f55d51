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
 * Derives the history of each due time of a pipeline from events only. A due time may be started again after its run was
 * interrupted; any other one is started or reported as missed exactly once.
 */
function traceDueTimes(events: readonly ServeEvent[], pipeline: ScheduledPipeline, from: Instant, until: Instant) {
  const dues = [...createDueTimes({ ...pipeline, calendar }).due(from, until)];
  const histories = new Map<Instant, string[]>();
  const record = (due: Instant, what: string): void => void histories.set(due, [...(histories.get(due) ?? []), what]);
  for (const event of events) {
    if (!('pipeline' in event) || event.pipeline !== pipeline.name) continue;
    if (event.type === 'cycle-started') record(event.cycle.due, `started ${event.cycle.trigger}`);
    if (event.type === 'cycle-ended') record(event.due, event.outcome);
    if (event.type === 'runs-missed') {
      const missed = dues.filter((due) => due >= event.first && due <= event.last);
      expect(missed).toHaveLength(event.count);
      for (const due of missed) record(due, `missed ${event.reason}`);
    }
  }
  return { dues, histories };
}

function countHistories(histories: Iterable<readonly string[]>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const history of histories) {
    const text = history.join(', ');
    counts[text] = (counts[text] ?? 0) + 1;
  }
  return counts;
}

interface Simulation {
  readonly title: string;
  readonly from: Instant;
  readonly pipelines: readonly ScheduledPipeline[];
  readonly outage: { readonly start: Instant; readonly end: Instant };
  /** The collector is killed during a run on the day before this date. */
  readonly killedBefore: string;
  /** The number of due times on days with unusual sessions. */
  readonly unusualDays: readonly { readonly pipeline: string; readonly day: string; readonly dues: number }[];
  /** The number of due times with each history, by pipeline. */
  readonly expected: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const intraday = createScheduledPipeline('intraday', createSchedule(every(15 * minute, 'XNYS'), { catchUp: 'none' }));
const mumbai = createScheduledPipeline('mumbai', createSchedule(every(5 * minute, 'XNSE')));
const always = createScheduledPipeline('always', createSchedule(every(20 * minute)));

const simulations: readonly Simulation[] = [
  {
    title: 'the end of summer time in London and New York and a special session of one hour',
    from: at('2024-10-26T00:00:00Z'),
    pipelines: [
      // Summer time ends in London on 27 October and in New York on 3 November 2024.
      createScheduledPipeline('london', createSchedule(cron('30 1 * * *', 'Europe/London'), { catchUp: 'all' })),
      createScheduledPipeline('new-york', createSchedule(cron('30 1 * * *', 'America/New_York'), { jitter: minute })),
      intraday,
      mumbai,
      always,
    ],
    outage: { start: at('2024-10-30T15:00:00Z'), end: at('2024-10-30T16:00:00Z') },
    killedBefore: '2024-11-07',
    // Diwali: the Indian exchanges open for one hour in the evening only.
    unusualDays: [{ pipeline: 'mumbai', day: '2024-11-01', dues: 12 }],
    expected: {
      london: { 'started due, ok': 14 },
      'new-york': { 'started due, ok': 14 },
      intraday: {
        'started due, ok': 244,
        'started due, provider': 4,
        'started due, missed interrupted': 1,
        'missed scheduler-down': 11,
      },
      mumbai: { 'started due, ok': 687 },
      always: {
        'started due, ok': 983,
        'started due, provider': 3,
        'started due, cancelled': 1,
        'started due, missed interrupted': 1,
        'started caught-up, ok': 12,
        'missed scheduler-down': 8,
      },
    },
  },
  {
    title: 'the end of summer time in Cairo and Casablanca, a half-day and a holiday',
    from: at('2014-06-22T00:00:00Z'),
    pipelines: [
      // Because of Ramadan: in Cairo at the end of 26 June, in Casablanca on the 28th. Both expressions name a repeated hour.
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
    unusualDays: [
      { pipeline: 'intraday', day: '2014-07-02', dues: 26 },
      { pipeline: 'intraday', day: '2014-07-03', dues: 14 },
      { pipeline: 'intraday', day: '2014-07-04', dues: 0 },
    ],
    expected: {
      cairo: { 'started due, ok': 14 },
      casablanca: { 'started due, ok': 14 },
      // Eight sessions of 26 due times and one of 14.
      intraday: {
        'started due, ok': 206,
        'started due, provider': 4,
        'started due, missed interrupted': 1,
        'missed scheduler-down': 11,
      },
      mumbai: { 'started due, ok': 750 },
      always: {
        'started due, ok': 983,
        'started due, provider': 3,
        'started due, cancelled': 1,
        'started due, missed interrupted': 1,
        'started caught-up, ok': 12,
        'missed scheduler-down': 8,
      },
    },
  },
];

describe('a collector on a simulated clock', () => {
  it.each(simulations)(
    'accounts for every due time of two weeks with $title, nightly restarts, an outage and a kill',
    async ({ from, pipelines, outage, killedBefore, unusualDays, expected }) => {
      const until = from + 14 * day;
      const clock = createVirtualClock(from, { auto: false });
      const store = createFakeStore();
      const start = createFakeRuns(clock, (_, now) => ({
        durationMs: 90 * second,
        outcome: now >= outage.start && now < outage.end ? 'provider' : 'ok',
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
        // One collector is killed during a run and stays down for three hours; the others are stopped.
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

      const counts: Record<string, Record<string, number>> = {};
      for (const pipeline of pipelines) {
        const { dues, histories } = traceDueTimes(events, pipeline, from, until);
        expect(dues.length).toBeGreaterThan(13);
        // Every due time, and nothing else.
        expect([...histories.keys()].sort((a, b) => a - b)).toEqual(dues);
        // Once a day, also on days with 23 or 25 hours.
        if (pipeline.schedule.times.kind === 'cron') expect(dues).toHaveLength(14);
        for (const unusual of unusualDays.filter((one) => one.pipeline === pipeline.name))
          expect(dues.filter((due) => formatInstant(due).startsWith(unusual.day))).toHaveLength(unusual.dues);
        counts[pipeline.name] = countHistories(histories.values());
      }
      expect(counts).toEqual(expected);
    },
  );
});
