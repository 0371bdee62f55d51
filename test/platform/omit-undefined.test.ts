import { expect, test } from 'vitest';

import { errorCode, errorMessage, isNotFound, toError } from '../../src/platform/error-message.js';
import { omitUndefined } from '../../src/platform/omit-undefined.js';

test('omitUndefined removes undefined properties and keeps null, zero and empty text', () => {
  const absent: string | undefined = undefined;
  expect(omitUndefined({ a: absent, b: null, c: 0, d: '' })).toStrictEqual({ b: null, c: 0, d: '' });
});

test.each([
  [new Error('no space'), 'no space'],
  ['text', 'text'],
  [null, 'null'],
])('errorMessage of %o is "%s"', (thrown, expected) => {
  expect(errorMessage(thrown)).toBe(expected);
  expect(toError(thrown).message).toBe(expected);
});

test('errorCode and isNotFound read the code of an error of the operating system', () => {
  const missing = Object.assign(new Error('absent'), { code: 'ENOENT' });
  expect([errorCode(missing), isNotFound(missing)]).toEqual(['ENOENT', true]);
  expect([errorCode(new Error('other')), isNotFound(new Error('other'))]).toEqual([null, false]);
});
