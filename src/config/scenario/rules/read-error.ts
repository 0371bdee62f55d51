import { closestMatch } from '../../../platform/suggest.js';
import { didYouMean, problem } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { quote } from '../../yaml/quote.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import type { Action } from '../scenario.js';
import type { Action as RawAction } from '../schema.generated.js';
import type { ValidatedScenario } from '../validate-scenario.js';
import { kiteErrorNames } from '../capabilities.js';

/** Reads an error of the source; null after a report. */
export function readError(
  error: number | string,
  { message, status }: RawAction,
  path: NodePath,
  { root, source, report }: ValidatedScenario,
): Action | null {
  const code = String(error);
  const location = findLocation(root, [...path, 'error']);
  let isValid = true;
  if (source === 'tws' && !/^[0-9]+$/.test(code)) {
    report(
      problem('unknown-error', location, `errors of tws are numbers, not ${quote(code)}`, {
        suggestion: 'for example `162`',
      }),
    );
    isValid = false;
  }
  if (source === 'kite' && !kiteErrorNames.includes(code)) {
    report(
      problem('unknown-error', location, `${quote(code)} is not an error of kite`, {
        suggestion: didYouMean(closestMatch(code, kiteErrorNames)) ?? `one of ${joinList(kiteErrorNames, 'or')}`,
      }),
    );
    isValid = false;
  }
  if (status !== undefined && source === 'tws') {
    report(
      problem(
        'misplaced-setting',
        findKeyLocation(root, [...path, 'status']),
        'tws does not use HTTP, so its errors have no status',
        {
          suggestion: 'remove `status`',
        },
      ),
    );
    isValid = false;
  }
  if (!isValid) return null;
  return { kind: 'error', code, message: message ?? null, status: status ?? null };
}
