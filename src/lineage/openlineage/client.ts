import type { Clock } from '../../core/time/clock.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { anyHost } from '../../platform/http/allowed-hosts.js';
import type { AllowedHosts } from '../../platform/http/allowed-hosts.js';
import { hideUrlSecrets, postJson } from '../../platform/http/post-json.js';
import type { PostOptions } from '../../platform/http/post-json.js';
import { pluralize } from '../../platform/format.js';
import { isRecord, parseJson } from '../../platform/json.js';
import type { OpenLineageEvent } from './types.js';

/** Sends events to an OpenLineage service in the background of a run. */
export interface OpenLineageClient {
  /** Queues an event; never waits, never throws. */
  send(event: OpenLineageEvent): void;
  /** Waits until every event is delivered or dropped, at most `finishTimeout`, or `stopTimeout` once the signal aborts. */
  finish(stopping?: AbortSignal): Promise<void>;
}

export interface OpenLineageClientOptions {
  /** A service such as `http://marquez:5000`, or the full URL of its endpoint; one ending in `/batch` receives lists. */
  readonly url: string;
  readonly clock: Clock;
  /** Called once, if events were not delivered. */
  readonly onError: (problem: string) => void;
  /** The time limit of one response. */
  readonly timeout?: Duration;
  /** Attempts per request, including the first. */
  readonly attempts?: number;
  /** The pause before the second attempt; doubles for each further one. */
  readonly delay?: Duration;
  /** The time limit of `finish`. */
  readonly finishTimeout?: Duration;
  readonly allowedHosts?: AllowedHosts;
}

/** The time limit of `finish` in a run that was stopped. Its record is complete, only the service lacks the rest. */
const stopTimeout: Duration = 1.5 * second;

/** The limit of the queue. A run sends fewer events: a START and an end of the pipeline and of each step. */
const maxQueued = 10_000;
const maxBatchSize = 100;

export function createOpenLineageClient(options: OpenLineageClientOptions): OpenLineageClient {
  const { clock, timeout = 5 * second, attempts = 3, delay = second / 2, finishTimeout = 10 * second } = options;
  const { allowedHosts = anyHost } = options;
  const url = lineageEndpoint(options.url);
  const isBatch = new URL(url).pathname.endsWith('/batch');
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

  /** Returns how many events were not delivered. An unreachable service is not tried again in this run. */
  async function sendWithRetry(events: readonly OpenLineageEvent[]): Promise<number> {
    let remaining = events;
    let rejected = 0;
    for (let attempt = 1; ; attempt++) {
      const result = await postEvents(remaining, { url, isBatch, timeout, signal: abort.signal, allowedHosts });
      if (result.kind === 'delivered') return rejected;
      problem = result.problem;
      if (result.kind === 'rejected') return rejected + remaining.length;
      rejected += result.rejected;
      remaining = result.retryable;
      if (remaining.length === 0) return rejected;
      if (attempt >= attempts || abort.signal.aborted) {
        if (result.isUnreachable) abort.abort();
        return rejected + remaining.length;
      }
      await clock.sleepUntil(clock.now() + delay * 2 ** (attempt - 1), abort.signal).catch(() => undefined);
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
    async finish(stopping) {
      const finished = new AbortController();
      const limit = (timeLimit: Duration): Promise<void> =>
        clock.sleepUntil(clock.now() + timeLimit, finished.signal).then(
          () => {
            problem ??= 'timed out';
            abort.abort();
          },
          () => undefined,
        );
      const deadlines = [limit(finishTimeout)];
      const onStopping = (): void => void deadlines.push(limit(stopTimeout));
      stopping?.addEventListener('abort', onStopping, { once: true });
      if (stopping?.aborted === true) onStopping();
      while (sending !== null) await sending;
      stopping?.removeEventListener('abort', onStopping);
      finished.abort();
      await Promise.all(deadlines);
      dropped += queue.length;
      queue.length = 0;
      if (dropped > 0)
        options.onError(
          `${pluralize(dropped, 'lineage event')} not delivered to ${hideUrlSecrets(url)}: ${problem ?? 'timed out'}`,
        );
      dropped = 0;
    },
  };
}

type PostResult =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'rejected'; readonly problem: string }
  | {
      readonly kind: 'retry';
      readonly retryable: readonly OpenLineageEvent[];
      readonly rejected: number;
      readonly problem: string;
      readonly isUnreachable: boolean;
    };

interface LineagePostOptions extends PostOptions {
  readonly url: string;
  readonly isBatch: boolean;
}

async function postEvents(
  events: readonly OpenLineageEvent[],
  { url, isBatch, ...options }: LineagePostOptions,
): Promise<PostResult> {
  const unreachable = (problem: string): PostResult => ({
    kind: 'retry',
    retryable: events,
    rejected: 0,
    problem,
    isUnreachable: true,
  });
  const outcome = await postJson(url, JSON.stringify(isBatch ? events : events[0]), options);
  if (outcome.kind === 'failed') return unreachable(outcome.problem);
  if (outcome.kind === 'blocked') return { kind: 'rejected', problem: outcome.problem };
  const { status, text, isTruncated } = outcome;
  if (status >= 200 && status < 300) {
    if (!isBatch) return { kind: 'delivered' };
    // The list of failed events is incomplete: some of the batch may not be delivered.
    if (isTruncated) return { kind: 'rejected', problem: 'the response to a batch is larger than 1 MB' };
    return parseBatchResponse(text, events);
  }
  const problem = `HTTP ${String(status)}${text === '' ? '' : `: ${text.slice(0, 200).trim()}`}`;
  return status === 408 || status === 429 || status >= 500 ? unreachable(problem) : { kind: 'rejected', problem };
}

/** Adds the path of the lineage endpoint to the URL of a service. */
export function lineageEndpoint(url: string): string {
  const address = new URL(url);
  if (address.pathname === '/' || address.pathname === '') address.pathname = '/api/v1/lineage';
  return address.href;
}

/** The response to a batch lists the failed events; some of them may be retried. */
function parseBatchResponse(text: string, events: readonly OpenLineageEvent[]): PostResult {
  const failed = parseFailedEvents(text);
  if (failed.length === 0) return { kind: 'delivered' };
  const retryable = failed.filter(({ retriable }) => retriable).flatMap(({ index }) => events[index] ?? []);
  const problem = (failed.find(({ retriable }) => !retriable) ?? failed[0])?.reason ?? 'events rejected';
  return { kind: 'retry', retryable, rejected: failed.length - retryable.length, problem, isUnreachable: false };
}

function parseFailedEvents(
  text: string,
): readonly { readonly index: number; readonly reason: string; readonly retriable: boolean }[] {
  const response = parseJson(text);
  const list: unknown = isRecord(response) ? response['failed_events'] : null;
  if (!Array.isArray(list)) return [];
  return list
    .filter(isRecord)
    .flatMap(({ index, reason, retriable }) =>
      typeof index === 'number'
        ? [{ index, reason: typeof reason === 'string' ? reason : 'no reason given', retriable: retriable === true }]
        : [],
    );
}
