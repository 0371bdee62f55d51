import type { Budget } from '../../src/core/budget.js';
import type { Duration, Instant } from '../../src/core/time.js';
import { createPacer } from '../../src/pacing/pacer.js';
import type { PacedRequest } from '../../src/pacing/paced-request.js';
import { createScheduler } from '../../src/pacing/scheduler.js';
import type { Sent } from './checker.js';

/** What came of sending everything as soon as the scheduler lets it. */
export interface Played {
  readonly sent: readonly Sent[];
  /** From the start to the last answer. */
  readonly makespan: Duration;
}

/** Sends requests through pacer and scheduler with no clock but a loop, each answered after `latency`. */
export function play(
  requests: readonly PacedRequest[],
  budgets: readonly Budget[],
  latency: (request: PacedRequest) => Duration,
  start: Instant = 0,
): Played {
  const scheduler = createScheduler<null>(createPacer(budgets));
  for (const request of requests) scheduler.add(request, null, start);
  const sent: Sent[] = [];
  const underWay: Sent[] = [];
  let now = start;
  while (sent.length < requests.length || underWay.length > 0) {
    for (let next = scheduler.next(now); next !== null; next = scheduler.next(now)) {
      const { request } = next.waiting;
      const one = { request, at: now, until: now + latency(request) };
      sent.push(one);
      // Kept sorted by end, the last to end first.
      let place = underWay.length;
      while (place > 0 && (underWay[place - 1]?.until ?? 0) < one.until) place--;
      underWay.splice(place, 0, one);
    }
    const answerAt = underWay.at(-1)?.until ?? Infinity;
    now = Math.min(answerAt, scheduler.size > 0 ? scheduler.nextAt() : Infinity);
    if (now === Infinity) throw new Error(`${scheduler.size} requests wait for nothing`);
    while ((underWay.at(-1)?.until ?? Infinity) <= now) {
      const ended = underWay.pop();
      if (ended !== undefined) scheduler.release(ended.request);
    }
  }
  return { sent, makespan: now - start };
}
