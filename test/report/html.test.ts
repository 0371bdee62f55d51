import { describe, expect, test } from 'vitest';
import { reportOf } from '../../src/report/fold.js';
import { reportHtml } from '../../src/report/html.js';
import {
  crashedRun,
  emptyRun,
  failedRun,
  interruptedRun,
  largeRun,
  okRun,
  partialRun,
  script,
  startedBody,
} from './sample-runs.js';

function page(events: ReturnType<typeof okRun>): string {
  const report = reportOf(events);
  if (report === null) throw new Error('the run never began');
  return reportHtml(report);
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
    const evil = `"'><script>alert(1)</script>&`;
    const written = script();
    const { events } = written;
    const started = startedBody();
    if (started.type !== 'run-started') throw new Error('not a beginning');
    written.emit({
      ...started,
      pipeline: { name: evil, description: evil, file: evil, hash: evil },
      version: evil,
      lake: evil,
    });
    written.emit({
      type: 'planned',
      tasks: 1,
      requests: 1,
      windows: 1,
      estimatedRequests: 0,
      estimated: 1,
      steps: [
        {
          step: evil,
          dataset: 'contracts',
          provider: 'mock',
          needs: [evil],
          span: null,
          tasks: 1,
          requests: 1,
          estimatedRequests: 0,
        },
      ],
    });
    written.emit({ type: 'damage-found', dataset: 'contracts', path: evil, problem: evil });
    written.emit({ type: 'budget-waited', provider: 'mock', budget: evil, waited: 1 });
    for (const symbol of [evil, `${evil}2`]) {
      written.emit({
        type: 'task-finished',
        task: symbol,
        step: evil,
        symbol,
        status: 'failed',
        requests: 1,
        rows: 0,
        took: 1,
        reason: `${evil}!`,
        remedy: evil,
      });
    }
    written.emit({ type: 'warned', message: evil });
    written.emit({ type: 'run-finished', status: 'failed', requests: 0, rows: 0, took: 0, reason: evil });
    const text = page(events);
    expect(text).not.toContain('<script');
    expect(text.split('&lt;script&gt;').length).toBeGreaterThan(12);
    expect(text).not.toContain(`="${evil}`);
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
