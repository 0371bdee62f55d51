import { describe, expect, test } from 'vitest';

import { day } from '../../../src/core/time/time.js';
import { loadFiles, loadValid } from './load-files.js';

const base = 'name: daily\nsymbols: [AAPL]\ngroups: { penny: { symbols: [ABC] } }\nsteps: { contracts: {} }\n';

async function messages(text: string): Promise<readonly string[]> {
  const loaded = await loadFiles({ 'daily.yaml': `${base}${text}` });
  return loaded.ok ? [] : loaded.diagnostics.map(({ message }) => message);
}

describe('the quality rules of a pipeline', () => {
  test('have the defaults of their kind, with the thresholds of groups before them', async () => {
    const { quality } = await loadValid(
      `${base}quality:
  spikes: { kind: jump, bars: 30, groups: { penny: { max: 40 } } }
  fresh: { kind: freshness, table: quotes }
  own: { sql: SELECT * FROM changed_rows WHERE close > 9, table: equity_bars, on_fail: quarantine, gap: true }
`,
    );
    expect(quality.map(({ name, kind, dataset, column }) => [name, kind, dataset, column])).toEqual([
      ['spikes', 'jump', 'equity_bars', 'close'],
      ['fresh', 'freshness', 'quotes', null],
      ['own', 'sql', 'equity_bars', null],
    ]);
    expect(quality[0]).toMatchObject({
      severity: 'warning',
      onFail: 'report',
      isGap: false,
      symbols: ['AAPL', 'ABC'],
      thresholds: { min: null, max: 12, bars: 30, maxAge: null },
      overrides: [{ symbols: ['ABC'], thresholds: { max: 40, bars: 30 } }],
    });
    expect(quality[1]?.thresholds.maxAge).toBe(4 * day);
    expect(quality[2]).toMatchObject({ onFail: 'quarantine', isGap: true });
  });

  test('change no hash, because they change nothing that is fetched', async () => {
    const plain = await loadValid(base);
    const checked = await loadValid(
      `${base}quality: { low: { kind: range, table: quotes, column: bid, min: 0 } }\nchecks: { schedule: '@hourly' }\n`,
    );
    expect(checked.hash).toBe(plain.hash);
    expect(checked.checks).toEqual({ cron: '@hourly', timeZone: 'UTC' });
  });

  test.each([
    ['quality: { a: {} }', '`a` has no `kind` and no `sql`'],
    ['quality: { a: { kind: jump, sql: SELECT 1 } }', '`a` has a `kind` and `sql`'],
    ['quality: { a: { kind: range, column: bid, min: 1 } }', '`a` needs a `table`'],
    ['quality: { a: { kind: range, table: quotes, min: 1 } }', '`a` needs a `column`'],
    ['quality: { a: { kind: range, table: quotes, column: bid } }', 'a range needs `min` or `max`'],
    ['quality: { a: { kind: range, table: quotes, column: bid, min: 2, max: 1 } }', '`min` is larger than `max`'],
    ['quality: { a: { kind: range, table: quotes, column: bod, min: 1 } }', '`bod` is not a numeric column of quotes'],
    ['quality: { a: { kind: jump, table: quotes } }', '`jump` examines equity_bars or option_bars, not quotes'],
    ['quality: { a: { kind: jump, min: 1 } }', '`min` is no setting of `jump`'],
    ['quality: { a: { kind: jump, groups: { penny: { max_age: 1d } } } }', '`max_age` is no setting of `jump`'],
    ['quality: { a: { kind: jump, groups: { pony: { max: 1 } } } }', 'the pipeline has no group `pony`'],
    ['quality: { a: { kind: jump, symbols: [AAPLE] } }', 'the pipeline has no symbol `AAPLE`'],
    ['quality: { a: { sql: SELECT 1, table: quotes, symbols: [AAPL] } }', '`symbols` is no setting of `sql`'],
    [
      'quality: { a: { kind: freshness, table: quotes, on_fail: quarantine } }',
      '`freshness` finds no rows that could be quarantined',
    ],
    [
      'quality: { a: { kind: bid_ask, on_fail: quarantine, gap: true } }',
      '`gap` needs `on_fail: quarantine` and a table of bars',
    ],
    ["checks: { schedule: '61 * * * *' }", expect.stringContaining('61')],
    ["checks: { schedule: '0 0 30 2 *' }", '`0 0 30 2 *` never matches'],
    ["checks: { schedule: '@daily', timezone: Mars }", 'there is no time zone `Mars`'],
  ])('%s is wrong', async (text, message) => {
    expect(await messages(`${text}\n`)).toEqual([message]);
  });
});
