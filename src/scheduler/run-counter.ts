import type { RunEvent } from '../core/events.js';
import type { RunId } from '../core/request.js';

/** A symbol with a failed or partial task, or a step that runs once for all symbols: its worst status, and the first reason for it. */
export interface FailedSymbol {
  readonly symbol: string;
  readonly status: 'failed' | 'partial';
  readonly reason: string;
}

/** The result of a cycle. */
export interface CycleSummary {
  /** Null for a cycle that ended before its run began. */
  readonly run: RunId | null;
  readonly requests: number;
  readonly rows: number;
  readonly failed: readonly FailedSymbol[];
}

/** Summarizes a run from its events. */
export interface RunCounter {
  handle(event: RunEvent): void;
  summary(): CycleSummary;
}

export function createRunCounter(): RunCounter {
  let run: RunId | null = null;
  // The sums over tasks count if the run dies before it reports its own totals.
  let counts = { requests: 0, rows: 0 };
  const failed = new Map<string, Omit<FailedSymbol, 'symbol'>>();
  return {
    handle(event) {
      run = event.runId;
      if (event.type === 'run-finished') counts = { requests: event.requests, rows: event.rows };
      if (event.type !== 'task-finished') return;
      const { status, step, symbol, reason } = event;
      counts = { requests: counts.requests + event.requests, rows: counts.rows + event.rows };
      const name = symbol ?? step;
      if (status !== 'failed' && status !== 'partial') return;
      const known = failed.get(name);
      if (known === undefined || (known.status === 'partial' && status === 'failed'))
        failed.set(name, { status, reason: reason ?? `${step} ${status}` });
    },
    summary: () => ({ run, ...counts, failed: [...failed].map(([symbol, problem]) => ({ symbol, ...problem })) }),
  };
}
