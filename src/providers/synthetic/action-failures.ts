import { omitUndefined } from '../../platform/omit-undefined.js';
import type { Failure, FailureKind } from '../../core/failure.js';
import type { Duration } from '../../core/time/time.js';
import type { Action } from '../../config/scenario/scenario.js';

type ErrorAction = Extract<Action, { kind: 'error' }>;

/** Failures by HTTP status, which a scenario may also give as a code. */
const kindsByStatus: Readonly<Record<string, FailureKind>> = {
  400: 'invalid',
  401: 'fatal',
  402: 'denied',
  403: 'denied',
  404: 'invalid',
  410: 'unavailable',
  422: 'invalid',
  429: 'pacing',
};

/** Failures by the common error codes of TWS and Kite, so that scenarios can use them. */
const kindsByCode: Readonly<Record<string, FailureKind>> = {
  ...kindsByStatus,
  100: 'pacing',
  200: 'invalid',
  321: 'invalid',
  354: 'denied',
  10089: 'denied',
  10090: 'denied',
  10168: 'denied',
  InputException: 'invalid',
  PermissionException: 'denied',
  TokenException: 'fatal',
};

/** Maps an error of a scenario by its status or its code; an unknown error is retryable. */
export function toErrorFailure({ code, message, status }: ErrorAction): Failure {
  const kind = findKind(kindsByStatus, String(status)) ?? findKind(kindsByCode, code) ?? 'retryable';
  return createFailure(kind, message ?? `the source returned error ${code}`, code);
}

/** Creates a failure of any kind; only transient failures have a delay. */
export function createFailure(
  kind: FailureKind,
  message: string,
  code?: string,
  retryAfter?: Duration | null,
): Failure {
  const common = { message, ...omitUndefined({ code }) };
  if (kind !== 'retryable' && kind !== 'pacing') return { kind, ...common };
  return { kind, ...common, ...(retryAfter === undefined || retryAfter === null ? {} : { retryAfter }) };
}

function findKind(kinds: typeof kindsByCode, key: string): FailureKind | undefined {
  return Object.hasOwn(kinds, key) ? kinds[key] : undefined;
}
