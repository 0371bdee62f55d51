import { expect, test } from 'vitest';
import { failureFor, meanings, spanLimitIn } from '../../../src/providers/kite/failures.js';
import type { KiteError } from '../../../src/providers/kite/kite-error.js';

const said = (type: string | null, status: number | null, message = 'text'): KiteError => ({ type, status, message });

test.each([
  [said('TokenException', 403), 'fatal'],
  [said('TwoFAException', 403), 'fatal'],
  [said('UserException', 403), 'fatal'],
  [said('PermissionException', 403), 'denied'],
  [said('InputException', 400), 'invalid'],
  [said('OrderException', 400), 'invalid'],
  [said('MarginException', 400), 'invalid'],
  [said('HoldingException', 400), 'invalid'],
  [said('NetworkException', 429, 'Too many requests'), 'pacing'],
  [said('NetworkException', null, 'Too many requests'), 'pacing'],
  [said('GeneralException', 429), 'pacing'],
  [said(null, 429), 'pacing'],
  [said('NetworkException', 503), 'retryable'],
  [said('NetworkException', null, 'No response from server with error code: ECONNRESET'), 'retryable'],
  [said('DataException', 502), 'retryable'],
  [said('GeneralException', 500), 'retryable'],
  [said('SomethingNewException', 418), 'retryable'],
  [said(null, 200), 'retryable'],
  [said(null, null), 'retryable'],
])('%j is %s', (error, kind) => {
  expect(failureFor(error).kind).toBe(kind);
});

test('a refused token comes with what to do', () => {
  expect(failureFor(said('TokenException', 403, 'Incorrect `api_key` or `access_token`.'))).toMatchObject({
    message: 'Incorrect `api_key` or `access_token`.',
    remedy: expect.stringMatching(/^log in with `pipe login kite`, or set KITE_ACCESS_TOKEN/) as string,
  });
});

test('asking too fast comes with how long to wait', () => {
  expect(failureFor(said('NetworkException', 429))).toMatchObject({ retryAfter: 1_000, code: 'NetworkException' });
});

test('every meaning can be reached', () => {
  for (const meaning of meanings) {
    const error = said(
      meaning.type ?? null,
      meaning.status ?? null,
      meaning.text === undefined ? '' : 'too many requests',
    );
    expect(failureFor(error)).toMatchObject({ kind: meaning.kind });
  }
});

test('the longest span is read from what Kite says', () => {
  expect(spanLimitIn(said('InputException', 400, 'interval exceeds max limit: 60 days'))).toBe(60);
  expect(spanLimitIn(said('InputException', 400, 'interval exceeds max limit: 0 days'))).toBeNull();
  expect(spanLimitIn(said('InputException', 400, 'invalid token'))).toBeNull();
  expect(spanLimitIn(said('NetworkException', 503, 'interval exceeds max limit: 60 days'))).toBeNull();
});
