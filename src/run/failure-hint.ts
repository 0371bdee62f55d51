import type { AbsenceKind } from '../core/absence.js';
import type { Failure } from '../core/failure.js';

/** Returns what a user can do about a failure. */
export function getFailureHint(failure: Failure): string {
  if (failure.hint !== undefined) return failure.hint;
  switch (failure.kind) {
    case 'retryable':
      return 'the next run retries';
    case 'pacing':
      return 'lower the pacing budgets of this pipeline; the next run retries';
    case 'denied':
      return 'check the market-data subscriptions of the account, then run with `--retry-denied`';
    case 'unavailable':
      return 'the provider does not have these data; only `--force` requests them again';
    case 'invalid':
      return 'check the symbol, its kind, exchange and currency in the pipeline';
    case 'fatal':
      return 'check that the provider is up and its credentials are valid, then run again';
  }
}

/** Returns what a user can do about windows that are absent and not requested; null for nothing. */
export function getAbsenceHint(kind: AbsenceKind, symbol: string): string | null {
  switch (kind) {
    case 'denied':
      return `check the market-data subscriptions, then run with \`--retry-denied\`; or accept it: \`accept: { denied: [${symbol}] }\``;
    case 'unconfirmed':
      return 'further runs request them again until enough answers confirm the absence; see `pipe status --empty`';
    case 'incomplete':
      return 'further runs request them again until enough answers agree; see `pipe status --empty`';
    case 'unrequested':
      return 'run without `--retry-failed`';
    case 'lost':
      return 'fetch them again with `pipe run --missing`';
    case 'rescaled':
      return `\`pipe plan --restate ${symbol}\` shows the requests that bring the history to one price scale`;
    case 'untraded':
    case 'unavailable':
      return null;
  }
}
