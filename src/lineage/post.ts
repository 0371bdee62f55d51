import type { Clock } from '../core/clock.js';
import { second } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { plural } from '../core/words.js';
import { isRecord } from './json-record.js';
import type { OpenLineageEvent } from './openlineage-types.js';

/** Sends events to a lineage service while a run goes on, and never holds the run up. */
export interface LineagePost {
  /** Queues an event; never waits, never throws. */
  send(event: OpenLineageEvent): void;
  /** Waits until everything is sent or given up, but not longer than `finishWithin`. */
  finish(): Promise<void>;
}

/** Where to send and how patiently. */
export interface LineagePostOptions {
  /** A service such as `http://marquez:5000`, or the full address; one that ends in `/batch` gets lists of events. */
  readonly url: string;
  readonly clock: Clock;
  /** Told once, when the service is given up or has refused events. */
  readonly onTrouble: (problem: string) => void;
  /** How long one answer may take. */
  readonly timeout?: Duration;
  /** Attempts for one sending, the first among them. */
  readonly attempts?: number;
  /** The pause before the second attempt; it doubles. */
  readonly delay?: Duration;
  /** How long the end of a run may be held up. */
  readonly finishWithin?: Duration;
}

/** More than any run has: a pipeline and its steps, twice. */
const queueLimit = 10_000;
const batchLimit = 100;

export function lineagePost(options: LineagePostOptions): LineagePost {
  const { clock, timeout = 5 * second, attempts = 3, delay = second / 2, finishWithin = 10 * second } = options;
  const url = lineageAddress(options.url);
  const batch = url.endsWith('/batch');
  const queue: OpenLineageEvent[] = [];
  const givingUp = new AbortController();
  let working: Promise<void> | null = null;
  let lost = 0;
  let problem: string | null = null;

  function pump(): void {
    if (working !== null || queue.length === 0 || givingUp.signal.aborted) return;
    working = work().finally(() => {
      working = null;
      pump();
    });
  }

  async function work(): Promise<void> {
    while (queue.length > 0 && !givingUp.signal.aborted) {
      const events = queue.slice(0, batch ? batchLimit : 1);
      const left = await sendPatiently(events);
      queue.splice(0, events.length);
      lost += left;
    }
  }

  /** How many of the events did not arrive. A service that does not answer at all is not tried again in this run. */
  async function sendPatiently(events: readonly OpenLineageEvent[]): Promise<number> {
    let open = events;
    let refused = 0;
    for (let attempt = 1; ; attempt++) {
      const answer = await sendOnce(open);
      if (answer.kind === 'done') return refused;
      problem = answer.problem;
      if (answer.kind === 'refused') return refused + open.length;
      refused += answer.refused;
      open = answer.again;
      if (open.length === 0) return refused;
      if (attempt >= attempts || givingUp.signal.aborted) {
        if (answer.unreachable) givingUp.abort();
        return refused + open.length;
      }
      await clock.sleepUntil(clock.now() + delay * 2 ** (attempt - 1), givingUp.signal).catch(() => undefined);
    }
  }

  async function sendOnce(events: readonly OpenLineageEvent[]): Promise<Answer> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(batch ? events : events[0]),
        signal: AbortSignal.any([AbortSignal.timeout(timeout), givingUp.signal]),
      });
      const text = await response.text();
      const { status } = response;
      if (response.ok) return batch ? batchAnswer(text, events) : { kind: 'done' };
      const said = `it answered ${String(status)}${text === '' ? '' : `: ${text.slice(0, 200).trim()}`}`;
      if (status === 408 || status === 429 || status >= 500)
        return { kind: 'again', again: events, refused: 0, problem: said, unreachable: true };
      return { kind: 'refused', problem: said };
    } catch (error) {
      const late = givingUp.signal.aborted || (error instanceof Error && error.name === 'TimeoutError');
      return {
        kind: 'again',
        again: events,
        refused: 0,
        problem: late ? 'no answer in time' : reasonOf(error),
        unreachable: true,
      };
    }
  }

  return {
    send(event) {
      if (givingUp.signal.aborted || queue.length >= queueLimit) {
        lost++;
        return;
      }
      queue.push(event);
      pump();
    },
    async finish() {
      const enough = new AbortController();
      const deadline = clock.sleepUntil(clock.now() + finishWithin, enough.signal).then(
        () => {
          problem ??= 'no answer in time';
          givingUp.abort();
        },
        () => undefined,
      );
      while (working !== null) await working;
      enough.abort();
      await deadline;
      lost += queue.length;
      queue.length = 0;
      if (lost > 0)
        options.onTrouble(
          `${plural(lost, 'lineage event')} could not be sent to ${url}: ${problem ?? 'it was given up'}`,
        );
      lost = 0;
    },
  };
}

type Answer =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly problem: string }
  | {
      readonly kind: 'again';
      readonly again: readonly OpenLineageEvent[];
      readonly refused: number;
      readonly problem: string;
      readonly unreachable: boolean;
    };

/** Completes the address of a service to that of its lineage endpoint. */
export function lineageAddress(url: string): string {
  const address = new URL(url);
  if (address.pathname === '/' || address.pathname === '') address.pathname = '/api/v1/lineage';
  return address.href;
}

/** A batch is answered event by event: some are to be sent again, some never. */
function batchAnswer(text: string, events: readonly OpenLineageEvent[]): Answer {
  const failed = failedEvents(text);
  if (failed.length === 0) return { kind: 'done' };
  const again = failed.filter(({ retriable }) => retriable).flatMap(({ index }) => events[index] ?? []);
  const problem = (failed.find(({ retriable }) => !retriable) ?? failed[0])?.reason ?? 'it refused events';
  return { kind: 'again', again, refused: failed.length - again.length, problem, unreachable: false };
}

function failedEvents(
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
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
