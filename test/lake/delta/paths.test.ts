import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionFolder, decodeLogPath, encodeLogPath } from '../../../src/lake/delta/paths.js';

const wholeText = fc.string({ unit: 'grapheme', minLength: 1 });

test('partitionFolder returns a name of plain characters for any symbol, which decodes to the symbol', () => {
  fc.assert(
    fc.property(wholeText, (symbol) => {
      const folder = partitionFolder({ symbol });
      expect(folder).toMatch(/^symbol=[A-Za-z0-9._%-]+$/);
      expect(folder).not.toMatch(/=\.{1,2}$/);
      expect(decodeURIComponent(folder.slice('symbol='.length))).toBe(symbol);
    }),
  );
});

test('decodeLogPath reverses encodeLogPath for any path', () => {
  fc.assert(
    fc.property(wholeText, wholeText, (symbol, other) => {
      const path = `${partitionFolder({ symbol, yearmonth: '2026-11' })}/${other.replaceAll('/', '_')}.parquet`;
      expect(decodeLogPath(encodeLogPath(path))).toBe(path);
    }),
  );
});

test('partitionFolder returns different folders for different symbols', () => {
  fc.assert(
    fc.property(wholeText, wholeText, (a, b) => {
      fc.pre(a !== b);
      expect(partitionFolder({ symbol: a })).not.toBe(partitionFolder({ symbol: b }));
    }),
  );
});

test('decodeLogPath accepts paths as other writers encode them', () => {
  expect(decodeLogPath('symbol=BRK%20B/part-0.parquet')).toBe('symbol=BRK B/part-0.parquet');
  expect(decodeLogPath('symbol=100%/part-0.parquet')).toBe('symbol=100%/part-0.parquet');
  expect(partitionFolder({ symbol: null })).toBe('symbol=__HIVE_DEFAULT_PARTITION__');
});
