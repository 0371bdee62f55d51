import type { Failure, FailureKind } from '../../core/failure.js';
import { second } from '../../core/time.js';
import type { Duration } from '../../core/time.js';
import type { KiteError } from './kite-error.js';

/** What an error means when everything that is named fits; the first one that fits counts. */
interface Meaning {
  readonly type?: string;
  readonly status?: number;
  readonly text?: RegExp;
  readonly kind: FailureKind;
  readonly retryAfter?: Duration;
  /** What the user can do. */
  readonly remedy?: string;
}

/** How to get a token, wherever one is missing. */
export const loginRemedy =
  'log in with `pipe login kite`, or set KITE_ACCESS_TOKEN to a token of today: tokens end at 06:00 in India';

/**
 * All that Kite and its library are known to say. The library calls everything without an answer of Kite's a
 * `NetworkException`, as Kite calls asking too fast; only status and text tell them apart.
 */
export const meanings: readonly Meaning[] = [
  { type: 'TokenException', kind: 'fatal', remedy: loginRemedy },
  { type: 'TwoFAException', kind: 'fatal', remedy: loginRemedy },
  { status: 429, kind: 'pacing', retryAfter: second },
  { text: /too many requests/i, kind: 'pacing', retryAfter: second },
  { type: 'UserException', kind: 'fatal', remedy: 'look into the account at kite.zerodha.com' },
  {
    type: 'PermissionException',
    kind: 'denied',
    remedy: 'look at developers.kite.trade whether the app may have this',
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
export function failureFor(error: KiteError): Failure {
  const meaning = meanings.find(
    ({ type, status, text }) =>
      (type === undefined || type === error.type) &&
      (status === undefined || status === error.status) &&
      (text === undefined || text.test(error.message)),
  );
  const { kind, retryAfter, remedy } = meaning ?? { kind: 'retryable' as const };
  const code = error.type ?? (error.status === null ? undefined : `HTTP ${error.status}`);
  const said = { message: error.message, ...(code === undefined ? {} : { code }) };
  if (kind === 'fatal') return { kind, ...said, ...(remedy === undefined ? {} : { remedy }) };
  if (kind === 'pacing' || kind === 'retryable')
    return { kind, ...said, ...(retryAfter === undefined ? {} : { retryAfter }) };
  return remedy === undefined ? { kind, ...said } : { kind, ...said, message: `${error.message}; ${remedy}` };
}

/** Nothing came because nobody waits for it any more. */
export const stopped: Failure = { kind: 'retryable', message: 'stopped before the answer came' };

/** The longest span in days that Kite says it answers for an interval; null where the error is about something else. */
export function spanLimitIn(error: KiteError): number | null {
  if (error.type !== 'InputException') return null;
  const [, days] = /exceeds max limit: (\d{1,5}) days/i.exec(error.message) ?? [];
  return days === undefined || Number(days) < 1 ? null : Number(days);
}
