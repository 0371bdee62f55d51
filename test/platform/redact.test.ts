import fc from 'fast-check';
import { expect, test } from 'vitest';

import { redactedText, createRedactor } from '../../src/platform/redact.js';

test('no secret of any shape survives, wherever it stands', () => {
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

test('an address is hidden whole, by its path, and in the form that mail servers hear', () => {
  const url = 'https://hooks.example.com/services/T0/B0/token?key=1';
  const redact = createRedactor([url, 'hunter22']);
  expect(redact(`cannot reach ${url}`)).toBe('cannot reach ***');
  expect(redact('POST /services/T0/B0/token?key=1 of hooks.example.com')).toBe('POST *** of hooks.example.com');
  expect(redact(`AUTH ${Buffer.from('hunter22').toString('base64')}`)).toBe('AUTH ***');
  expect(redact(encodeURIComponent(url))).toBe('***');
});

test('what is too short to be a secret hides nothing', () => {
  expect(createRedactor(['a', '', 'https://x.example/'])('a b c')).toBe('a b c');
});
