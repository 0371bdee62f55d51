import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  escapeInvisible,
  escapeLine,
  escapeMessage,
  escapeText,
  formatJson,
  joinLines,
} from '../../../src/platform/text/escape.js';
import { findControl, findForgery, hostileText, hostileTexts } from '../../fixtures/hostile-texts.js';

test('escapeLine shows every invisible character as its code point', () => {
  expect(escapeLine('a\u001b[31m\r\n\tb\u202ec')).toBe('a<U+001B>[31m<U+000D><U+000A><U+0009>b<U+202E>c');
});

test('escapeText keeps line breaks and tabs of a text', () => {
  expect(escapeText('1\ta\n2\tb\u0007')).toBe('1\ta\n2\tb<U+0007>');
});

test('visible text of any language is not changed', () => {
  const text = 'Ärzte € 日本語 café ₹ 😀 −0.3 "quoted" <tag> \\n';
  for (const escape of [escapeInvisible, escapeLine, escapeText, escapeMessage]) expect(escape(text)).toBe(text);
});

test('no text leaves a control character or a second line', () => {
  fc.assert(
    fc.property(hostileTexts, (text) => {
      expect(findControl(escapeLine(text), '')).toBeNull();
      expect(findControl(escapeText(text), '\n\t')).toBeNull();
    }),
  );
});

describe('escapeMessage', () => {
  test('indents further lines, so that no text looks like a message of the program', () => {
    expect(escapeMessage('bad value: x\npipe: ok\nmore')).toBe('bad value: x\n  pipe: ok\n  more');
    fc.assert(
      fc.property(hostileTexts, (text) => {
        expect(findForgery(escapeMessage(`pipe: ${text}`))).toBeNull();
      }),
    );
  });

  test('keeps a message whose further lines are indented, and moves a caret with the line above it', () => {
    expect(escapeMessage('one\n  two')).toBe('one\n  two');
    expect(escapeMessage('error\n\nLINE 1: x\n        ^')).toBe('error\n\n  LINE 1: x\n          ^');
  });
});

describe('formatJson', () => {
  test('prints the same value with visible characters only', () => {
    fc.assert(
      fc.property(hostileTexts, hostileTexts, (key, text) => {
        const value = { [`k${key}`]: [text, 1, null] };
        for (const indent of [undefined, 2]) {
          const json = formatJson(value, indent);
          expect(findControl(json)).toBeNull();
          expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        }
      }),
    );
  });

  test('writes ordinary values like JSON.stringify', () => {
    const value = { a: ['x', 1.5, { b: null }], c: 'é 日本' };
    expect(formatJson(value, 2)).toBe(JSON.stringify(value, null, 2));
  });
});

test('joinLines shows a line break within a line', () => {
  expect(joinLines(['one', 'two\nFORGED', ''])).toBe('one\ntwo<U+000A>FORGED\n\n');
  expect(findForgery(joinLines([escapeText(hostileText)]))).toBeNull();
});
