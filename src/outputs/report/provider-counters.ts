import type { RunEvent } from '../../core/events.js';
import type { BreakerReport, BudgetReport } from './report.js';
import { createWaitingTime } from './waiting-time.js';
import type { WaitingTime } from './waiting-time.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Counts the waits for rate limits and the changes of circuit breakers. */
export function createProviderCounters(): {
  add(event: RunEvent): void;
  /** The one that requests waited for longest first. */
  budgets(): readonly BudgetReport[];
  breakers(): readonly BreakerReport[];
} {
  const budgets = new Map<string, Mutable<Omit<BudgetReport, 'waitingMs'>> & { readonly waiting: WaitingTime }>();
  const breakers = new Map<string, Mutable<BreakerReport>>();

  return {
    add(event) {
      if (event.type === 'rate-limited') {
        const { provider, budget: name, waitedMs } = event;
        const key = JSON.stringify([provider, name]);
        const budget = budgets.get(key) ?? {
          ...{ provider, budget: name, waits: 0, waitedMs: 0, maxWaitMs: 0 },
          waiting: createWaitingTime(),
        };
        budget.waits++;
        budget.waitedMs += waitedMs;
        budget.maxWaitMs = Math.max(budget.maxWaitMs, waitedMs);
        budget.waiting.add(event.at, waitedMs);
        budgets.set(key, budget);
      } else if (event.type === 'breaker-changed') {
        const { provider, symbol = null, state, cause } = event;
        const key = JSON.stringify([provider, symbol]);
        const breaker = breakers.get(key) ?? { provider, symbol, opened: 0, state };
        breaker.state = state;
        if (cause !== undefined) breaker.cause ??= cause;
        if (state === 'open' && !event.carriedOver) breaker.opened++;
        breakers.set(key, breaker);
      }
    },
    budgets: () =>
      [...budgets.values()]
        .map(({ waiting, ...budget }) => ({ ...budget, waitingMs: waiting.total() }))
        .sort((a, b) => b.waitingMs - a.waitingMs),
    breakers: () => [...breakers.values()].map((breaker) => ({ ...breaker })),
  };
}
