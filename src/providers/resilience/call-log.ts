import { formatSeriesName } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import type { Provider } from '../provider.js';

/** One line of the call log: a call before it is sent, or after it has completed. */
export interface CallLogEntry {
  readonly at: Instant;
  readonly event: 'requested' | 'completed';
  readonly provider: string;
  readonly series: string;
  readonly window: readonly [Instant, Instant] | null;
  /** `rows`, `empty` or the kind of the failure; only in `completed`. */
  readonly outcome?: string;
}

/** Logs every attempt before it is sent, so that requests can be counted even if the process is killed meanwhile. */
export function withCallLog(provider: Provider, write: (entry: CallLogEntry) => void, now: () => Instant): Provider {
  const createEntry = (request: Request, event: CallLogEntry['event']): CallLogEntry => ({
    at: now(),
    event,
    provider: provider.name,
    series: formatSeriesName(request.series),
    window: request.window === null ? null : [request.window.start, request.window.end],
  });
  return {
    name: provider.name,
    open: (signal) => provider.open(signal),
    close: () => provider.close(),
    async fetch(request, context) {
      write(createEntry(request, 'requested'));
      const outcome = await provider.fetch(request, context);
      write({ ...createEntry(request, 'completed'), outcome: getOutcomeKind(outcome) });
      return outcome;
    },
  };
}

function getOutcomeKind(outcome: FetchOutcome): string {
  return outcome.kind === 'failure' ? outcome.failure.kind : outcome.kind;
}
