import { describe, expect, it } from 'vitest';

import type { RunEventBody } from '../../../src/core/events.js';
import { createActivity } from '../../../src/scheduler/monitoring/activity.js';
import type { CollectorActivity } from '../../../src/scheduler/monitoring/activity.js';

it('a computed step is no activity of a provider', () => {
  const activity = createActivity();
  const run = (event: RunEventBody): void => {
    activity.handle({ at: 1, type: 'run-event', pipeline: 'daily', event: { at: 1, runId: 'r', ...event } });
  };
  const counts = { tasks: 1, requests: 1, estimatedRequests: 0 };
  run({
    type: 'planned',
    ...counts,
    windows: 1,
    estimatedMs: 0,
    steps: [{ step: 'overview', dataset: 'overviews', provider: 'pipe', needs: [], span: null, ...counts }],
  });
  run({
    type: 'request-completed',
    request: 'r/1',
    task: 'overview/SPY',
    provider: 'pipe',
    outcome: 'invalid',
    rows: 0,
    durationMs: 1,
  });
  run({
    type: 'task-finished',
    task: 'overview/SPY',
    step: 'overview',
    symbol: 'SPY',
    status: 'failed',
    requests: 1,
    rows: 0,
    absences: [],
    durationMs: 1,
  });
  expect([...activity.forPipeline('daily').providers.keys()]).toEqual([]);
});

describe('a provider that answered in an earlier run', () => {
  const minuteMs = 60_000;

  function createAnsweredActivity(): {
    readonly activity: CollectorActivity;
    readonly run: (at: number, event: RunEventBody) => void;
  } {
    const activity = createActivity();
    const run = (at: number, event: RunEventBody): void => {
      activity.handle({ at, type: 'run-event', pipeline: 'daily', event: { at, runId: 'r', ...event } });
    };
    const counts = { tasks: 1, requests: 1, estimatedRequests: 0 };
    run(1, {
      type: 'planned',
      ...counts,
      windows: 1,
      estimatedMs: 0,
      steps: [{ step: 'quotes', dataset: 'quotes', provider: 'ib', needs: [], span: null, ...counts }],
    });
    run(2, {
      type: 'request-completed',
      request: 'r/1',
      task: 'quotes/SPY',
      provider: 'ib',
      outcome: 'rows',
      rows: 1,
      durationMs: 1,
    });
    return { activity, run };
  }

  const ended = {
    type: 'cycle-ended',
    pipeline: 'daily',
    trigger: 'due',
    next: null,
    due: 0,
    startedAt: 0,
    endedAt: 5 * minuteMs,
    reason: 'cannot connect',
    run: 'r',
    requests: 0,
    rows: 0,
    failed: [],
  } as const;

  it('is not answering after a run that could not open it, with the failure and its time', () => {
    const { activity, run } = createAnsweredActivity();
    activity.handle({ at: 3, ...ended, outcome: 'ok' });
    expect(activity.forPipeline('daily').providers.get('ib')).toMatchObject({
      isAnswering: true,
      answeredAt: 2,
      failure: null,
    });
    run(5 * minuteMs, {
      type: 'run-started',
      pipeline: { name: 'daily', file: 'daily.yaml', hash: 'h', description: null },
      version: '1',
      lake: '/lake',
    });
    run(5 * minuteMs, {
      type: 'task-finished',
      task: 'quotes/SPY',
      step: 'quotes',
      symbol: 'SPY',
      status: 'failed',
      reason: 'cannot connect to IB Gateway (connection refused)',
      requests: 0,
      rows: 0,
      absences: [],
      durationMs: 1,
    });
    activity.handle({ at: 5 * minuteMs, ...ended, outcome: 'provider' });
    expect(activity.forPipeline('daily').providers.get('ib')).toMatchObject({
      isAnswering: false,
      answeredAt: 2,
      failure: { at: 5 * minuteMs, message: 'cannot connect to IB Gateway (connection refused)' },
    });
  });

  it('keeps its status when a task failed without a request for another reason', () => {
    const { activity, run } = createAnsweredActivity();
    run(9, {
      type: 'task-finished',
      task: 'quotes/SPY',
      step: 'quotes',
      symbol: 'SPY',
      status: 'failed',
      reason: 'SPY took longer than the symbol limit of 5s',
      requests: 0,
      rows: 0,
      absences: [],
      durationMs: 1,
    });
    activity.handle({ at: 10, ...ended, outcome: 'partial' });
    expect(activity.forPipeline('daily').providers.get('ib')).toMatchObject({ isAnswering: true, failure: null });
  });
});
