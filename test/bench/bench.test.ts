import { describe, expect, it } from 'vitest';
import { median } from '../../bench/node-process.js';
import { runBench, getLimitShare, formatTable } from '../../bench/bench.js';
import type { Bench, Measurement } from '../../bench/bench.js';

function bench(measurement: Measurement): Bench {
  return { name: 'trial', target: 'a bar', run: () => Promise.resolve(measurement) };
}

describe('a bench', () => {
  it.each([
    [1.5, 1.6, 'lower', 'met'],
    [1.6, 1.6, 'lower', 'met'],
    [1.7, 1.6, 'lower', 'missed'],
    [900, 1000, 'higher', 'missed'],
    [1000, 1000, 'higher', 'met'],
    [NaN, 1, 'lower', 'missed'],
    [0, 0, 'lower', 'missed'],
  ] as const)(
    'that measures %d with the limit %d, where %s is better, has the verdict %s',
    async (measured, limit, better, verdict) => {
      expect(await runBench(bench({ measured, limit, better, unit: 's' }))).toMatchObject({ verdict });
    },
  );

  it('that throws has the verdict broken and the error as detail', async () => {
    const broken: Bench = { name: 'trial', target: 'a bar', run: () => Promise.reject(new Error('no disk')) };
    expect(await runBench(broken)).toMatchObject({
      verdict: 'broken',
      detail: expect.stringContaining('no disk') as string,
    });
  });

  it('returns a limit share that grows as the measurement gets worse, for lower and for higher limits', () => {
    expect(getLimitShare({ measured: 2, limit: 4, better: 'lower', unit: 's' })).toBe(0.5);
    expect(getLimitShare({ measured: 2, limit: 4, better: 'higher', unit: 'rows/s' })).toBe(2);
  });
});

describe('formatTable', () => {
  it('aligns the columns and lists the details below the table', () => {
    const text = formatTable([
      {
        name: 'start',
        target: '≤ 1.6 ×',
        verdict: 'met',
        measured: 1.2345,
        limit: 1.6,
        unit: '×',
        better: 'lower',
        detail: 'how',
      },
      {
        name: 'write rows',
        target: '≥ 1 M/s',
        verdict: 'missed',
        measured: 523456.7,
        limit: 1e6,
        unit: 'rows/s',
        better: 'higher',
      },
      { name: 'odd', target: 'any', verdict: 'broken', detail: 'no disk' },
    ]);
    expect(text).toBe(
      [
        'case        measured        bar      of bar  verdict',
        'start       1.23 ×          ≤ 1.6 ×  0.772   met',
        'write rows  523,457 rows/s  ≥ 1 M/s  1.91    missed',
        'odd                         any              broken',
        '',
        'start',
        '  how',
        'odd',
        '  no disk',
        '',
      ].join('\n'),
    );
  });
});

describe('median', () => {
  it('returns the middle value of an unsorted list', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});
