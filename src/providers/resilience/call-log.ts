import { formatSeriesName } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import type { CallParameters, FetchOutcome, Request, RequestId } from '../../core/request.js';
import type { Provider } from '../provider.js';

/** One line of the call log: a call before it is sent, or after it has completed. */
export interface CallLogEntry {
  readonly at: Instant;
  readonly event: 'requested' | 'completed';
  /** The id of the request, by which the lake and the record of the run know it. */
  readonly request: RequestId;
  readonly provider: string;
  readonly series: string;
  readonly window: readonly [Instant, Instant] | null;
  /** `rows`, `empty` or the kind of the failure; only in `completed`. */
  readonly outcome?: string;
  /** The whole message of a failure, of which other outputs show the beginning; only in `completed`. */
  readonly message?: string;
  /** What the calls of the attempt asked the provider, in its own terms; only in `completed`, if the provider says it. */
  readonly sent?: readonly CallParameters[];
}

/** Logs every attempt before it is sent, so that requests can be counted even if the process is killed meanwhile. */
export function withCallLog(provider: Provider, write: (entry: CallLogEntry) => void, now: () => Instant): Provider {
  const createEntry = (request: Request, id: RequestId, event: CallLogEntry['event']): CallLogEntry => ({
    at: now(),
    event,
    request: id,
    provider: provider.name,
    series: formatSeriesName(request.series),
    window: request.window === null ? null : [request.window.start, request.window.end],
  });
  return {
    name: provider.name,
    open: (signal) => provider.open(signal),
    close: () => provider.close(),
    async fetch(request, context) {
      const { id, calls } = context;
      write(createEntry(request, id, 'requested'));
      const sent: CallParameters[] = [];
      const describe = (parameters: CallParameters): void => {
        sent.push(parameters);
        calls.describe?.(parameters);
      };
      const outcome = await provider.fetch(request, { ...context, calls: { ...calls, describe } });
      const result = {
        outcome: getOutcomeKind(outcome),
        ...(outcome.kind === 'failure' ? { message: outcome.failure.message } : {}),
        ...(sent.length === 0 ? {} : { sent }),
      };
      write({ ...createEntry(request, id, 'completed'), ...result });
      return outcome;
    },
  };
}

function getOutcomeKind(outcome: FetchOutcome): string {
  return outcome.kind === 'failure' ? outcome.failure.kind : outcome.kind;
}
