import type { Failure, FailureKind } from '../../core/failure.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import type { KiteError } from './kite-error.js';

/** What an error means when everything that is named fits; the first one that fits counts. */
interface ErrorRule {
  readonly type?: string;
  readonly status?: number;
  readonly pattern?: RegExp;
  readonly kind: FailureKind;
  readonly retryAfter?: Duration;
  /** What the user can do. */
  readonly hint?: string;
}

/** How to get a token, wherever one is missing. */
export const loginHint =
  'log in with `pipe login kite`, or set KITE_ACCESS_TOKEN to a token of today: tokens end at 06:00 in India';

/**
 * All that Kite and its library are known to say. The library calls everything without an answer of Kite's a
 * `NetworkException`, as Kite calls asking too fast; only status and text tell them apart.
 */
export const errorRules: readonly ErrorRule[] = [
  { type: 'TokenException', kind: 'fatal', hint: loginHint },
  { type: 'TwoFAException', kind: 'fatal', hint: loginHint },
  { status: 429, kind: 'pacing', retryAfter: second },
  { pattern: /too many requests/i, kind: 'pacing', retryAfter: second },
  { type: 'UserException', kind: 'fatal', hint: 'look into the account at kite.zerodha.com' },
  {
    type: 'PermissionException',
    kind: 'denied',
    hint: 'look at developers.kite.trade whether the app may have this',
  },
  { type: 'InputException', kind: 'invalid' },
  { type: 'OrderException', kind: 'invalid' },
  { type: 'MarginException', kind: 'invalid' },
  { type: 'HoldingException', kind: 'invalid' },
  { type: 'NetworkException', kind: 'retryable' },
  { type: 'DataException', kind: 'retryable' },
  { type: 'GeneralException', kind: 'retryable' },
];

/** What an error means to whoever asked; what nobody knows may be gone the next time. */
export function toKiteFailure(error: KiteError): Failure {
  const rule = errorRules.find(
    ({ type, status, pattern }) =>
      (type === undefined || type === error.type) &&
      (status === undefined || status === error.status) &&
      (pattern === undefined || pattern.test(error.message)),
  );
  const { kind, retryAfter, hint } = rule ?? { kind: 'retryable' as const };
  const code = error.type ?? (error.status === null ? undefined : `HTTP ${error.status}`);
  const details = { message: error.message, ...(code === undefined ? {} : { code }) };
  if (kind === 'fatal') return { kind, ...details, ...(hint === undefined ? {} : { hint }) };
  if (kind === 'pacing' || kind === 'retryable')
    return { kind, ...details, ...(retryAfter === undefined ? {} : { retryAfter }) };
  return hint === undefined ? { kind, ...details } : { kind, ...details, message: `${error.message}; ${hint}` };
}

/** Nothing came because nobody waits for it any more. */
export const abortedFailure: Failure = { kind: 'retryable', message: 'stopped before the answer came' };

/** The longest span in days that Kite says it answers for an interval; null where the error is about something else. */
export function parseSpanLimit(error: KiteError): number | null {
  if (error.type !== 'InputException') return null;
  const [, days] = /exceeds max limit: (\d{1,5}) days/i.exec(error.message) ?? [];
  return days === undefined || Number(days) < 1 ? null : Number(days);
}
