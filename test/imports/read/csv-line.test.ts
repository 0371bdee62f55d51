import fc from 'fast-check';
import { expect, it } from 'vitest';

import { splitCsvLine } from '../../../src/imports/read/csv-line.js';

it.each([
  ['a,b', ['a', 'b']],
  [' a , b ', ['a', 'b']],
  ['a,', ['a', '']],
  ['"a,b",c', ['a,b', 'c']],
  ['"say ""x""",c', ['say "x"', 'c']],
  ['"",""', ['', '']],
])('splits %s', (line, cells) => {
  expect(splitCsvLine(line, ',')).toEqual({ ok: true, value: cells });
});

it.each([
  ['"a,b', 'a quote is not closed on its line'],
  ['"a"b,c', 'text follows a closing quote'],
  ['a"b,c', 'a quote is inside a cell without quotes'],
])('rejects %s', (line, problem) => {
  expect(splitCsvLine(line, ',')).toEqual({ ok: false, error: problem });
});

it('returns the cells that were written with quotes', () => {
  const cell = fc.string().map((text) => text.replaceAll(/[\r\n]/g, '').trim());
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1 }), fc.constantFrom(',', ';', '\t', '|'), (cells, delimiter) => {
      const line = cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter);
      expect(splitCsvLine(line, delimiter)).toEqual({ ok: true, value: cells });
    }),
  );
});
