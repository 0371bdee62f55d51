import type { Budget } from '../../src/core/budget.js';
import type { Duration, Instant } from '../../src/core/time/time.js';
import { createPacer } from '../../src/pacing/pacer.js';
import type { PacedRequest } from '../../src/pacing/paced-request.js';
import { createRequestScheduler } from '../../src/pacing/request-scheduler.js';
import type { SentRequest } from './find-violations.js';

export interface SimulationResult {
  readonly sent: readonly SentRequest[];
  /** From the start to the last answer. */
  readonly makespan: Duration;
}

/** Sends requests through pacer and scheduler in simulated time, each answered after `latency`. */
export function simulateSending(
  requests: readonly PacedRequest[],
  budgets: readonly Budget[],
  latency: (request: PacedRequest) => Duration,
  start: Instant = 0,
): SimulationResult {
  const scheduler = createRequestScheduler<null>(createPacer(budgets));
  for (const request of requests) scheduler.add(request, null, start);
  const sent: SentRequest[] = [];
  const inFlight: SentRequest[] = [];
  let now = start;
  while (sent.length < requests.length || inFlight.length > 0) {
    for (let next = scheduler.next(now); next !== null; next = scheduler.next(now)) {
      const { request } = next.waiting;
      const one = { request, at: now, until: now + latency(request) };
      sent.push(one);
      // Sorted by end, the last one first.
      let index = inFlight.length;
      while (index > 0 && (inFlight[index - 1]?.until ?? 0) < one.until) index--;
      inFlight.splice(index, 0, one);
    }
    const answerAt = inFlight.at(-1)?.until ?? Infinity;
    now = Math.min(answerAt, scheduler.size > 0 ? scheduler.nextAt() : Infinity);
    if (now === Infinity) throw new Error(`${scheduler.size} requests wait for nothing`);
    while ((inFlight.at(-1)?.until ?? Infinity) <= now) {
      const ended = inFlight.pop();
      if (ended !== undefined) scheduler.release(ended.request);
    }
  }
  return { sent, makespan: now - start };
}
