import { formatSeriesName } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import type { FetchOutcome, Request } from '../../core/request.js';
import type { Provider } from '../provider.js';

/** One call to a source, as it is written down before it is made and again when it is answered. */
export interface CallLogEntry {
  readonly at: Instant;
  readonly event: 'asked' | 'answered';
  readonly provider: string;
  readonly series: string;
  readonly window: readonly [Instant, Instant] | null;
  /** Only when answered: what the source made of it. */
  readonly outcome?: string;
}

/** Writes down every call, attempts included, before it is made: what went out can be counted whatever happens next. */
export function withCallLog(
  provider: Provider,
  write: (createEntry: CallLogEntry) => void,
  now: () => Instant,
): Provider {
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
    async fetch(request, signal) {
      write(createEntry(request, 'asked'));
      const outcome = await provider.fetch(request, signal);
      write({ ...createEntry(request, 'answered'), outcome: getOutcomeKind(outcome) });
      return outcome;
    },
  };
}

function getOutcomeKind(outcome: FetchOutcome): string {
  return outcome.kind === 'failure' ? outcome.failure.kind : outcome.kind;
}
