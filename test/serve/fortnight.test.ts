import { describe, expect, it } from 'vitest';

import { day, hour, isoInstant, minute, second } from '../../src/core/time.js';
import type { Instant } from '../../src/core/time.js';
import type { ServedPipeline } from '../../src/serve/lane.js';
import type { ServeEvent } from '../../src/serve/serve-event.js';
import { timetableOf } from '../../src/serve/timetable.js';
import { virtualClock } from '../virtual-clock.js';
import { pretendCatalogue, pretendCollector, pretendRuns, pretendStore } from './pretend.js';
import type { PretendCollector } from './pretend.js';
import { at, calendar, cron, every, scheduleOf, served } from './schedules.js';

/**
 * What became of the due times of one pipeline, taken from events and from nothing else. A due time of a run that was cut
 * off may be started once more; everything else is accounted for once.
 */
function account(events: readonly ServeEvent[], pipeline: ServedPipeline, from: Instant, until: Instant) {
  const dues = [...timetableOf({ ...pipeline, calendar }).due(from, until)];
  const fate = new Map<Instant, string[]>();
  const note = (due: Instant, what: string): void => void fate.set(due, [...(fate.get(due) ?? []), what]);
  for (const event of events) {
    if (!('pipeline' in event) || event.pipeline !== pipeline.name) continue;
    if (event.type === 'cycle-started') note(event.cycle.due, `started ${event.cycle.why}`);
    if (event.type === 'cycle-ended') note(event.due, event.outcome);
    if (event.type === 'cycles-missed') {
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

describe('a simulated fortnight', () => {
  // Clocks go back in London on 27 October and in New York on 3 November 2024; the Indian exchanges are closed on
  // 1 November but for the hour in the evening with which they begin their year.
  const from = at('2024-10-26T00:00:00Z');
  const until = at('2024-11-09T00:00:00Z');

  it('of two zones with a clock change each, restarts every night, an outage and a kill accounts for every cycle', async () => {
    const pipelines = [
      served('london', scheduleOf(cron('30 1 * * *', 'Europe/London'), { catchUp: 'all' })),
      served('new-york', scheduleOf(cron('30 1 * * *', 'America/New_York'), { jitter: minute })),
      served('intraday', scheduleOf(every(15 * minute, 'XNYS'), { catchUp: 'none' })),
      served('mumbai', scheduleOf(every(5 * minute, 'XNSE'))),
      served('always', scheduleOf(every(20 * minute))),
    ];
    const clock = virtualClock(from, { auto: false });
    const store = pretendStore();
    const outage = { start: at('2024-10-30T15:00:00Z'), end: at('2024-10-30T16:00:00Z') };
    const start = pretendRuns(clock, (_, now) => ({
      took: 90 * second,
      end: now >= outage.start && now < outage.end ? 'provider' : 'ok',
    }));
    const events: ServeEvent[] = [];
    const open = (): Promise<PretendCollector> =>
      pretendCollector({
        clock,
        store,
        start,
        catalogue: pretendCatalogue(pipelines),
        onEvent: (event) => {
          if (event.type !== 'run-event') events.push(event);
        },
      });

    let running = await open();
    for (let night = from + day; night < until; night += day) {
      // One is killed in the middle of a run and stays away for three hours; the others are asked to end.
      const isKill = isoInstant(night).startsWith('2024-11-07');
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

    const [london, newYork, intraday, mumbai, always] = pipelines.map((pipeline) =>
      account(events, pipeline, from, until),
    );
    for (const each of [london, newYork, intraday, mumbai, always]) {
      expect(each?.dues.length).toBeGreaterThan(13);
      // Every due time, and nothing that was not due.
      expect([...(each?.fate.keys() ?? [])].sort((a, b) => a - b)).toEqual(each?.dues);
    }
    // Once a day in spite of the days of 23 and of 25 hours.
    expect(london?.dues).toHaveLength(14);
    expect(newYork?.dues).toHaveLength(14);
    expect(tally(london?.fate.values() ?? [])).toMatchInlineSnapshot(`
      {
        "started due, ok": 14,
      }
    `);
    expect(tally(newYork?.fate.values() ?? [])).toMatchInlineSnapshot(`
      {
        "started due, ok": 14,
      }
    `);
    expect(tally(intraday?.fate.values() ?? [])).toMatchInlineSnapshot(`
      {
        "missed not-running": 11,
        "started due, missed cut-off": 1,
        "started due, ok": 244,
        "started due, provider": 4,
      }
    `);
    expect(tally(mumbai?.fate.values() ?? [])).toMatchInlineSnapshot(`
      {
        "started due, ok": 687,
      }
    `);
    expect([...(mumbai?.dues ?? [])].filter((due) => isoInstant(due).startsWith('2024-11-01'))).toHaveLength(12);
    expect(tally(always?.fate.values() ?? [])).toMatchInlineSnapshot(`
      {
        "missed not-running": 8,
        "started caught-up, ok": 12,
        "started due, interrupted": 1,
        "started due, missed cut-off": 1,
        "started due, ok": 983,
        "started due, provider": 3,
      }
    `);
  }, 60_000);
});
