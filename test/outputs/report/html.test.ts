import { describe, expect, test } from 'vitest';
import { buildReport } from '../../../src/outputs/report/report-accumulator.js';
import { renderReportHtml } from '../../../src/outputs/report/html.js';
import {
  crashedRun,
  deniedRun,
  emptyRun,
  failedRun,
  interruptedRun,
  largeRun,
  okRun,
  partialRun,
  createEventScript,
  startedBody,
  task,
} from '../../fixtures/sample-runs.js';

function page(events: ReturnType<typeof okRun>): string {
  const report = buildReport(events);
  if (report === null) throw new Error('no run-started event');
  return renderReportHtml(report);
}

const runs = {
  ok: okRun,
  partial: partialRun,
  failed: failedRun,
  interrupted: interruptedRun,
  empty: emptyRun,
  denied: deniedRun,
  crashed: crashedRun,
};

describe('renderReportHtml', () => {
  test.each(Object.entries(runs))(
    'returns a self-contained page with balanced tags for the run: %s',
    (_name, events) => {
      const text = page(events());
      expect(text).not.toMatch(/<(script|link|img|iframe)\b/);
      expect(text).not.toMatch(/(src|href)\s*=|url\(|@import/);
      const open: string[] = [];
      for (const [, slash, name = '', self] of text.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
        if (slash === '/') expect(open.pop()).toBe(name);
        else if (self !== '/' && name !== 'meta') open.push(name);
      }
      expect(open).toEqual([]);
      expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
    },
  );

  test.each([
    ['failed', 'failed', 'bad'],
    ['partial', 'partial', 'warn'],
    ['successful', 'ok', 'good'],
  ] as const)('shows the bar of a step whose tasks are %s in its own colour', (_, status, color) => {
    const script = createEventScript();
    const totals = { requests: 0, rows: 0 };
    script.emit(startedBody());
    for (const symbol of ['AAPL', 'MSFT'])
      task({ emit: (body, after) => script.emit(body, after), totals }, 'equity', symbol, 2, 5, {
        status,
        reason: 'no answer',
      });
    script.emit({
      type: 'run-finished',
      status: status === 'ok' ? 'ok' : status,
      requests: 4,
      rows: 0,
      durationMs: 1_000,
    });
    const lane = /<span class="name">equity<\/span[\s\S]*?<\/svg/.exec(page(script.events))?.[0] ?? '';
    expect(lane).toContain(`class="fill-${color}"`);
  });

  test('lists missing and empty symbols', () => {
    const text = page(deniedRun());
    expect(text).toContain('equity: 2 denied: AAPL, MSFT; --retry-denied');
    expect(text).toContain('equity: 1 denied, accepted: SPY');
    expect(text).toContain('equity: no rows for NVDA, BRK B');
  });

  test('escapes every text of a run with hostile names and messages', () => {
    const hostileText = `"'><script>alert(1)</script>&`;
    const eventScript = createEventScript();
    const { events } = eventScript;
    const started = startedBody();
    if (started.type !== 'run-started') throw new Error('not a run-started event');
    eventScript.emit({
      ...started,
      pipeline: { name: hostileText, description: hostileText, file: hostileText, hash: hostileText },
      version: hostileText,
      lake: hostileText,
    });
    eventScript.emit({
      type: 'planned',
      tasks: 1,
      requests: 1,
      windows: 1,
      estimatedRequests: 0,
      estimatedMs: 1,
      steps: [
        {
          step: hostileText,
          dataset: 'contracts',
          provider: 'mock',
          needs: [hostileText],
          span: null,
          tasks: 1,
          requests: 1,
          estimatedRequests: 0,
        },
      ],
    });
    eventScript.emit({ type: 'corruption-detected', dataset: 'contracts', path: hostileText, problem: hostileText });
    eventScript.emit({ type: 'rate-limited', provider: 'mock', budget: hostileText, waitedMs: 1 });
    for (const symbol of [hostileText, `${hostileText}2`]) {
      eventScript.emit({
        type: 'task-finished',
        task: symbol,
        step: hostileText,
        symbol,
        status: 'failed',
        requests: 1,
        rows: 0,
        absences: [],
        durationMs: 1,
        reason: `${hostileText}!`,
        hint: hostileText,
      });
    }
    eventScript.emit({ type: 'warning', message: hostileText });
    eventScript.emit({
      type: 'run-finished',
      status: 'failed',
      requests: 0,
      rows: 0,
      durationMs: 0,
      reason: hostileText,
    });
    const text = page(events);
    expect(text).not.toContain('<script');
    expect(text.split('&lt;script&gt;').length).toBeGreaterThan(12);
    expect(text).not.toContain(`="${hostileText}`);
  });

  test('returns a page below 60 KiB for a run of 10,000 tasks', () => {
    expect(page(largeRun(10_000)).length).toBeLessThan(60 * 1024);
  });

  test('lists reason, symbols and hint of each problem', () => {
    const text = page(partialRun());
    expect(text).toContain('mock knows no stock … on SMART');
    expect(text).toContain('AAPLE, NVDDA');
    expect(text).toContain('subscribe to the data');
    expect(text).toContain('&lt;No market data &quot;permissions&quot; &amp; no refund&gt;');
  });
});
