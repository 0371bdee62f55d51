import { expect, test } from 'vitest';
import { toKiteFailure, errorRules, parseSpanLimit } from '../../../src/providers/kite/failures.js';
import type { KiteError } from '../../../src/providers/kite/failures.js';

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
])('%j maps to %s', (error, kind) => {
  expect(toKiteFailure(error).kind).toBe(kind);
});

test('a rejected token has a hint to log in', () => {
  expect(toKiteFailure(createError('TokenException', 403, 'Incorrect `api_key` or `access_token`.'))).toMatchObject({
    message: 'Kite TokenException: Incorrect `api_key` or `access_token`.',
    hint: expect.stringMatching(/^log in with `pipe login kite`, or set KITE_ACCESS_TOKEN/) as string,
  });
});

test('the message names the error of Kite, or the HTTP status if Kite did not answer, and the advice is a hint', () => {
  expect(toKiteFailure(createError('PermissionException', 403, 'Insufficient permission for that call.'))).toEqual({
    kind: 'denied',
    code: 'PermissionException',
    message: 'Kite PermissionException: Insufficient permission for that call.',
    hint: 'check the permissions of the app at developers.kite.trade',
  });
  expect(toKiteFailure(createError(null, 503, 'unavailable')).message).toBe('Kite HTTP 503: unavailable');
  expect(toKiteFailure(createError(null, null, 'socket hang up')).message).toBe('socket hang up');
});

test('status 429 has a delay of one second', () => {
  expect(toKiteFailure(createError('NetworkException', 429))).toMatchObject({
    retryAfter: 1_000,
    code: 'NetworkException',
  });
});

test('every error rule matches some error', () => {
  for (const rule of errorRules) {
    const error = createError(
      rule.type ?? null,
      rule.status ?? null,
      rule.pattern === undefined ? '' : 'too many requests',
    );
    expect(toKiteFailure(error)).toMatchObject({ kind: rule.kind });
  }
});

test('the maximum span is parsed from the error of Kite', () => {
  expect(parseSpanLimit(createError('InputException', 400, 'interval exceeds max limit: 60 days'))).toBe(60);
  expect(parseSpanLimit(createError('InputException', 400, 'interval exceeds max limit: 0 days'))).toBeNull();
  expect(parseSpanLimit(createError('InputException', 400, 'invalid token'))).toBeNull();
  expect(parseSpanLimit(createError('NetworkException', 503, 'interval exceeds max limit: 60 days'))).toBeNull();
});
