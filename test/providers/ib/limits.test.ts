import { describe, expect, it } from 'vitest';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { barSizes } from '../../../src/core/tables/bars.js';
import type { BarSize } from '../../../src/core/tables/bars.js';
import { minute, second } from '../../../src/core/time/time.js';
import { applyIbEnvironment } from '../../../src/providers/ib/environment.js';
import { createIbBudgets, createIbLimits } from '../../../src/providers/ib/limits.js';
import { getMessageRate, getUsableLines } from '../../../src/providers/ib/settings.js';
import { createMarketDataLines } from '../../../src/providers/ib/market-data-lines.js';
import { never } from './rig.js';
import { createVirtualClock } from '../../virtual-clock.js';

describe('the limits', () => {
  it('allow no window with more than 1,920 bars', () => {
    const calendar = requireCalendar('XNYS');
    for (const [size, maxLength] of Object.entries(createIbLimits('default').maxWindow)) {
      const length = barSizes[size as BarSize];
      const days = Math.floor(maxLength / 86_400_000);
      // With all trading hours a day has sixteen.
      const sessions =
        days === 0
          ? 1
          : calendar.sessions('2026-01-05', new Date(Date.parse('2026-01-05') + maxLength).toISOString().slice(0, 10))
              .length;
      const traded = days === 0 ? maxLength : sessions * 16 * 60 * minute;
      const bars = size === '1 day' ? sessions : traded / length;
      expect(bars, size).toBeLessThanOrEqual(1_920);
    }
  });

  it('equal the documented limits for historical requests', () => {
    const rolling = createIbBudgets('default').filter((budget) => budget.kind === 'rolling');
    const historical = rolling.filter(({ datasets = [] }) => datasets.includes('history_starts'));
    expect(historical.map(({ scope, limit, span }) => ({ scope, limit, span }))).toEqual([
      { scope: 'account', limit: 60, span: 10 * minute },
      { scope: 'contract', limit: 5, span: 2 * second },
      { scope: 'identical', limit: 1, span: 15 * second },
    ]);
    expect(historical[0]?.weights).toEqual({ BID_ASK: 2 });
  });

  it('keep every market data line busy and historical requests free for cancellations', () => {
    for (const pacing of ['default', 'relaxed'] as const) {
      const { budgets, maxSnapshotContracts, maxConcurrency } = createIbLimits(pacing);
      const open = (name: string): number =>
        budgets.find((budget) => budget.kind === 'open' && budget.name === name)?.limit ?? NaN;
      // One snapshot may wait for its last options, the others use all lines.
      expect((open('snapshots of options') - 1) * maxSnapshotContracts).toBeGreaterThanOrEqual(95);
      expect(open('open historical requests')).toBeLessThan(50);
      expect(maxConcurrency).toBeLessThan(50);
    }
  });

  it('grow with the market data lines of the account, of which five stay free', () => {
    expect([10, undefined, 200].map(getUsableLines)).toEqual([5, 95, 195]);
    // IB allows half as many messages a second as lines.
    expect([10, undefined, 200, 1_000].map(getMessageRate)).toEqual([40, 40, 90, 490]);
    const snapshots = createIbBudgets('default', 200).find(({ name }) => name === 'snapshots of options');
    expect(snapshots?.limit).toBe(6);
  });

  it('relaxed, allow 60 requests in ten minutes for short bars and history starts together', () => {
    const budgets = createIbBudgets('relaxed').filter(
      (budget) => budget.kind === 'rolling' && budget.span === 10 * minute,
    );
    expect(budgets.reduce((sum, { limit }) => sum + limit, 0)).toBe(60);
    expect(budgets.flatMap(({ barSizes: sizes = [] }) => sizes)).toEqual([
      '1 secs',
      '5 secs',
      '10 secs',
      '15 secs',
      '30 secs',
    ]);
  });
});

describe('market data lines', () => {
  it('run nine jobs three at a time, 50 ms apart', async () => {
    const clock = createVirtualClock(0);
    const lines = createMarketDataLines(3, 50, clock);
    const startedAt: number[] = [];
    let inUse = 0;
    let maxInUse = 0;
    await Promise.all(
      Array.from({ length: 9 }, () =>
        lines.withLine(async () => {
          startedAt.push(clock.now());
          maxInUse = Math.max(maxInUse, ++inUse);
          await clock.sleepUntil(clock.now() + 1_000);
          inUse--;
        }, never),
      ),
    );
    expect(maxInUse).toBe(3);
    expect(startedAt).toEqual([0, 50, 100, 1_000, 1_050, 1_100, 2_000, 2_050, 2_100]);
  });

  it('start later by the time of the messages of other requests', async () => {
    const clock = createVirtualClock(0);
    const lines = createMarketDataLines(3, 50, clock);
    const startedAt: number[] = [];
    const start = (): Promise<unknown> => lines.withLine(async () => startedAt.push(clock.now()), never);
    await start();
    lines.noteMessage();
    lines.noteMessage();
    await start();
    expect(startedAt).toEqual([0, 100]);
  });

  it('return null to a job whose signal aborts while the job waits', async () => {
    const clock = createVirtualClock(0);
    const lines = createMarketDataLines(1, 0, clock);
    const controller = new AbortController();
    let finish: (result: string) => void = () => undefined;
    const result = new Promise<string>((resolve) => (finish = resolve));
    const first = lines.withLine(() => result, never);
    const waiting = lines.withLine(async () => 'second', controller.signal);
    controller.abort();
    expect(await waiting).toBeNull();
    finish('first');
    expect(await first).toBe('first');
    expect(await lines.withLine(async () => 'third', never)).toBe('third');
  });
});

describe('environment variables', () => {
  const settings = { host: 'a', port: 7497, clientId: 1 };

  it('override the settings of the pipeline', () => {
    expect(applyIbEnvironment(settings, {})).toEqual({ ok: true, value: settings });
    expect(applyIbEnvironment(settings, { IB_HOST: ' gateway ', IB_PORT: '4002', IB_CLIENT_ID: '5' })).toEqual({
      ok: true,
      value: { host: 'gateway', port: 4002, clientId: 5 },
    });
  });

  it.each([
    [{ IB_PORT: 'x' }, 'IB_PORT'],
    [{ IB_PORT: '70000' }, 'IB_PORT'],
    [{ IB_PORT: '0' }, 'IB_PORT'],
    [{ IB_CLIENT_ID: '-1' }, 'IB_CLIENT_ID'],
    [{ IB_CLIENT_ID: '1.5' }, 'IB_CLIENT_ID'],
  ])('with an invalid value are rejected: %o', (environment, name) => {
    expect(applyIbEnvironment(settings, environment)).toMatchObject({ ok: false, error: { name } });
  });
});
