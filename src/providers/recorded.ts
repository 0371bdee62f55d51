import { seriesName } from '../core/series.js';
import type { Instant } from '../core/time.js';
import type { Outcome, Request } from '../core/request.js';
import type { Provider } from './contract.js';

/** One call to a source, as it is written down before it is made and again when it is answered. */
export interface RecordedCall {
  readonly at: Instant;
  readonly event: 'asked' | 'answered';
  readonly provider: string;
  readonly series: string;
  readonly window: readonly [Instant, Instant] | null;
  /** Only when answered: what the source made of it. */
  readonly outcome?: string;
}

/** Writes down every call, attempts included, before it is made: what went out can be counted whatever happens next. */
export function recorded(provider: Provider, write: (call: RecordedCall) => void, now: () => Instant): Provider {
  const call = (request: Request, event: RecordedCall['event']): RecordedCall => ({
    at: now(),
    event,
    provider: provider.name,
    series: seriesName(request.series),
    window: request.window === null ? null : [request.window.start, request.window.end],
  });
  return {
    name: provider.name,
    open: (signal) => provider.open(signal),
    close: () => provider.close(),
    async fetch(request, signal) {
      write(call(request, 'asked'));
      const outcome = await provider.fetch(request, signal);
      write({ ...call(request, 'answered'), outcome: outcomeWord(outcome) });
      return outcome;
    },
  };
}

function outcomeWord(outcome: Outcome): string {
  return outcome.kind === 'failure' ? outcome.failure.kind : outcome.kind;
}
