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
