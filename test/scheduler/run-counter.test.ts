import { expect, test } from 'vitest';

import { formatServeEvent } from '../../src/app/serve/format-serve-event.js';
import type { TaskFinished } from '../../src/core/events.js';
import { plainStyle } from '../../src/platform/style.js';
import { createRunCounter } from '../../src/scheduler/run-counter.js';

const at = Date.parse('2026-12-01T01:36:42Z');

test('the line of a cycle calls a symbol partial whose tasks are partial, and failed whose tasks failed', () => {
  const counter = createRunCounter();
  const finish = (symbol: string, step: string, status: TaskFinished['status'], reason: string): void => {
    const counts = { requests: 0, rows: 0, durationMs: 0, absences: [] };
    const names = { task: `${step}/${symbol}`, step, symbol };
    counter.handle({ type: 'task-finished', runId: 'r', at, ...names, ...counts, status, reason });
  };
  finish('GOOGL', 'equity', 'partial', '20 sessions denied');
  finish('MSFT', 'equity', 'partial', '1 session denied');
  finish('MSFT', 'quotes', 'failed', 'no answer');
  finish('AAPL', 'equity', 'ok', '');
  const { text } = formatServeEvent(
    {
      ...{ type: 'cycle-ended', at, pipeline: 's', trigger: 'due', due: at, startedAt: at, endedAt: at, next: null },
      ...{ outcome: 'partial', reason: null },
      ...counter.summary(),
    },
    plainStyle,
  );
  expect(text).toContain('; failed: MSFT (no answer); partial: GOOGL (20 sessions denied)');
});
