import { nearest } from '../core/nearest.js';
import { didYouMean, problem } from '../yaml/problem.js';
import { enumerate, quote } from '../yaml/text.js';
import { keyPlaceAt, placeAt } from '../yaml/tree.js';
import type { Path } from '../yaml/tree.js';
import type { Action } from './scenario.js';
import type { Action as WrittenAction } from './schema.generated.js';
import type { Validated } from './validate.js';
import { kiteErrors } from './words.js';

/** An error in the source's own words; null after a report. */
export function readError(
  error: number | string,
  { message, status }: WrittenAction,
  path: Path,
  { root, source, report }: Validated,
): Action | null {
  const code = String(error);
  const place = placeAt(root, [...path, 'error']);
  if (source === 'tws' && !/^[0-9]+$/.test(code)) {
    report(
      problem('unknown-error', place, `errors of tws are numbers, and this is ${quote(code)}`, {
        suggestion: 'such as `162`',
      }),
    );
    return null;
  }
  if (source === 'kite' && !kiteErrors.includes(code)) {
    report(
      problem('unknown-error', place, `${quote(code)} is not an error of kite`, {
        suggestion: didYouMean(nearest(code, kiteErrors)) ?? `one of ${enumerate(kiteErrors, 'or')}`,
      }),
    );
    return null;
  }
  if (status !== undefined && source === 'tws') {
    report(
      problem('misplaced-setting', keyPlaceAt(root, [...path, 'status']), 'tws speaks no HTTP, so there is no status', {
        suggestion: 'leave it out',
      }),
    );
    return null;
  }
  return { kind: 'error', code, message: message ?? null, status: status ?? null };
}
