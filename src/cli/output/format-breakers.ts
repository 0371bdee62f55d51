import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import type { Instant } from '../../core/time/time.js';
import { formatCount, pluralize } from '../../platform/format.js';
import type { OpenBreaker } from '../../app/providers/open-breakers.js';

/** The others are in the JSON document. */
const maxNamed = 10;

/** One line for each open circuit. */
export function formatOpenBreakers(breakers: readonly OpenBreaker[], now: Instant): readonly string[] {
  const lines = breakers.slice(0, maxNamed).map(({ pipeline, provider, symbol, failures, cause, until }) => {
    const target = symbol === null ? provider : `${symbol} at ${provider}`;
    const next = until > now ? `until ${formatTimeSeconds(until)}` : 'the next run probes it';
    const reason = cause === undefined ? '' : ` (${cause})`;
    return `${target} in ${pipeline} after ${pluralize(failures, 'failure')} in a row${reason}, ${next}`;
  });
  return breakers.length > maxNamed ? [...lines, `and ${formatCount(breakers.length - maxNamed)} more`] : lines;
}
