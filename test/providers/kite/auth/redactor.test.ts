import { expect, test } from 'vitest';
import { createMessageRedactor } from '../../../../src/providers/kite/auth/redactor.js';

const redact = createMessageRedactor(['s3cr3t/key+1', null, 'tok3ntok3n', 'test', 'abc']);

test.each([
  ['the key s3cr3t/key+1 and tok3ntok3n', 'the key *** and ***'],
  ['?i=1&access_token=unknown1&v=3', '?i=1&access_token=***&v=3'],
  ['?request_token=unknown1&action=login', '?request_token=***&action=login'],
  ['{"Authorization":"token abc:def","x":1}', '{"Authorization":"token ***","x":1}'],
  ['Authorization: token abc:def', 'Authorization: token ***'],
  ['{"enctoken":"abc==","api_key":"def"}', '{"enctoken":"***","api_key":"***"}'],
  ['s3cr3t%2Fkey%2B1', '***'],
  ['the latest test of abc', 'the latest *** of abc'],
  ['xs3cr3t/key+1x', 'x***x'],
])('%s', (text, clean) => {
  expect(redact(text)).toBe(clean);
});

test('what is no secret stays', () => {
  for (const text of [
    'Incorrect `api_key` or `access_token`.',
    'interval exceeds max limit: 60 days',
    'Token is invalid or has expired.',
    'invalid token',
    'No response from server with error code: ECONNREFUSED',
  ])
    expect(redact(text)).toBe(text);
});

test('long texts are cut', () => {
  expect(redact('x'.repeat(5_000))).toHaveLength(300);
});
