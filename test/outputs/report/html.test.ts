import { describe, expect, test } from 'vitest';
import { buildReport } from '../../../src/outputs/report/report-accumulator.js';
import { renderReportHtml } from '../../../src/outputs/report/html.js';
import {
  crashedRun,
  emptyRun,
  failedRun,
  interruptedRun,
  largeRun,
  okRun,
  partialRun,
  createEventScript,
  startedBody,
} from '../../fixtures/sample-runs.js';

function page(events: ReturnType<typeof okRun>): string {
  const report = buildReport(events);
  if (report === null) throw new Error('the run never began');
  return renderReportHtml(report);
}

const runs = {
  ok: okRun,
  partial: partialRun,
  failed: failedRun,
  interrupted: interruptedRun,
  empty: emptyRun,
  crashed: crashedRun,
};

describe('the report as a page', () => {
  test.each(Object.entries(runs))('needs nothing from anywhere and closes what it opens: %s', (_name, events) => {
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
  });

  test('escapes whatever the run says', () => {
    const hostileText = `"'><script>alert(1)</script>&`;
    const eventScript = createEventScript();
    const { events } = eventScript;
    const started = startedBody();
    if (started.type !== 'run-started') throw new Error('not a beginning');
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

  test('a large run makes a small page', () => {
    expect(page(largeRun(10_000)).length).toBeLessThan(60 * 1024);
  });

  test('tells what went wrong, for whom and what to do', () => {
    const text = page(partialRun());
    expect(text).toContain('mock knows no stock … on SMART');
    expect(text).toContain('AAPLE, NVDDA');
    expect(text).toContain('subscribe to the data');
    expect(text).toContain('&lt;No market data &quot;permissions&quot; &amp; no refund&gt;');
  });
});
