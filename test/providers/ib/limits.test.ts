import { describe, expect, it } from 'vitest';
import { barSizes } from '../../../src/core/bars.js';
import type { BarSize } from '../../../src/core/bars.js';
import { minute, second } from '../../../src/core/time.js';
import { ibFromEnvironment } from '../../../src/providers/ib/environment.js';
import { ibBudgets, ibLimits } from '../../../src/providers/ib/limits.js';
import { createLines } from '../../../src/providers/ib/lines.js';
import { calendarNamed, never } from './rig.js';
import { virtualClock } from '../../virtual-clock.js';

describe('limits', () => {
  it('never ask for more bars than the library decodes at once', () => {
    const calendar = calendarNamed('XNYS');
    for (const [size, longest] of Object.entries(ibLimits('default').longestWindow)) {
      const length = barSizes[size as BarSize];
      const days = Math.floor(longest / 86_400_000);
      // Sixteen hours a day are traded when all hours count.
      const sessions =
        days === 0
          ? 1
          : calendar.sessions('2026-01-05', new Date(Date.parse('2026-01-05') + longest).toISOString().slice(0, 10))
              .length;
      const traded = days === 0 ? longest : sessions * 16 * 60 * minute;
      const bars = size === '1 day' ? sessions : traded / length;
      expect(bars, size).toBeLessThanOrEqual(1_920);
    }
  });

  it('follow the rules that IB documents', () => {
    const rolling = ibBudgets('default').filter((budget) => budget.kind === 'rolling');
    const historical = rolling.filter(({ datasets = [] }) => datasets.includes('history_starts'));
    expect(historical.map(({ scope, limit, span }) => ({ scope, limit, span }))).toEqual([
      { scope: 'account', limit: 60, span: 10 * minute },
      { scope: 'contract', limit: 5, span: 2 * second },
      { scope: 'identical', limit: 1, span: 15 * second },
    ]);
    expect(historical[0]?.weights).toEqual({ BID_ASK: 2 });
  });

  it('leave lines for the user, and places for cancellations', () => {
    for (const pacing of ['default', 'relaxed'] as const) {
      const { budgets, snapshotContracts, concurrency } = ibLimits(pacing);
      const open = (name: string): number =>
        budgets.find((budget) => budget.kind === 'open' && budget.name === name)?.limit ?? NaN;
      expect(open('snapshots of options') * snapshotContracts + open('quotes')).toBeLessThan(100);
      expect(open('open historical requests')).toBeLessThan(50);
      expect(concurrency).toBeLessThan(50);
    }
  });

  it('relaxed, are strict with short bars and history starts, sixty together', () => {
    const budgets = ibBudgets('relaxed').filter((budget) => budget.kind === 'rolling' && budget.span === 10 * minute);
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

describe('lines', () => {
  it('are as many as there are, one after the other', async () => {
    const clock = virtualClock(0);
    const lines = createLines(3, 50, clock);
    const begun: number[] = [];
    let now = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 9 }, () =>
        lines.use(async () => {
          begun.push(clock.now());
          most = Math.max(most, ++now);
          await clock.sleepUntil(clock.now() + 1_000);
          now--;
        }, never),
      ),
    );
    expect(most).toBe(3);
    expect(begun).toEqual([0, 50, 100, 1_000, 1_050, 1_100, 2_000, 2_050, 2_100]);
  });

  it('are not waited for when nobody wants them any more', async () => {
    const clock = virtualClock(0);
    const lines = createLines(1, 0, clock);
    const controller = new AbortController();
    let finish: (word: string) => void = () => undefined;
    const word = new Promise<string>((resolve) => (finish = resolve));
    const first = lines.use(() => word, never);
    const waiting = lines.use(async () => 'second', controller.signal);
    controller.abort();
    expect(await waiting).toBeNull();
    finish('first');
    expect(await first).toBe('first');
    expect(await lines.use(async () => 'third', never)).toBe('third');
  });
});

describe('the environment', () => {
  const settings = { host: 'a', port: 7497, clientId: 1 };

  it('comes before the pipeline', () => {
    expect(ibFromEnvironment(settings, {})).toEqual({ ok: true, value: settings });
    expect(ibFromEnvironment(settings, { IB_HOST: ' gateway ', IB_PORT: '4002', IB_CLIENT_ID: '5' })).toEqual({
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
  ])('is refused where it is wrong: %o', (environment, name) => {
    expect(ibFromEnvironment(settings, environment)).toMatchObject({ ok: false, error: { name } });
  });
});
