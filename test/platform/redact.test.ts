import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createMessageRedactor, createRedactor, redactedText } from '../../src/platform/redact.js';

test('createRedactor removes any secret from any text and from JSON', () => {
  const secret = fc
    .string({ minLength: 6, maxLength: 40 })
    .filter((text) => !redactedText.includes(text) && text.trim() !== '');
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 3 }), fc.string(), (secrets, around) => {
      const redact = createRedactor(secrets);
      for (const one of secrets) {
        expect(redact(`${around}${one}${around}`)).not.toContain(one);
        expect(redact(JSON.stringify({ a: one }))).not.toContain(JSON.stringify(one).slice(1, -1));
      }
    }),
  );
});

test('createRedactor removes an address, its path, and the Base64 form of a password', () => {
  const url = 'https://hooks.example.com/services/T0/B0/token?key=1';
  const redact = createRedactor([url, 'hunter22']);
  expect(redact(`cannot reach ${url}`)).toBe('cannot reach ***');
  expect(redact('POST /services/T0/B0/token?key=1 of hooks.example.com')).toBe('POST *** of hooks.example.com');
  expect(redact(`AUTH ${Buffer.from('hunter22').toString('base64')}`)).toBe('AUTH ***');
  expect(redact(encodeURIComponent(url))).toBe('***');
});

test('createRedactor ignores secrets shorter than four characters', () => {
  expect(createRedactor(['a', '', 'https://x.example/'])('a b c')).toBe('a b c');
});

const redactMessage = createMessageRedactor(['s3cr3t/key+1', null, 'tok3ntok3n', 'test', 'abc']);

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
])('createMessageRedactor turns %j into %j', (text, clean) => {
  expect(redactMessage(text)).toBe(clean);
});

test('createMessageRedactor keeps messages that name parameters without values', () => {
  for (const text of [
    'Incorrect `api_key` or `access_token`.',
    'interval exceeds max limit: 60 days',
    'Token is invalid or has expired.',
    'invalid token',
    'No response from server with error code: ECONNREFUSED',
  ])
    expect(redactMessage(text)).toBe(text);
});

test('createMessageRedactor truncates a text of 5,000 characters to 300', () => {
  expect(redactMessage('x'.repeat(5_000))).toHaveLength(300);
});
