import type { RunEvent } from '../core/events.js';
import type { RunId } from '../core/request.js';

/** A symbol of which something failed, or a step that is done once for all of them, with the first reason. */
export interface FailedSymbol {
  readonly symbol: string;
  readonly reason: string;
}

/** What a cycle has brought. */
export interface CycleSummary {
  /** Its run; null for a cycle that came to none. */
  readonly run: RunId | null;
  readonly requests: number;
  readonly rows: number;
  readonly failed: readonly FailedSymbol[];
}

/** Counts what the run of a cycle brings, from its events. */
export interface RunCounter {
  take(event: RunEvent): void;
  summary(): CycleSummary;
}

export function createRunCounter(): RunCounter {
  let run: RunId | null = null;
  // What the tasks had brought counts when the run dies before it can say so itself.
  let counts = { requests: 0, rows: 0 };
  const failed = new Map<string, string>();
  return {
    take(event) {
      run = event.runId;
      if (event.type === 'run-finished') counts = { requests: event.requests, rows: event.rows };
      if (event.type !== 'task-finished') return;
      const { status, step, symbol, reason } = event;
      counts = { requests: counts.requests + event.requests, rows: counts.rows + event.rows };
      const name = symbol === '' ? step : symbol;
      if ((status === 'failed' || status === 'partial') && !failed.has(name))
        failed.set(name, reason ?? `${step} ${status}`);
    },
    summary: () => ({ run, ...counts, failed: [...failed].map(([symbol, reason]) => ({ symbol, reason })) }),
  };
}
