import type { Clock } from '../../core/time/clock.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';
import { isRecord } from '../../platform/json-line.js';
import type { OpenLineageEvent } from './types.js';

/** Sends events to a lineage service while a run goes on, and never holds the run up. */
export interface OpenLineageClient {
  /** Queues an event; never waits, never throws. */
  send(event: OpenLineageEvent): void;
  /** Waits until everything is sent or given up, but not longer than `finishWithin`. */
  finish(): Promise<void>;
}

/** Where to send and how patiently. */
export interface OpenLineageClientOptions {
  /** A service such as `http://marquez:5000`, or the full address; one that ends in `/batch` gets lists of events. */
  readonly url: string;
  readonly clock: Clock;
  /** Told once, when the service is given up or has refused events. */
  readonly onError: (problem: string) => void;
  /** How long one answer may take. */
  readonly timeout?: Duration;
  /** Attempts for one sending, the first among them. */
  readonly attempts?: number;
  /** The pause before the second attempt; it doubles. */
  readonly delay?: Duration;
  /** How long the end of a run may be held up. */
  readonly finishTimeout?: Duration;
}

/** More than any run has: a pipeline and its steps, twice. */
const maxQueued = 10_000;
const maxBatchSize = 100;

export function createOpenLineageClient(options: OpenLineageClientOptions): OpenLineageClient {
  const { clock, timeout = 5 * second, attempts = 3, delay = second / 2, finishTimeout = 10 * second } = options;
  const url = lineageEndpoint(options.url);
  const isBatch = url.endsWith('/batch');
  const queue: OpenLineageEvent[] = [];
  const abort = new AbortController();
  let sending: Promise<void> | null = null;
  let dropped = 0;
  let problem: string | null = null;

  function startSending(): void {
    if (sending !== null || queue.length === 0 || abort.signal.aborted) return;
    sending = drainQueue().finally(() => {
      sending = null;
      startSending();
    });
  }

  async function drainQueue(): Promise<void> {
    while (queue.length > 0 && !abort.signal.aborted) {
      const events = queue.slice(0, isBatch ? maxBatchSize : 1);
      const undelivered = await sendWithRetry(events);
      queue.splice(0, events.length);
      dropped += undelivered;
    }
  }

  /** How many of the events did not arrive. A service that does not answer at all is not tried again in this run. */
  async function sendWithRetry(events: readonly OpenLineageEvent[]): Promise<number> {
    let remaining = events;
    let rejected = 0;
    for (let attempt = 1; ; attempt++) {
      const answer = await attemptOnce(remaining);
      if (answer.kind === 'done') return rejected;
      problem = answer.problem;
      if (answer.kind === 'refused') return rejected + remaining.length;
      rejected += answer.rejected;
      remaining = answer.retryable;
      if (remaining.length === 0) return rejected;
      if (attempt >= attempts || abort.signal.aborted) {
        if (answer.isUnreachable) abort.abort();
        return rejected + remaining.length;
      }
      await clock.sleepUntil(clock.now() + delay * 2 ** (attempt - 1), abort.signal).catch(() => undefined);
    }
  }

  async function attemptOnce(events: readonly OpenLineageEvent[]): Promise<PostResult> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(isBatch ? events : events[0]),
        signal: AbortSignal.any([AbortSignal.timeout(timeout), abort.signal]),
      });
      const text = await response.text();
      const { status } = response;
      if (response.ok) return isBatch ? parseBatchResponse(text, events) : { kind: 'done' };
      const problemText = `it answered ${String(status)}${text === '' ? '' : `: ${text.slice(0, 200).trim()}`}`;
      if (status === 408 || status === 429 || status >= 500)
        return { kind: 'again', retryable: events, rejected: 0, problem: problemText, isUnreachable: true };
      return { kind: 'refused', problem: problemText };
    } catch (error) {
      const timedOut = abort.signal.aborted || (error instanceof Error && error.name === 'TimeoutError');
      return {
        kind: 'again',
        retryable: events,
        rejected: 0,
        problem: timedOut ? 'no answer in time' : describeError(error),
        isUnreachable: true,
      };
    }
  }

  return {
    send(event) {
      if (abort.signal.aborted || queue.length >= maxQueued) {
        dropped++;
        return;
      }
      queue.push(event);
      startSending();
    },
    async finish() {
      const finished = new AbortController();
      const deadline = clock.sleepUntil(clock.now() + finishTimeout, finished.signal).then(
        () => {
          problem ??= 'no answer in time';
          abort.abort();
        },
        () => undefined,
      );
      while (sending !== null) await sending;
      finished.abort();
      await deadline;
      dropped += queue.length;
      queue.length = 0;
      if (dropped > 0)
        options.onError(
          `${pluralize(dropped, 'lineage event')} could not be sent to ${url}: ${problem ?? 'it was given up'}`,
        );
      dropped = 0;
    },
  };
}

type PostResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly problem: string }
  | {
      readonly kind: 'again';
      readonly retryable: readonly OpenLineageEvent[];
      readonly rejected: number;
      readonly problem: string;
      readonly isUnreachable: boolean;
    };

/** Completes the address of a service to that of its lineage endpoint. */
export function lineageEndpoint(url: string): string {
  const address = new URL(url);
  if (address.pathname === '/' || address.pathname === '') address.pathname = '/api/v1/lineage';
  return address.href;
}

/** A batch is answered event by event: some are to be sent again, some never. */
function parseBatchResponse(text: string, events: readonly OpenLineageEvent[]): PostResult {
  const failed = parseFailedEvents(text);
  if (failed.length === 0) return { kind: 'done' };
  const retryable = failed.filter(({ retriable }) => retriable).flatMap(({ index }) => events[index] ?? []);
  const problem = (failed.find(({ retriable }) => !retriable) ?? failed[0])?.reason ?? 'it refused events';
  return { kind: 'again', retryable, rejected: failed.length - retryable.length, problem, isUnreachable: false };
}

function parseFailedEvents(
  text: string,
): readonly { readonly index: number; readonly reason: string; readonly retriable: boolean }[] {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return [];
  }
  const list: unknown = isRecord(answer) ? answer['failed_events'] : null;
  if (!Array.isArray(list)) return [];
  return list
    .filter(isRecord)
    .flatMap(({ index, reason, retriable }) =>
      typeof index === 'number'
        ? [{ index, reason: typeof reason === 'string' ? reason : 'no reason given', retriable: retriable === true }]
        : [],
    );
}

/** The cause is what helps: `fetch failed` does not say that the connection was refused. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
