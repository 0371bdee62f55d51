import type { Failure } from '../core/failure.js';

/** What a user can do about a failure, in one sentence; null where waiting for the next run is all there is. */
export function hintFor(failure: Failure): string | null {
  switch (failure.kind) {
    case 'retryable':
      return 'the next run asks again';
    case 'pacing':
      return 'lower the pacing budgets of this pipeline; the next run asks again';
    case 'denied':
      return 'not asked again until `--retry-denied`: check the market-data subscriptions of the account';
    case 'lost':
      return null;
    case 'invalid':
      return 'check the symbol, its kind, exchange and currency in the pipeline';
    case 'fatal':
      return failure.hint ?? 'see whether the source is up and its credentials are right, then run again';
  }
}
