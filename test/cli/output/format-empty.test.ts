import { expect, test } from 'vitest';

import type { EmptyWindow } from '../../../src/app/status/list-empty-windows.js';
import { formatEmptyWindows } from '../../../src/cli/output/format-empty.js';
import { plainStyle } from '../../../src/platform/style.js';

test('130,000 empty windows of the options of a symbol are one row', () => {
  const window: EmptyWindow = {
    dataset: 'option_bars',
    symbol: 'SPY',
    provider: 'ib',
    series: 'option_bars/SPY/2026-11-27/280/C/1 day/TRADES/rth',
    from: '2026-11-19',
    to: '2026-11-20',
    sessions: 2,
    part: null,
    isWanted: true,
    isConfirmed: false,
    answers: 1,
    lastRequestedAt: Date.parse('2026-11-20T23:00:00Z'),
    requestedAgainAt: null,
    lacks: null,
  };
  const windows = Array.from({ length: 130_000 }, () => window);
  const earlier = { ...window, answers: 2, lastRequestedAt: 0 };
  const lines = formatEmptyWindows([...windows, earlier], plainStyle).split('\n');
  expect(lines[2]).toMatch(
    /^ {2}SPY +option_bars of 1 option +2026-11-19 +2026-11-20 +260,002 +1 +2026-11-20 23:00:00 UTC +-$/,
  );
});
