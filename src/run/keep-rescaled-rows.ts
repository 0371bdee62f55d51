import type { ClosedWindow } from '../core/fetch-result.js';
import type { Request } from '../core/request.js';
import { toRefusedReason } from '../core/revisions/restatement.js';
import { formatSeriesName } from '../core/series.js';
import { overlaps } from '../core/time/window.js';
import type { Execution } from './execution.js';

/** Rows on an earlier scale stay stored if the provider does not return them on the new one; the lake remembers that it refused. */
export function keepRescaledRows(
  { series, purpose }: Request,
  closedWindows: readonly ClosedWindow[],
  { prepared }: Execution,
): readonly ClosedWindow[] {
  if (series.dataset !== 'equity_bars') return closedWindows;
  const rescaled = prepared.context
    .coverage(series.provider, formatSeriesName(series))
    .filter(({ state }) => state === 'rescaled');
  if (purpose !== 'restatement' && rescaled.length === 0) return closedWindows;
  return closedWindows.map((closed): ClosedWindow => {
    const { window, state, reason, emptyAnswers } = closed;
    const isRefusal = state === 'empty' || state === 'denied' || state === 'unavailable' || emptyAnswers !== undefined;
    const isStored = purpose === 'restatement' || rescaled.some((known) => overlaps(known, window));
    return isRefusal && isStored
      ? { window, state: 'rescaled', rows: 0, reason: toRefusedReason(state, reason) }
      : closed;
  });
}
