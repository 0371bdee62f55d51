import { describe, expect, test } from 'vitest';

import type { LakeStatus } from '../../../src/app/status/collect-status.js';
import { formatStatus } from '../../../src/cli/output/format-status.js';
import { hour } from '../../../src/core/time/time.js';
import { plainStyle } from '../../../src/platform/style.js';
import type { Plan } from '../../../src/plan/plan.js';
import { createEquityStep, createOptionsStep, createPipeline, createSymbol } from '../../fixtures/pipelines.js';
import { createPlanningFixture } from '../../fixtures/planning.js';

/** Saturday: the week's five sessions are closed and final. */
const saturday = Date.parse('2026-11-21T12:00:00Z');

function format(plan: Plan | null, tables: LakeStatus['tables'] = []): string {
  const status: LakeStatus = {
    tables,
    userTables: [],
    damage: [],
    unreadable: [],
    readOnly: [],
    runs: [],
    locks: [],
    plan,
    collector: null,
    openBreakers: [],
    missed: null,
    warnings: [],
  };
  return formatStatus(status, 'data', saturday, plainStyle);
}

/** A plan of a lake in which the bars of these symbols are denied. */
function planWithDenials(denied: readonly string[], options: { readonly accepts?: boolean } = {}): Plan {
  const symbols = ['AAPL', 'GOOGL', 'TSLA'].map((symbol) =>
    createSymbol(symbol, { acceptsDenied: options.accepts === true }),
  );
  const steps = [createEquityStep({ needs: [] }), createOptionsStep({ needs: ['equity'] })];
  const fixture = createPlanningFixture(createPipeline(symbols, steps));
  for (const { instrument } of symbols) {
    const state = denied.includes(instrument.symbol) ? 'denied' : 'data';
    fixture.lake.set(`equity_bars/${instrument.symbol}/1 day/TRADES/rth`, [
      { start: 0, end: saturday, state, lastRequestedAt: saturday - hour },
    ]);
  }
  return fixture.plan(saturday);
}

describe('formatStatus', () => {
  test('names the symbols of denied and blocked tasks, with the number of sessions', () => {
    const text = format(planWithDenials(['GOOGL', 'TSLA']));
    expect(text).toContain('  tiny: partial, nothing to fetch, see: pipe plan tiny.yaml\n');
    expect(text).toContain('    2 denied: GOOGL, TSLA; --retry-denied\n    3 blocked: AAPL, GOOGL, TSLA\n');
    expect(text).toContain('      equity/GOOGL: 5 sessions denied\n      equity/TSLA: 5 sessions denied\n');
    expect(text).toMatch(/options\/GOOGL: blocked: needs equity of GOOGL/);
  });

  test('says without a pipeline which command names the symbols of open windows', () => {
    const table = {
      dataset: 'equity_bars',
      version: 0,
      rows: 20,
      bytes: 3_849,
      files: 1,
      series: 3,
      span: null,
    } as const;
    const open = { failed: 0, unconfirmed: 0, missing: 0, provisional: 0, denied: 2, rescaled: 0, lost: 0 };
    const hint = '\n\n  open by symbol: pipe status <pipeline>\n';
    expect(format(null, [{ ...table, open }])).toContain(`2 denied${hint}`);
    expect(format(null, [{ ...table, open: { ...open, denied: 0 } }])).not.toContain('open by symbol');
  });

  test('calls the lake up to date if only accepted windows are missing, and names them', () => {
    const text = format({ ...planWithDenials(['GOOGL'], { accepts: true }), tasks: acceptedOnly() });
    expect(text).toContain('  tiny: up to date, see: pipe plan tiny.yaml\n    1 denied, accepted: GOOGL\n');
  });
});

function acceptedOnly(): Plan['tasks'] {
  return planWithDenials(['GOOGL'], { accepts: true }).tasks.filter(({ step }) => step === 'equity');
}
