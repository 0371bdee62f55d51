import { omitUndefined } from '../../platform/omit-undefined.js';
import { formatProviderError } from '../../core/failure.js';
import type { Failure, FailureKind } from '../../core/failure.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';

/** An error of Kite, its library or the network; no text in it contains a secret. */
export interface KiteError {
  /** Kite's name of the error, such as `TokenException`; null if the response did not come from Kite. */
  readonly type: string | null;
  /** The HTTP status; null if there was no response. */
  readonly status: number | null;
  readonly message: string;
  /** The delay that the response asks for. */
  readonly retryAfter?: Duration;
}

/** The meaning of an error whose given fields all match; the first matching rule applies. */
interface ErrorRule {
  readonly type?: string;
  readonly status?: number;
  readonly pattern?: RegExp;
  readonly kind: FailureKind;
  readonly retryAfter?: Duration;
  readonly hint?: string;
}

export const loginHint =
  'log in with `pipe login kite`, or set KITE_ACCESS_TOKEN to a token of today: tokens expire at 06:00 in India';

/**
 * The known errors of Kite and its library. The library reports every missing response as `NetworkException`, and Kite uses the
 * same name for too many requests; only status and text distinguish them.
 */
export const errorRules: readonly ErrorRule[] = [
  { type: 'TokenException', kind: 'fatal', hint: loginHint },
  { type: 'TwoFAException', kind: 'fatal', hint: loginHint },
  { status: 429, kind: 'pacing', retryAfter: second },
  { pattern: /too many requests/i, kind: 'pacing', retryAfter: second },
  { type: 'UserException', kind: 'fatal', hint: 'check the account at kite.zerodha.com' },
  {
    type: 'PermissionException',
    kind: 'denied',
    hint: 'check the permissions of the app at developers.kite.trade',
  },
  { type: 'InputException', kind: 'invalid' },
  { type: 'OrderException', kind: 'invalid' },
  { type: 'MarginException', kind: 'invalid' },
  { type: 'HoldingException', kind: 'invalid' },
  { type: 'NetworkException', kind: 'retryable' },
  { type: 'DataException', kind: 'retryable' },
  { type: 'GeneralException', kind: 'retryable' },
];

/** Maps an error to a failure; an unknown error counts as transient. */
export function toKiteFailure(error: KiteError): Failure {
  const rule = errorRules.find(
    ({ type, status, pattern }) =>
      (type === undefined || type === error.type) &&
      (status === undefined || status === error.status) &&
      (pattern === undefined || pattern.test(error.message)),
  );
  const { kind, retryAfter: leastDelay, hint } = rule ?? { kind: 'retryable' as const };
  const retryAfter = error.retryAfter === undefined ? leastDelay : Math.max(error.retryAfter, leastDelay ?? 0);
  const code = error.type ?? (error.status === null ? undefined : `HTTP ${error.status}`);
  const message = code === undefined ? error.message : formatProviderError('Kite', code, error.message);
  const details = { message, ...omitUndefined({ code, hint }) };
  if (kind === 'pacing' || kind === 'retryable') return { kind, ...details, ...omitUndefined({ retryAfter }) };
  return { kind, ...details };
}

export const abortedFailure: Failure = { kind: 'retryable', message: 'cancelled before the response arrived' };

/** The longest span in days that Kite names in an error about a too long span; null for other errors. */
export function parseSpanLimit(error: KiteError): number | null {
  if (error.type !== 'InputException') return null;
  const [, days] = /exceeds max limit: (\d{1,5}) days/i.exec(error.message) ?? [];
  return days === undefined || Number(days) < 1 ? null : Number(days);
}
