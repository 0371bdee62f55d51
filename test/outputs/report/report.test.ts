import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/events.js';
import { createReportAccumulator, buildReport } from '../../../src/outputs/report/report-accumulator.js';
import { formatReportJson } from '../../../src/outputs/report/json.js';
import { ansiStyle } from '../../../src/platform/style.js';
import type { RunReport } from '../../../src/outputs/report/report.js';
import { totalCount } from '../../../src/outputs/report/counters.js';
import { formatReportText } from '../../../src/outputs/report/text.js';
import {
  crashedRun,
  deniedRun,
  emptyRun,
  failedRun,
  interruptedRun,
  largeRun,
  okRun,
  partialRun,
  runId,
  createEventScript,
  startedBody,
} from '../../fixtures/sample-runs.js';

const folder = `lineage/2026-11-20/${runId}`;

const runs = {
  ok: okRun,
  partial: partialRun,
  failed: failedRun,
  interrupted: interruptedRun,
  empty: emptyRun,
  denied: deniedRun,
  crashed: crashedRun,
  large: () => largeRun(10_000),
};

function report(events: readonly RunEvent[]): RunReport {
  const result = buildReport(events);
  if (result === null) throw new Error('no run-started event');
  return result;
}

describe('the report', () => {
  test.each(Object.entries(runs))('formats a run as text: %s', async (name, events) => {
    await expect(formatReportText(report(events()), { folder })).toMatchFileSnapshot(`expected/${name}.txt`);
  });

  test('formats a run as JSON: partial', async () => {
    await expect(formatReportJson(report(partialRun()))).toMatchFileSnapshot('expected/partial-json.txt');
  });

  test('differs only in colours when styled', () => {
    const styled = formatReportText(report(partialRun()), { folder, style: ansiStyle });
    expect(styled).toContain('\u001b[31mfailed\u001b[39m');

    expect(styled.replace(/\u001b\[\d+m/g, '')).toBe(formatReportText(report(partialRun()), { folder }));
  });

  test('names the symbols that lack data and those that came back without rows', () => {
    const { absences, empty } = report(deniedRun());
    expect(absences).toEqual([
      { kind: 'denied', isAccepted: false, steps: ['equity'], symbols: { first: ['AAPL', 'MSFT'], more: 0 } },
      { kind: 'denied', isAccepted: true, steps: ['equity'], symbols: { first: ['SPY'], more: 0 } },
    ]);
    expect(empty).toEqual([{ step: 'equity', symbols: { first: ['NVDA', 'BRK B'], more: 0 } }]);
  });

  test('gives the longest of 70 parallel waits and its share of the run instead of their sum', () => {
    const script = createEventScript();
    script.emit(startedBody());
    script.emit({ type: 'warning', message: 'time passes' }, 88_000);
    for (let request = 0; request < 70; request++)
      script.emit({ type: 'rate-limited', provider: 'mock', budget: '60 requests in 10 minutes', waitedMs: 88_000 });
    script.emit({ type: 'run-finished', status: 'ok', requests: 70, rows: 70, durationMs: 89_000 }, 1_000);
    const text = formatReportText(report(script.events));
    expect(text).toContain('mock: 60 requests in 10 minutes (70 times, 1m 28s at most, during 99 % of the run)');
    expect(text).not.toContain('1h 42m');
    const { budgets } = JSON.parse(formatReportJson(report(script.events))) as { budgets: readonly unknown[] };
    expect(budgets).toMatchObject([
      { waitedSeconds: 6160, maxWaitSeconds: 88, waitingSeconds: 88, waitingShare: 0.989 },
    ]);
  });

  test('is null before the run has started', () => {
    expect(createReportAccumulator().report()).toBeNull();
  });

  test('counts the requests and rows of a task in progress', () => {
    const events = okRun();
    const lastIndex = events.findIndex((event) => event.type === 'request-completed' && event.task === 'options/SPY');
    const partialReport = report(events.slice(0, lastIndex + 1));
    expect(partialReport.status).toBe('unfinished');
    expect(partialReport.steps.at(-1)).toMatchObject({ step: 'options', requests: 1, rows: 5 });
    expect(partialReport.steps.at(-1)?.tasks.open).toBe(5);
  });

  test('stays below 20 KiB for 10,000 tasks', () => {
    const size = (count: number): number => formatReportJson(report(largeRun(count))).length;
    expect(size(10_000)).toBeLessThan(20 * 1024);
    const large = report(largeRun(40_000));
    expect(totalCount(large.problems.first[0]?.symbols ?? { first: [], more: 0 })).toBe(207);
    expect(large.problems.first[0]?.symbols.first).toHaveLength(200);
    expect(large.activity.responses.length).toBeLessThanOrEqual(120);
  });

  test('lists 60 problem groups and counts the others when 100 tasks fail for different reasons', () => {
    const accumulator = createReportAccumulator();
    for (const event of okRun().slice(0, 3)) accumulator.add(event);
    for (let index = 0; index < 100; index++) {
      const symbol = `S${String(index)}`;
      const reason = `reason number ${String(index)}`;
      accumulator.add({
        at: 0,
        runId,
        type: 'task-finished',
        task: symbol,
        step: 'equity',
        symbol,
        status: 'failed',
        requests: 0,
        rows: 0,
        absences: [],
        durationMs: 0,
        reason,
      });
    }
    const truncated = accumulator.report();
    expect(truncated?.problems.first).toHaveLength(60);
    expect(truncated?.problems.more).toBe(40);
  });

  test('has consistent totals after every prefix of a run', () => {
    const events = partialRun();
    fc.assert(
      fc.property(fc.nat(events.length - 1), (count) => {
        const prefix = report(events.slice(0, count + 1));
        const requests = prefix.steps.reduce((sum, step) => sum + step.requests, 0);
        const rows = prefix.steps.reduce((sum, step) => sum + step.rows, 0);
        expect({ requests: prefix.requests, rows: prefix.rows }).toEqual({ requests, rows });
        expect(prefix.activity.responses.reduce((sum, responses) => sum + responses, 0)).toBe(
          prefix.outcomes.reduce((sum, { count: of }) => sum + of, 0),
        );
        const tasks = Object.values(prefix.tasks).reduce((sum, of) => sum + of, 0);
        expect(tasks).toBe(prefix.planned?.tasks ?? 0);
      }),
    );
  });
});
