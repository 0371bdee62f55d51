import fc from 'fast-check';
import { expect, it } from 'vitest';

import { boundJson, boundText } from '../../../src/cli/mcp/bound-answer.js';

it('keeps a whole answer', () => {
  expect(boundJson('{"a":[1,2]}', { rows: 2, characters: 100 })).toEqual({ text: '{"a":[1,2]}', note: null });
});

it('keeps the first items of a list and says so', () => {
  expect(boundJson('{"a":{"b":[1,2,3]}}', { rows: 2, characters: 100 })).toEqual({
    text: '{"a":{"b":[1,2]}}',
    note: 'the answer is cut: a.b has its first 2 of 3 items; narrow the question',
  });
});

it('cuts text without structure', () => {
  expect(boundText('abcdef', 3)).toEqual({
    text: 'abc',
    note: 'the answer is cut: its first 3 of 6 characters; narrow the question',
  });
});

it('never exceeds its limits, and says so whenever it cuts', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 10, max: 200 }),
      (text, rows, characters) => {
        const answer = boundJson(text, { rows, characters });
        expect(answer.text.length).toBeLessThanOrEqual(characters);
        if (answer.note === null) expect(JSON.parse(answer.text)).toEqual(JSON.parse(text));
      },
    ),
  );
});
