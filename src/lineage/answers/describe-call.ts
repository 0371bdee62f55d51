import type { CallParameters } from '../../core/request.js';
import { pluralize } from '../../platform/format.js';

/** The most calls of one request that are shown. */
const maxCallsShown = 3;

/** One line for each call of a request: `asked: con_id 265598, duration 1 Y`, `read: file bought/AAPL.csv, line 3`. */
export function describeCalls(calls: readonly CallParameters[]): readonly string[] {
  const shown = calls
    .slice(0, maxCallsShown)
    .map((call) => `${'file' in call ? 'read' : 'asked'}: ${describeCall(call)}`);
  const hidden = calls.length - shown.length;
  return hidden === 0 ? shown : [...shown, `and ${pluralize(hidden, 'more call')}`];
}

function describeCall(call: CallParameters): string {
  return Object.entries(call)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
