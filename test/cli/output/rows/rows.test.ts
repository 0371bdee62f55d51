import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createCsvFormat, formatCsv } from '../../../../src/outputs/rows/csv.js';
import { createJsonFormat } from '../../../../src/outputs/rows/json.js';
import { createLocalFormatter } from '../../../../src/cli/output/rows/local-time.js';
import type { Row, RowFormat } from '../../../../src/outputs/rows/row-format.js';
import { createTableFormat } from '../../../../src/cli/output/rows/table.js';
import { plainStyle } from '../../../../src/platform/style.js';
import { formatTable } from '../../../../src/platform/table.js';
import { findForgery, hostileTexts } from '../../../fixtures/hostile-texts.js';

/** Formats rows in parts of some length. */
function format(rowFormat: RowFormat, rows: readonly Row[], partLength: number): string {
  let text = '';
  for (let start = 0; start < rows.length; start += partLength)
    text += rowFormat.rows(rows.slice(start, start + partLength));
  return text + rowFormat.end();
}

const rows: readonly Row[] = [
  { symbol: 'AAPL', close: 1.5, note: null },
  { symbol: 'BRK B', close: 250, note: 'a, "b"' },
  { symbol: 'MSFT', close: -3, note: ['x'] },
];
const names = ['symbol', 'close', 'note'];

describe('rows that come in parts', () => {
  test.each([1, 2, 3, 10])('of %i are the JSON document of all rows', (length) => {
    expect(format(createJsonFormat(), rows, length)).toBe(`${JSON.stringify(rows, null, 2)}\n`);
  });

  test.each([1, 2, 3, 10])('of %i are one CSV document and one table', (length) => {
    expect(format(createCsvFormat(names, { isRaw: false }), rows, length)).toBe(
      'symbol,close,note\nAAPL,1.5,\nBRK B,250,"a, ""b"""\nMSFT,-3,"[""x""]"\n',
    );
    expect(format(createTableFormat(names, plainStyle), rows, length)).toBe(
      'symbol  close  note\nAAPL      1.5\nBRK B     250  a, "b"\nMSFT       -3  ["x"]\n',
    );
  });

  test('are an empty document if there are none', () => {
    expect(createJsonFormat().end()).toBe('[]\n');
    expect(createCsvFormat(names, { isRaw: false }).end()).toBe('symbol,close,note\n');
    expect(createTableFormat(names, plainStyle).end()).toBe('symbol  close  note\n');
  });
});

describe('a table of 130,000 rows', () => {
  const many = Array.from({ length: 130_000 }, (_, i): Row => ({ symbol: `S${i}`, close: i }));

  test('does not overflow the stack', () => {
    const lines = formatTable(
      many.map((row) => [{ text: String(row['symbol']) }]),
      ['left'],
    );
    expect(lines).toHaveLength(130_000);
  });

  test('keeps its columns at least as wide as before', () => {
    const text = format(createTableFormat(['symbol', 'close'], plainStyle), many, 2048);
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(130_001);
    expect(lines[1]).toBe('S0          0');
    expect(lines[1_001]).toBe('S1000    1000');
    expect(lines.at(-1)).toBe('S129999  129999');
  });
});

test('a text of a megabyte does not widen the other rows of its column', () => {
  const wide = 'x'.repeat(1_000_000);
  const text = format(
    createTableFormat(['a', 'b'], plainStyle),
    [
      { a: wide, b: 1 },
      { a: 'y', b: 2 },
    ],
    10,
  );
  expect(text).toBe(`a  b\n${wide}  1\ny  2\n`);
});

describe('CSV', () => {
  test.each([
    ['=1+1', `'=1+1`],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['+cmd', `'+cmd`],
    ['-2+3', `'-2+3`],
    [' =1', `' =1`],
    ['＝1', `'＝1`],
    ['\t=1', '<U+0009>=1'],
    ['a\r\nb', 'a<U+000D><U+000A>b'],
    ['x;=1', '"x;=1"'],
  ])('neutralizes %j', (text, cell) => {
    expect(formatCsv(['v'], [{ v: text }])).toBe(`v\n${cell}\n`);
    expect(formatCsv([text], [])).toBe(`${cell}\n`);
  });

  test.each(['-5', '+1.5', '-12345678901234567890', '-1e-7', '.5', '2026-11-20T21:00:00Z', '^GSPC', 'BRK B'])(
    'writes %j as it is',
    (text) => {
      expect(formatCsv(['v'], [{ v: text }])).toBe(`v\n${text}\n`);
    },
  );

  test('writes negative numbers as they are', () => {
    expect(formatCsv(['v'], [{ v: -1.5 }, { v: -1e-9 }])).toBe('v\n-1.5\n-1e-9\n');
  });

  test('keeps every character with --raw', () => {
    expect(formatCsv(['v'], [{ v: '=1\r\n\u001b[31m' }], { isRaw: true })).toBe('v\n"=1\r\n\u001b[31m"\n');
  });

  test('has one line per row and no cell that begins like a formula, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(hostileTexts, { minLength: 1, maxLength: 5 }), (texts) => {
        const csv = formatCsv(
          ['v'],
          texts.map((v) => ({ v })),
        );
        expect(csv.split('\n')).toHaveLength(texts.length + 2);
        expect(findForgery(csv)).toBeNull();
        for (const line of csv.split('\n').slice(1))
          expect(line).not.toMatch(/^"?\s*(?:[=@＝＋－＠]|[+-](?![\d.]+(?:e[+-]?\d+)?"?$))/i);
      }),
    );
  });
});

test('tables and JSON show hostile texts in one line', () => {
  fc.assert(
    fc.property(hostileTexts, hostileTexts, (name, text) => {
      const row = { [name]: text };
      const table = format(createTableFormat([name], plainStyle), [row], 1);
      expect(table.split('\n')).toHaveLength(3);
      expect(findForgery(table)).toBeNull();
      expect(findForgery(format(createJsonFormat(), [row], 1))).toBeNull();
    }),
  );
});

describe('--local', () => {
  const zones = new Map([
    ['AAPL', 'America/New_York'],
    ['INFY', 'Asia/Kolkata'],
  ]);
  const show = createLocalFormatter(['ts'], zones);
  const ts = '2026-11-20T14:30:00.25Z';

  test('shows instants in the zone of the exchange of the symbol, with its name', () => {
    expect(show({ symbol: 'AAPL', ts }, 'ts')).toBe('2026-11-20 09:30:00.25 New York');
    expect(show({ symbol: 'INFY', ts }, 'ts')).toBe('2026-11-20 20:00:00.25 Kolkata');
  });

  test('prefers the zone in the row, unless it is none', () => {
    expect(show({ symbol: 'AAPL', time_zone: 'Asia/Tokyo', ts }, 'ts')).toBe('2026-11-20 23:30:00.25 Tokyo');
    expect(show({ symbol: 'AAPL', time_zone: '\u001b[31m', ts }, 'ts')).toBe('2026-11-20 09:30:00.25 New York');
  });

  test('shows UTC where the exchange is not known, and the only zone of a lake', () => {
    expect(show({ ts }, 'ts')).toBe('2026-11-20 14:30:00.25 UTC');
    const only = createLocalFormatter(['ts'], new Map([['AAPL', 'America/New_York']]));
    expect(only({ ts }, 'ts')).toBe('2026-11-20 09:30:00.25 New York');
  });

  test('changes nothing but instants', () => {
    expect(show({ symbol: 'AAPL', ts: null }, 'ts')).toBe('');
    expect(show({ symbol: 'AAPL', ts: 'infinity' }, 'ts')).toBe('infinity');
    expect(show({ symbol: 'AAPL', session: '2026-11-20' }, 'session')).toBe('2026-11-20');
  });
});
