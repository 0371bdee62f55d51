import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hour, formatInstant, minute, second } from '../../../src/core/time/time.js';
import {
  afterRun,
  initialState,
  isFinished,
  tick,
  maxWaiting,
  nextTick,
  resume,
} from '../../../src/scheduler/schedule/cycles.js';
import type { CycleAction, CycleRules, CycleState, Transition } from '../../../src/scheduler/schedule/cycles.js';
import { at, cron, every, createTestDueTimes } from '../schedules.js';

const start = at('2026-11-20T00:30:00Z');

function createRules(policy: Partial<CycleRules['policy']> = {}, times = every(hour)): CycleRules {
  return {
    dueTimes: createTestDueTimes(times),
    policy: { catchUp: 'last', overlap: 'skip', maxCycles: null, ...policy },
  };
}

/** An action in a few words. */
function describeAction(action: CycleAction): string {
  const clock = (instant: number): string => formatInstant(instant).slice(11, 16);
  if (action.kind === 'start') return `${action.cycle.why} ${clock(action.cycle.due)}`;
  return `missed ${action.count} ${clock(action.first)}-${clock(action.last)} ${action.reason}`;
}

/** Looks at several instants and says what was asked for. */
function runScenario(
  of: CycleRules,
  moments: readonly string[],
  from: CycleState = initialState(start),
): [string[], CycleState] {
  let state = from;
  const descriptions: string[] = [];
  for (const moment of moments) {
    const [time = '', what = 'look'] = moment.split(' ');
    const now = at(`2026-11-20T${time}Z`);
    const step: Transition =
      what === 'ends'
        ? afterRun(state, now, of)
        : what === 'kill'
          ? resume(state, now, of, false)
          : tick(state, now, of);
    state = step.state;
    descriptions.push(...step.actions.map(describeAction));
  }
  return [descriptions, state];
}

describe('cycles', () => {
  it('run when they are due and not before', () => {
    expect(runScenario(createRules(), ['00:45', '01:00', '01:10 ends', '01:30', '02:00:05'])[0]).toEqual([
      'due 01:00',
      'due 02:00',
    ]);
  });

  it('that come while a run goes on are skipped and said so, or run afterwards', () => {
    const moments = ['01:00', '02:00', '03:00', '03:30 ends', '03:40 ends'];
    expect(runScenario(createRules(), moments)[0]).toEqual([
      'due 01:00',
      'missed 1 02:00-02:00 overlap',
      'missed 1 03:00-03:00 overlap',
    ]);
    expect(runScenario(createRules({ overlap: 'queue' }), moments)[0]).toEqual([
      'due 01:00',
      'queued 02:00',
      'queued 03:00',
    ]);
  });

  it('that passed unseen are reported, made up for by one run, or by one each', () => {
    const moments = ['01:00', '01:10 ends', '05:30'];
    expect(runScenario(createRules({ catchUp: 'none' }), moments)[0]).toEqual([
      'due 01:00',
      'missed 4 02:00-05:00 not-running',
    ]);
    expect(runScenario(createRules(), moments)[0]).toEqual([
      'due 01:00',
      'missed 3 02:00-04:00 not-running',
      'caught-up 05:00',
    ]);
    expect(
      runScenario(createRules({ catchUp: 'all' }), [...moments, '05:31 ends', '05:32 ends', '05:33 ends'])[0],
    ).toEqual(['due 01:00', ...['02', '03', '04', '05'].map((of) => `caught-up ${of}:00`)]);
  });

  it('that passed unseen need no run of their own when one starts now', () => {
    expect(runScenario(createRules(), ['01:00', '01:10 ends', '04:00:20'])[0]).toEqual([
      'due 01:00',
      'missed 2 02:00-03:00 not-running',
      'due 04:00',
    ]);
    expect(runScenario(createRules({ catchUp: 'all' }), ['03:00', '03:01 ends', '03:02 ends'])[0]).toEqual([
      'caught-up 01:00',
      'caught-up 02:00',
      'queued 03:00',
    ]);
  });

  it('that a death cut off count as passed unseen', () => {
    expect(runScenario(createRules(), ['01:00', '01:20 kill'])[0]).toEqual(['due 01:00', 'caught-up 01:00']);
    expect(runScenario(createRules({ catchUp: 'none' }), ['01:00', '01:20 kill'])[0]).toEqual([
      'due 01:00',
      'missed 1 01:00-01:00 cut-off',
    ]);
    expect(runScenario(createRules(), ['01:00', '02:30 kill'])[0]).toEqual([
      'due 01:00',
      'missed 1 01:00-01:00 cut-off',
      'caught-up 02:00',
    ]);
  });

  it('of a market are not made up for once the session has closed', () => {
    const of = createRules({ catchUp: 'all' }, every(hour, 'XNYS'));
    expect(runScenario(of, ['14:30', '14:31 ends', '16:40'])[0]).toEqual(['due 14:30', 'caught-up 15:30']);
    expect(runScenario(of, ['14:30', '14:31 ends', '22:00'])[0]).toEqual([
      'due 14:30',
      'missed 6 15:30-20:30 market-closed',
    ]);
  });

  it('end after as many as were wished for', () => {
    const of = createRules({ maxCycles: 2 });
    const [descriptions, state] = runScenario(of, ['01:00', '01:01 ends', '02:00']);
    expect(descriptions).toEqual(['due 01:00', 'due 02:00']);
    expect(nextTick(state, of)).toBeNull();
    expect(isFinished(state, of)).toBe(false);
    expect(isFinished(runScenario(of, ['02:05 ends'], state)[1], of)).toBe(true);
  });

  it('come once even when the clock is set back', () => {
    expect(runScenario(createRules(), ['01:00', '01:01 ends', '00:10', '01:00', '02:00'])[0]).toEqual([
      'due 01:00',
      'due 02:00',
    ]);
  });

  it('wait in bounded numbers', () => {
    const of = createRules({ catchUp: 'all' }, cron('* * * * *'));
    const step = tick(initialState(start), start + 10 * hour + 30 * minute + 90 * second, of);
    expect(step.state.waiting.length).toBeLessThanOrEqual(maxWaiting);
    const missed = step.actions.map((action) => (action.kind === 'missed' ? action.count : 0));
    expect(missed.reduce((sum, count) => sum + count, 0) + step.state.waiting.length + 1).toBe(631);
  });
});

const moments = fc.array(
  fc.record({ after: fc.integer({ min: 1, max: 4 * 60 }), what: fc.constantFrom('look', 'look', 'ends', 'kill') }),
  { maxLength: 60 },
);

describe('every due time', () => {
  it('is run once, waits, or is reported missed, whatever happens', () => {
    fc.assert(
      fc.property(
        moments,
        fc.constantFrom('none', 'last', 'all'),
        fc.constantFrom('skip', 'queue'),
        fc.constantFrom(every(hour), every(20 * minute, 'XNYS'), cron('*/30 * * * *', 'Asia/Kolkata')),
        (history, catchUp, overlap, times) => {
          const of = createRules({ catchUp, overlap }, times);
          let state = initialState(start);
          let now = start;
          const accounted = new Map<number, string>();
          const restarted = new Set<number>();
          for (const { after, what } of history) {
            now += after * minute;
            if (what === 'kill')
              for (const cycle of [state.running, ...state.waiting]) if (cycle) restarted.add(cycle.due);
            const step =
              what === 'ends'
                ? afterRun(state, now, of)
                : what === 'kill'
                  ? resume(state, now, of, false)
                  : tick(state, now, of);
            state = step.state;
            for (const action of step.actions) {
              const dues =
                action.kind === 'start' ? [action.cycle.due] : between(of, action.first, action.last, action.count);
              for (const due of dues) {
                // Only what a death cut off may be started or reported again.
                if (!restarted.has(due)) expect(accounted.has(due)).toBe(false);
                accounted.set(due, action.kind);
              }
            }
          }
          for (const { due } of state.waiting) accounted.set(due, 'waits');
          expect([...accounted.keys()].sort((a, b) => a - b)).toEqual([...of.dueTimes.due(start, state.until)]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** The due times that a report of missed ones stands for: it says how many, so they can be held against the timetable. */
function between({ dueTimes: table }: CycleRules, first: number, last: number, count: number): readonly number[] {
  const dues = [...table.due(first - 1, last)];
  expect(dues).toHaveLength(count);
  return dues;
}
