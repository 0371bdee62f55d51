import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../src/yaml/render.js';
import { loadFiles } from './loading.js';

const whole = readFileSync('pipelines/watchlist.yaml', 'utf8');
const symbols = readFileSync('pipelines/watchlist.csv', 'utf8');

const bits = [
  '\n',
  '  ',
  '\t',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '&a ',
  '*a',
  '<<: *a',
  '!!int ',
  '|\n',
  '? ',
  '# ',
  '%',
  '---\n',
  '${',
  '${X',
  '}',
  'null',
  '~',
  '.nan',
  '1e999',
  '-1',
  '0',
  '__proto__: ',
  '\u202e',
  '\u0000',
  '\uD800',
  'steps:\n',
  'needs: options\n',
  ',',
  ';',
];

/** One small accident in a text: something removed, something put in, or a piece said twice. */
const accident = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(12),
  put: fc.oneof(fc.constantFrom('', ...bits), fc.string({ maxLength: 4 })),
  twice: fc.boolean(),
});

function damaged(
  text: string,
  accidents: readonly { at: number; length: number; put: string; twice: boolean }[],
): string {
  return accidents.reduce((before, { at, length, put, twice }) => {
    const start = Math.floor(at * before.length);
    const piece = before.slice(start, start + length);
    return before.slice(0, start) + put + (twice ? piece + piece : '') + before.slice(start + length);
  }, text);
}

describe('damaged files', () => {
  it('are read, or refused with a place for every reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(accident, { minLength: 1, maxLength: 4 }), fc.boolean(), async (accidents, isYaml) => {
        const loaded = await loadFiles({
          'watchlist.yaml': isYaml ? damaged(whole, accidents) : whole,
          'watchlist.csv': isYaml ? symbols : damaged(symbols, accidents),
        });
        if (loaded.ok) return;
        expect(loaded.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
        const misplaced = loaded.diagnostics.filter(({ code, place }) => {
          if (code === 'more-problems') return false;
          const text = loaded.sources.get(place?.file ?? '');
          return text === undefined || !((place?.offset ?? NaN) <= text.length);
        });
        expect(misplaced).toEqual([]);
        const rendered = renderDiagnostics(loaded.diagnostics, loaded.sources, { color: false });
        expect(rendered).not.toMatch(/undefined|\[object|NaN:/);
      }),
      { numRuns: 400 },
    );
  });
});
