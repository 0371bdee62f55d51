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

/** Formats an action as `due 01:00` or `missed 2 02:00-03:00 overlap`. */
function describeAction(action: CycleAction): string {
  const clock = (instant: number): string => formatInstant(instant).slice(11, 16);
  if (action.kind === 'start') return `${action.cycle.trigger} ${clock(action.cycle.due)}`;
  return `missed ${action.count} ${clock(action.first)}-${clock(action.last)} ${action.reason}`;
}

/**
 * Applies a transition at each moment and lists the actions: `01:00` is a tick, `01:10 ends` the end of the run in progress,
 * `01:20 kill` a restart after a kill.
 */
function runScenario(
  rules: CycleRules,
  moments: readonly string[],
  from: CycleState = initialState(start),
): [string[], CycleState] {
  let state = from;
  const descriptions: string[] = [];
  for (const moment of moments) {
    const [time = '', what = 'tick'] = moment.split(' ');
    const now = at(`2026-11-20T${time}Z`);
    const step: Transition =
      what === 'ends'
        ? afterRun(state, now, rules)
        : what === 'kill'
          ? resume(state, now, rules, false)
          : tick(state, now, rules);
    state = step.state;
    descriptions.push(...step.actions.map(describeAction));
  }
  return [descriptions, state];
}

describe('tick', () => {
  it('starts a cycle at its due time, not before', () => {
    expect(runScenario(createRules(), ['00:45', '01:00', '01:10 ends', '01:30', '02:00:05'])[0]).toEqual([
      'due 01:00',
      'due 02:00',
    ]);
  });

  it('reports due times that pass during a run as overlap when the tick is some seconds late', () => {
    const rules = createRules({}, every(2 * second));
    const [actions] = runScenario(rules, ['00:30:02', '00:30:13']);
    expect(actions).toEqual(['due 00:30', 'missed 5 00:30-00:30 overlap']);
  });

  it('skips or queues due times that pass during a run, depending on overlap', () => {
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

  it('reports missed due times, and catches up none, the last or all, depending on catch_up', () => {
    const moments = ['01:00', '01:10 ends', '05:30'];
    expect(runScenario(createRules({ catchUp: 'none' }), moments)[0]).toEqual([
      'due 01:00',
      'missed 4 02:00-05:00 scheduler-down',
    ]);
    expect(runScenario(createRules(), moments)[0]).toEqual([
      'due 01:00',
      'missed 3 02:00-04:00 scheduler-down',
      'caught-up 05:00',
    ]);
    expect(
      runScenario(createRules({ catchUp: 'all' }), [...moments, '05:31 ends', '05:32 ends', '05:33 ends'])[0],
    ).toEqual(['due 01:00', ...['02', '03', '04', '05'].map((hourText) => `caught-up ${hourText}:00`)]);
  });

  it('catches up no missed due time with catch_up last when a run is due now', () => {
    expect(runScenario(createRules(), ['01:00', '01:10 ends', '04:00:20'])[0]).toEqual([
      'due 01:00',
      'missed 2 02:00-03:00 scheduler-down',
      'due 04:00',
    ]);
    expect(runScenario(createRules({ catchUp: 'all' }), ['03:00', '03:01 ends', '03:02 ends'])[0]).toEqual([
      'caught-up 01:00',
      'caught-up 02:00',
      'queued 03:00',
    ]);
  });

  it('treats a run that a kill interrupted as missed', () => {
    expect(runScenario(createRules(), ['01:00', '01:20 kill'])[0]).toEqual(['due 01:00', 'caught-up 01:00']);
    expect(runScenario(createRules({ catchUp: 'none' }), ['01:00', '01:20 kill'])[0]).toEqual([
      'due 01:00',
      'missed 1 01:00-01:00 interrupted',
    ]);
    expect(runScenario(createRules(), ['01:00', '02:30 kill'])[0]).toEqual([
      'due 01:00',
      'missed 1 01:00-01:00 interrupted',
      'caught-up 02:00',
    ]);
  });

  it('reports missed due times as market-closed after the session has closed', () => {
    const rules = createRules({ catchUp: 'all' }, every(hour, 'XNYS'));
    expect(runScenario(rules, ['14:30', '14:31 ends', '16:40'])[0]).toEqual(['due 14:30', 'caught-up 15:30']);
    expect(runScenario(rules, ['14:30', '14:31 ends', '22:00'])[0]).toEqual([
      'due 14:30',
      'missed 6 15:30-20:30 market-closed',
    ]);
  });

  it('starts no cycle after max_cycles and is finished when the last cycle ends', () => {
    const rules = createRules({ maxCycles: 2 });
    const [descriptions, state] = runScenario(rules, ['01:00', '01:01 ends', '02:00']);
    expect(descriptions).toEqual(['due 01:00', 'due 02:00']);
    expect(nextTick(state, rules)).toBeNull();
    expect(isFinished(state, rules)).toBe(false);
    expect(isFinished(runScenario(rules, ['02:05 ends'], state)[1], rules)).toBe(true);
  });

  it('starts each due time once although the clock is set back', () => {
    expect(runScenario(createRules(), ['01:00', '01:01 ends', '00:10', '01:00', '02:00'])[0]).toEqual([
      'due 01:00',
      'due 02:00',
    ]);
  });

  it('queues at most maxWaiting cycles and reports the rest as missed', () => {
    const rules = createRules({ catchUp: 'all' }, cron('* * * * *'));
    const step = tick(initialState(start), start + 10 * hour + 30 * minute + 90 * second, rules);
    expect(step.state.waiting.length).toBeLessThanOrEqual(maxWaiting);
    const missed = step.actions.map((action) => (action.kind === 'missed' ? action.count : 0));
    expect(missed.reduce((sum, count) => sum + count, 0) + step.state.waiting.length + 1).toBe(631);
  });
});

const moments = fc.array(
  fc.record({ after: fc.integer({ min: 1, max: 4 * 60 }), what: fc.constantFrom('tick', 'tick', 'ends', 'kill') }),
  { maxLength: 60 },
);

describe('cycle transitions', () => {
  it('run, queue or report every due time exactly once, for any history of ticks, ends and kills', () => {
    fc.assert(
      fc.property(
        moments,
        fc.constantFrom('none', 'last', 'all'),
        fc.constantFrom('skip', 'queue'),
        fc.constantFrom(every(hour), every(20 * minute, 'XNYS'), cron('*/30 * * * *', 'Asia/Kolkata')),
        (history, catchUp, overlap, times) => {
          const rules = createRules({ catchUp, overlap }, times);
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
                ? afterRun(state, now, rules)
                : what === 'kill'
                  ? resume(state, now, rules, false)
                  : tick(state, now, rules);
            state = step.state;
            for (const action of step.actions) {
              const dues =
                action.kind === 'start'
                  ? [action.cycle.due]
                  : listMissed(rules, action.first, action.last, action.count);
              for (const due of dues) {
                // Only a due time that a kill interrupted may be started or reported again.
                if (!restarted.has(due)) expect(accounted.has(due)).toBe(false);
                accounted.set(due, action.kind);
              }
            }
          }
          for (const { due } of state.waiting) accounted.set(due, 'waits');
          expect([...accounted.keys()].sort((a, b) => a - b)).toEqual([...rules.dueTimes.due(start, state.until)]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** Lists the due times of a report of missed ones, and checks their count. */
function listMissed({ dueTimes }: CycleRules, first: number, last: number, count: number): readonly number[] {
  const dues = [...dueTimes.due(first - 1, last)];
  expect(dues).toHaveLength(count);
  return dues;
}
