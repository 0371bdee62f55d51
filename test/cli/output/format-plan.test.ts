import { describe, expect, test } from 'vitest';

import { formatPlan, formatPlanExplanation } from '../../../src/cli/output/format-plan.js';
import { hour } from '../../../src/core/time/time.js';
import { plainStyle } from '../../../src/platform/style.js';
import type { Plan } from '../../../src/plan/plan.js';
import { createEquityStep, createPipeline, createSymbol } from '../../fixtures/pipelines.js';
import { createPlanningFixture } from '../../fixtures/planning.js';

/** Saturday: the week's five sessions are closed and final. */
const saturday = Date.parse('2026-11-21T12:00:00Z');

/** A plan of a lake in which the bars of GOOGL and MSFT are denied; the pipeline accepts that for MSFT. */
function planWithDenials(symbols: readonly string[]): Plan {
  const fixture = createPlanningFixture(
    createPipeline(
      symbols.map((symbol) => createSymbol(symbol, { acceptsDenied: symbol === 'MSFT' })),
      [createEquityStep({ needs: [] })],
    ),
  );
  for (const symbol of ['GOOGL', 'MSFT'])
    fixture.lake.set(`equity_bars/${symbol}/1 day/TRADES/rth`, [
      { start: 0, end: saturday, state: 'denied', lastRequestedAt: saturday - hour },
    ]);
  return fixture.plan(saturday);
}

describe('formatPlan', () => {
  test('names denied symbols beside the requests of others', () => {
    const text = formatPlan(planWithDenials(['AAPL', 'GOOGL', 'MSFT']), plainStyle);
    expect(text).toMatch(/equity +3 +1 +1 +1 +never requested; 1 denied; 1 denied, accepted\n/);
    expect(text).toContain('\n1 denied: GOOGL; --retry-denied\n1 denied, accepted: MSFT\n');
  });

  test('does not call a lake with denied windows up to date', () => {
    const text = formatPlan(planWithDenials(['GOOGL']), plainStyle);
    expect(text).toContain('Nothing to fetch, but the lake lacks what the pipeline wants:\n1 denied: GOOGL');
    expect(text).not.toContain('up to date');
  });

  test('does not call a lake up to date while custom steps wait for a run', () => {
    const plan = planWithDenials(['MSFT']);
    const waiting: Plan['customSteps'][number] = {
      id: 'returns',
      step: 'returns',
      uses: 'sql',
      dataset: 'returns',
      status: 'ready',
      reason: 'never run',
    };
    expect(formatPlan({ ...plan, customSteps: [waiting] }, plainStyle)).not.toContain('up to date');
  });

  test('calls a lake up to date if only accepted windows are missing', () => {
    expect(formatPlan(planWithDenials(['MSFT']), plainStyle)).toContain(
      'Nothing to fetch: the lake is up to date for this pipeline.\n1 denied, accepted: MSFT\n',
    );
  });

  test('does not call a lake up to date if no session is wanted', () => {
    const lookback = { kind: 'dates', from: '2027-01-01', to: null } as const;
    const fixture = createPlanningFixture(createPipeline(['AAPL'], [createEquityStep({ needs: [], lookback })]));
    const text = formatPlan(fixture.plan(saturday), plainStyle);
    expect(text).toContain('Nothing to fetch: there is no finished session in the requested range.');
  });

  test('gives the number of denied sessions of each task when it explains', () => {
    expect(formatPlanExplanation(planWithDenials(['GOOGL']), plainStyle)).toContain(
      'equity/GOOGL  5 sessions denied\n',
    );
  });
});
