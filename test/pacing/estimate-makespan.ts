import type { Budget } from '../../src/core/budget.js';
import type { Duration } from '../../src/core/time/time.js';
import { estimateDuration } from '../../src/pacing/estimate-duration.js';
import type { PacedRequest } from '../../src/pacing/paced-request.js';

/** Estimates the duration of requests that wait for nothing but their budgets and all take equally long. */
export function estimateMakespan(
  requests: readonly PacedRequest[],
  budgets: readonly Budget[],
  concurrency: number,
  latency: Duration,
): Duration {
  const calls = requests.map((request) => ({ request, source: 0, sending: 0, answer: latency }));
  const tasks = [{ symbol: '', needs: [], calls }];
  return estimateDuration({ sources: [{ budgets, concurrency }], tasks, maxSymbols: null, startAt: 0 });
}
