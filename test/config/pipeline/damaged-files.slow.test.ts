import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';
import { loadFiles } from './load-files.js';

const intactText = readFileSync('pipelines/watchlist.yaml', 'utf8');
const symbols = readFileSync('pipelines/watchlist.csv', 'utf8');

const fragments = [
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

/** A mutation of a text: characters removed, a fragment inserted, or a piece repeated. */
const mutation = fc.record({
  position: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(12),
  inserted: fc.oneof(fc.constantFrom('', ...fragments), fc.string({ maxLength: 4 })),
  isDuplicated: fc.boolean(),
});

function mutate(
  text: string,
  mutations: readonly { position: number; length: number; inserted: string; isDuplicated: boolean }[],
): string {
  return mutations.reduce((before, { position, length, inserted, isDuplicated }) => {
    const start = Math.floor(position * before.length);
    const piece = before.slice(start, start + length);
    return before.slice(0, start) + inserted + (isDuplicated ? piece + piece : '') + before.slice(start + length);
  }, text);
}

describe('damaged files', () => {
  it('are loaded, or rejected with a location for every error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.boolean(), async (mutations, isYaml) => {
        const loaded = await loadFiles({
          'watchlist.yaml': isYaml ? mutate(intactText, mutations) : intactText,
          'watchlist.csv': isYaml ? symbols : mutate(symbols, mutations),
        });
        if (loaded.ok) return;
        expect(loaded.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
        const misplaced = loaded.diagnostics.filter(({ code, location }) => {
          if (code === 'more-problems') return false;
          const text = loaded.sourceTexts.get(location?.file ?? '');
          // The text of a file of another kind is concealed, and has no places.
          if (text === undefined) return location?.offset !== 0 || location.length !== 0;
          return !((location?.offset ?? NaN) <= text.length);
        });
        expect(misplaced).toEqual([]);
        const rendered = renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color: false });
        expect(rendered).not.toMatch(/undefined|\[object|NaN:/);
      }),
      { numRuns: 400 },
    );
  });
});
