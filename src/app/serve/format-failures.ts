import { formatCount } from '../../platform/format.js';
import type { FailedSymbol } from '../../scheduler/run-counter.js';

/** Names the first failed symbols and a reason: `MSFT (no answer today), AAPL, IBM and 4 more`. */
export function formatFailures(
  failed: readonly Pick<FailedSymbol, 'symbol' | 'reason'>[],
  maxNamed: number,
  count = failed.length,
): string {
  const named = failed.slice(0, maxNamed);
  const [first, ...others] = named;
  if (first === undefined) return '';
  const more = count > named.length ? ` and ${formatCount(count - named.length)} more` : '';
  const isSame = others.every(({ reason }) => reason === first.reason);
  const parts = named.map(({ symbol, reason }, index) => (index > 0 || isSame ? symbol : `${symbol} (${reason})`));
  return `${parts.join(', ')}${more}${isSame ? ` (${first.reason})` : ''}`;
}
