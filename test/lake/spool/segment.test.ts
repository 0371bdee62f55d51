import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FetchResult } from '../../../src/core/fetch-result.js';
import { encodeRecord } from '../../../src/lake/spool/record.js';
import { parseSegment } from '../../../src/lake/spool/segment.js';
import { buildBarsResult, buildContractResult, buildFailedResult } from './fetch-results.js';

const fetchResults: readonly FetchResult[] = [
  buildBarsResult('BRK B', 3),
  buildFailedResult('A/B'),
  buildContractResult('0700'),
  buildBarsResult('日経', 0),
];
const records = fetchResults.map((fetchResult) => Buffer.concat([...encodeRecord(fetchResult).pieces]));
const whole = Buffer.concat(records);

function withOptions(): FetchResult {
  const bars = buildBarsResult('AAPL', 0);
  return {
    ...bars,
    series: {
      dataset: 'option_bars',
      provider: 'mock',
      instrument: bars.series.instrument,
      contract: { expiry: '2026-12-18', strike: 152.5, right: 'P', conId: null },
      barSize: '5 mins',
      priceType: 'BID_ASK',
      hours: 'all',
    },
    rows: null,
  };
}

describe('parseSegment', () => {
  test('returns the written results exactly', () => {
    const content = parseSegment(whole, 's');
    expect(content).toEqual({ results: fetchResults, tornBytes: 0, damage: [] });
  });

  test('returns results of option series', () => {
    const record = Buffer.concat([...encodeRecord(withOptions()).pieces]);
    expect(parseSegment(record, 's').results).toEqual([withOptions()]);
  });

  test('returns the number of answers without rows', () => {
    const unconfirmed: FetchResult = {
      ...buildFailedResult('AAPL'),
      closedWindows: [
        { window: { start: 5, end: 9 }, state: 'failed', rows: 0, reason: 'no rows', emptyAnswers: 2, lacks: '[3]' },
      ],
    };
    const record = Buffer.concat([...encodeRecord(unconfirmed).pieces]);
    expect(parseSegment(record, 's').results).toEqual([unconfirmed]);
  });

  test('reads records of large columns in separate pieces and of small columns in one piece', () => {
    const large = buildBarsResult('SPY', 5000);
    expect(encodeRecord(large).pieces.length).toBe(11);
    expect(encodeRecord(buildBarsResult('SPY', 5)).pieces.length).toBe(1);
    expect(parseSegment(Buffer.concat([...encodeRecord(large).pieces]), 's').results).toEqual([large]);
  });

  test('reads all whole records of a segment truncated at any offset and counts the torn bytes', () => {
    const ends = records.reduce<number[]>((all, record) => [...all, (all.at(-1) ?? 0) + record.length], [0]);
    for (let length = 0; length <= whole.length; length++) {
      const complete = ends.filter((end) => end <= length).length - 1;
      const { results: read, tornBytes, damage } = parseSegment(whole.subarray(0, length), 's');
      expect(read).toHaveLength(complete);
      expect(tornBytes).toBe(length - (ends[complete] ?? 0));
      expect(damage).toEqual([]);
    }
  });

  test('reads all intact records of a damaged segment and reports the damaged ranges', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.integer({ min: 1, max: 40 }),
        (offset, flip, length) => {
          const broken = Buffer.from(whole);
          for (let index = offset; index < Math.min(offset + length, broken.length); index++) {
            broken[index] = (broken[index] ?? 0) ^ flip;
          }
          const { results: read, tornBytes, damage } = parseSegment(broken, 's');
          const intact = fetchResults.filter((_, index) => {
            const start = records.slice(0, index).reduce((sum, record) => sum + record.length, 0);
            const end = start + (records[index]?.length ?? 0);
            return broken.subarray(start, end).equals(whole.subarray(start, end));
          });
          expect(read).toEqual(intact);
          const lostBytes = tornBytes + damage.reduce((sum, { bytes }) => sum + bytes, 0);
          const intactBytes = intact.reduce((sum, fetchResult) => sum + encodeRecord(fetchResult).length, 0);
          expect(lostBytes).toBe(whole.length - intactBytes);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('finds a flipped bit in every byte of a record', () => {
    const [record = Buffer.alloc(0)] = records;
    for (let offset = 0; offset < record.length; offset++) {
      const broken = Buffer.from(whole);
      broken[offset] = (broken[offset] ?? 0) ^ 1;
      const { results, damage } = parseSegment(broken, 's');
      expect([offset, results, damage.map(({ bytes }) => bytes)]).toEqual([
        offset,
        fetchResults.slice(1),
        [record.length],
      ]);
    }
  });

  test('fills a column that the writer did not know with null', () => {
    const older = buildBarsResult('AAPL', 1);
    const { rows } = older;
    if (rows?.dataset !== 'equity_bars') throw new Error('bars expected');
    const { open_interest: interest, ...others } = rows.columns;
    expect(interest).toHaveLength(1);
    const record = encodeRecord({ ...older, rows: { ...rows, columns: others as typeof rows.columns } });
    const [read] = parseSegment(Buffer.concat([...record.pieces]), 's').results;
    expect(read?.rows?.columns).toEqual({ ...others, open_interest: Float64Array.of(NaN) });
  });

  test('reports a record with an intact checksum and invalid content as damage', () => {
    const odd = { ...buildFailedResult('A'), step: undefined } as unknown as FetchResult;
    const content = parseSegment(Buffer.concat([...encodeRecord(odd).pieces, ...records]), 's');
    expect(content.results).toEqual(fetchResults);
    expect(content.damage).toEqual([
      { path: 's', offset: 0, bytes: encodeRecord(odd).length, problem: 's@0.step: expected text' },
    ]);
  });
});
