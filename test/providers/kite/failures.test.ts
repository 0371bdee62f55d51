import { expect, test } from 'vitest';
import { toKiteFailure, errorRules, parseSpanLimit } from '../../../src/providers/kite/failures.js';
import type { KiteError } from '../../../src/providers/kite/kite-error.js';

const createError = (type: string | null, status: number | null, message = 'text'): KiteError => ({
  type,
  status,
  message,
});

test.each([
  [createError('TokenException', 403), 'fatal'],
  [createError('TwoFAException', 403), 'fatal'],
  [createError('UserException', 403), 'fatal'],
  [createError('PermissionException', 403), 'denied'],
  [createError('InputException', 400), 'invalid'],
  [createError('OrderException', 400), 'invalid'],
  [createError('MarginException', 400), 'invalid'],
  [createError('HoldingException', 400), 'invalid'],
  [createError('NetworkException', 429, 'Too many requests'), 'pacing'],
  [createError('NetworkException', null, 'Too many requests'), 'pacing'],
  [createError('GeneralException', 429), 'pacing'],
  [createError(null, 429), 'pacing'],
  [createError('NetworkException', 503), 'retryable'],
  [createError('NetworkException', null, 'No response from server with error code: ECONNRESET'), 'retryable'],
  [createError('DataException', 502), 'retryable'],
  [createError('GeneralException', 500), 'retryable'],
  [createError('SomethingNewException', 418), 'retryable'],
  [createError(null, 200), 'retryable'],
  [createError(null, null), 'retryable'],
])('%j is %s', (error, kind) => {
  expect(toKiteFailure(error).kind).toBe(kind);
});

test('a refused token comes with what to do', () => {
  expect(toKiteFailure(createError('TokenException', 403, 'Incorrect `api_key` or `access_token`.'))).toMatchObject({
    message: 'Incorrect `api_key` or `access_token`.',
    remedy: expect.stringMatching(/^log in with `pipe login kite`, or set KITE_ACCESS_TOKEN/) as string,
  });
});

test('asking too fast comes with how long to wait', () => {
  expect(toKiteFailure(createError('NetworkException', 429))).toMatchObject({
    retryAfter: 1_000,
    code: 'NetworkException',
  });
});

test('every meaning can be reached', () => {
  for (const meaning of errorRules) {
    const error = createError(
      meaning.type ?? null,
      meaning.status ?? null,
      meaning.pattern === undefined ? '' : 'too many requests',
    );
    expect(toKiteFailure(error)).toMatchObject({ kind: meaning.kind });
  }
});

test('the longest span is read from what Kite says', () => {
  expect(parseSpanLimit(createError('InputException', 400, 'interval exceeds max limit: 60 days'))).toBe(60);
  expect(parseSpanLimit(createError('InputException', 400, 'interval exceeds max limit: 0 days'))).toBeNull();
  expect(parseSpanLimit(createError('InputException', 400, 'invalid token'))).toBeNull();
  expect(parseSpanLimit(createError('NetworkException', 503, 'interval exceeds max limit: 60 days'))).toBeNull();
});
