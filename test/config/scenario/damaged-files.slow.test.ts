import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../src/config/scenario/load-scenario.js';
import { renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';

const examples = join(import.meta.dirname, '../../../pipelines/scenarios');
const invalidExamples = join(import.meta.dirname, 'diagnostics');
const texts = [examples, invalidExamples].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(folder, name), 'utf8')),
);
const lines = texts.flatMap((text) => text.split('\n'));
const unusualWords = [
  'null',
  '~',
  '.nan',
  '1e999',
  '-1',
  '0',
  '0s',
  'true',
  '__proto__',
  'constructor',
  '&a',
  '*a',
  '<<',
  '\u202e',
];
const words = [...unusualWords, ...new Set(texts.join(' ').match(/[a-z_-]+|[0-9.]+[smh]?|[[\]{}:,"]/gi))];

/** A mutation of a text: a line or a word replaced, or a character removed. */
const mutation = fc.oneof(
  fc.record({ at: fc.nat(), line: fc.constantFrom(...lines) }).map(({ at, line }) => (text: string) => {
    const ownLines = text.split('\n');
    return ownLines.toSpliced(at % ownLines.length, 1, line).join('\n');
  }),
  fc.record({ at: fc.nat(), word: fc.constantFrom(...words) }).map(({ at, word }) => (text: string) => {
    const ownWords = [...text.matchAll(/[a-z_-]+|[0-9.]+[smh]?/gi)];
    const target = ownWords[at % Math.max(1, ownWords.length)];
    if (target === undefined) return text;
    return text.slice(0, target.index) + word + text.slice(target.index + target[0].length);
  }),
  fc
    .nat()
    .map((at) => (text: string) => text.slice(0, at % (text.length + 1)) + text.slice((at % (text.length + 1)) + 1)),
);

describe('damaged scenarios', () => {
  it('are loaded, or rejected with a location for every error', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(mutation, { minLength: 1, maxLength: 6 }), (text, mutations) => {
        const mutated = mutations.reduce((before, mutate) => mutate(before), text);
        const loaded = parseScenario('x.yaml', mutated);
        const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
        const rendered = renderDiagnostics(diagnostics, loaded.sourceTexts, { color: false });
        expect({
          withoutError: !loaded.ok && !diagnostics.some(({ severity }) => severity === 'error'),
          unreadable: diagnostics.filter(({ message }) => /undefined|\[object/.test(message)),
          outside: diagnostics.filter(
            ({ location }) => location !== undefined && !(location.offset + location.length <= mutated.length),
          ),
          rendered: rendered.includes('undefined') ? rendered : '',
        }).toEqual({ withoutError: false, unreadable: [], outside: [], rendered: '' });
      }),
      { numRuns: 1_500 },
    );
  });
});
