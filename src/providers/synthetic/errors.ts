import type { Failure, FailureKind } from '../../core/failure.js';
import type { Duration } from '../../core/time.js';
import type { Action } from '../../scenario/scenario.js';

type ErrorAction = Extract<Action, { kind: 'error' }>;

/** What errors mean here, whether given as the code or as the HTTP status beside it; all others may pass. */
const meanings: Readonly<Record<string, FailureKind>> = {
  400: 'invalid',
  401: 'fatal',
  402: 'denied',
  403: 'denied',
  404: 'invalid',
  410: 'lost',
  422: 'invalid',
  429: 'pacing',
  retryable: 'retryable',
  pacing: 'pacing',
  denied: 'denied',
  lost: 'lost',
  invalid: 'invalid',
  fatal: 'fatal',
};

/** An error as it is written in a scenario: known by its status or its code, and otherwise worth trying again. */
export function failureOfError({ code, message, status }: ErrorAction): Failure {
  const kind = meaningOf(String(status)) ?? meaningOf(code) ?? 'retryable';
  return failureOf(kind, message ?? `the source answered with the error ${code}`, code);
}

/** A failure of any kind; only those that may pass can say after how long. */
export function failureOf(kind: FailureKind, message: string, code?: string, retryAfter?: Duration | null): Failure {
  const common = { message, ...(code === undefined ? {} : { code }) };
  if (kind !== 'retryable' && kind !== 'pacing') return { kind, ...common };
  return { kind, ...common, ...(retryAfter === undefined || retryAfter === null ? {} : { retryAfter }) };
}

function meaningOf(word: string): FailureKind | undefined {
  return Object.hasOwn(meanings, word) ? meanings[word] : undefined;
}
