import { describe, expect, it } from 'vitest';

import { hour, isoInstant, minute } from '../../src/core/time.js';
import type { Instant } from '../../src/core/time.js';
import { openJudging } from '../../src/serve/judging.js';
import type { Judging } from '../../src/serve/judging.js';
import type { ServeEvent } from '../../src/serve/serve-event.js';
import { noAlerts } from '../../src/tell/alert-state.js';
import type { Alerts } from '../../src/tell/alert-state.js';
import type { AlertStore } from '../../src/tell/alert-store.js';
import { judgeNow } from '../../src/tell/judge-now.js';
import { loadValid } from '../pipeline/loading.js';
import { virtualClock } from '../virtual-clock.js';
import type { VirtualClock } from '../virtual-clock.js';
import { pretendCatalogue, pretendCollector, pretendRuns, pretendStore } from './pretend.js';
import { at, every, scheduleOf, served, timetable } from './schedules.js';

const from = at('2024-11-04T10:00:00Z');

/** Alerts that are kept in memory, with every state that was written. */
function memory(): AlertStore & { readonly written: Alerts[] } {
  const written: Alerts[] = [];
  return {
    written,
    read: () => Promise.resolve(written.at(-1) ?? noAlerts),
    write: (_, alerts) => Promise.resolve(void written.push(alerts)),
    pipelines: () => Promise.resolve([]),
  };
}

/** A collector whose runs end as told, and whose pipelines are judged. */
async function judged(
  clock: VirtualClock,
  how: (now: Instant) => 'ok' | 'locked',
  judge: (name: string, lastStart: Instant | null) => Promise<void>,
  schedule = scheduleOf(every(5 * minute)),
  names: readonly string[] = ['tiny'],
) {
  const starts = new Map<string, Instant>();
  let judging: Judging | null = null;
  const stopping = new AbortController();
  const running = await pretendCollector({
    clock,
    store: pretendStore(),
    start: pretendRuns(clock, ({ pipeline }, now) => {
      const end = how(now);
      if (end === 'ok') starts.set(pipeline, now);
      return { took: end === 'ok' ? 20_000 : 1_000, end };
    }),
    catalogue: pretendCatalogue(names.map((name) => served(name, schedule))),
    onEvent: (event: ServeEvent) => judging?.take(event),
  });
  judging = openJudging({
    clock,
    lanes: () => running.collector.view().lanes,
    judge: ({ pipeline: { name } }) => judge(name, starts.get(name) ?? null),
    stopping: stopping.signal,
  });
  const own = judging;
  return {
    async stop() {
      stopping.abort();
      running.stop();
      await clock.advanceBy(minute);
      await Promise.all([running.collector.done, own.done]);
    },
  };
}

describe('a collector judges without a run', () => {
  it('that none took place, once it is late, and that one takes place again', async () => {
    const pipeline = await loadValid(
      'name: tiny\nsymbols: [AAPL]\nschedule: { every: 5m }\nalerts: { rules: [{ on: run_missed, older_than: 7m }] }\nsteps: { contracts: {} }\n',
    );
    const clock = virtualClock(from, { auto: false });
    const store = memory();
    const own = await judged(
      clock,
      (now) => (now >= from + hour && now < from + 2 * hour ? 'locked' : 'ok'),
      (name, lastStart) =>
        judgeNow(pipeline, {
          clock,
          store,
          exclusively: (_, work) => work(),
          schedule: timetable(every(5 * minute), {}, name),
          lastStart,
          running: () => Promise.resolve(null),
          chains: () => Promise.reject(new Error('nobody watches for chains')),
          warn: (message) => expect.unreachable(message),
        }),
    );
    await clock.advanceTo(from + 3 * hour);
    await own.stop();

    const [open, ...more] = [...(store.written[0]?.values() ?? [])];
    expect(more).toEqual([]);
    expect(open).toMatchObject({ subject: 'tiny', until: null });
    // The first due time nobody could start was eleven o'clock.
    expect(open?.since).toBeGreaterThanOrEqual(from + hour + 7 * minute);
    expect(open?.since).toBeLessThanOrEqual(from + hour + 8 * minute);
    expect(open?.words).toBe(`1 due time without a run, the first at ${isoInstant(from + hour)}`);
    // Nobody has heard of it, so it is forgotten when it is over.
    expect(store.written.at(-1)?.size).toBe(0);
    const [before] = [...(store.written.at(-2)?.values() ?? [])];
    expect(before?.words).toMatch(/^1[12] due times without a run/);
  });

  it('each pipeline about once a minute, sooner after bad news, and never twice at once', async () => {
    const clock = virtualClock(from, { auto: false });
    const calls = new Map<string, Instant[]>();
    let atOnce = 0;
    const names = ['quick', 'slow'];
    const own = await judged(
      clock,
      () => 'locked',
      async (name) => {
        calls.set(name, [...(calls.get(name) ?? []), clock.now()]);
        if (name !== 'slow') return;
        expect(++atOnce).toBe(1);
        await clock.sleepUntil(clock.now() + 30 * minute);
        atOnce--;
      },
      scheduleOf(every(1_000)),
      names,
    );
    await clock.advanceTo(from + hour);
    // Bad news every second, and yet no oftener than every five.
    expect(calls.get('quick')?.length).toBeGreaterThan(11 * 60);
    expect(calls.get('quick')?.length).toBeLessThanOrEqual(12 * 60);
    // One that is told slowly holds up nobody but itself.
    expect(calls.get('slow')).toHaveLength(2);
    await clock.advanceBy(hour);
    await own.stop();
  });

  it('and gives what is due at its start a minute to begin', async () => {
    const clock = virtualClock(from, { auto: false });
    const calls: Instant[] = [];
    const own = await judged(
      clock,
      () => 'ok',
      () => Promise.resolve(void calls.push(clock.now())),
    );
    await clock.advanceBy(10 * minute + 1);
    expect(calls).toEqual(Array.from({ length: 10 }, (_, index) => from + (index + 1) * minute));
    await own.stop();
  });
});
