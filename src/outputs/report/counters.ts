import type { Duration, Instant } from '../../core/time/time.js';
import type { Activity, TruncatedList, ProblemGroup, SlowTask, TaskCounts } from './report.js';

/** A list that keeps its first items and counts the others. */
export interface BoundedList<T> {
  add(item: T): void;
  value(): TruncatedList<T>;
}

export function createBoundedList<T>(limit: number): BoundedList<T> {
  const first: T[] = [];
  let more = 0;
  return {
    add(item) {
      if (first.length < limit) first.push(item);
      else more++;
    },
    value: () => ({ first: [...first], more }),
  };
}

export type MutableTaskCounts = { -readonly [Status in keyof TaskCounts]: number };

export function emptyTaskCounts(): MutableTaskCounts {
  return { ok: 0, 'up-to-date': 0, partial: 0, failed: 0, skipped: 0, cancelled: 0, open: 0 };
}

/** Keeps the slowest few of any number of tasks. */
export function createSlowestList(limit: number): { add(task: SlowTask): void; value(): readonly SlowTask[] } {
  const slowest: SlowTask[] = [];
  return {
    add(task) {
      const last = slowest.at(-1);
      if (slowest.length >= limit && last !== undefined && last.durationMs >= task.durationMs) return;
      const at = slowest.findIndex((other) => other.durationMs < task.durationMs);
      slowest.splice(at === -1 ? slowest.length : at, 0, task);
      if (slowest.length > limit) slowest.pop();
    },
    value: () => [...slowest],
  };
}

const maxActivityBuckets = 120;

/** Counts responses in at most 120 time buckets, whose width doubles when the time exceeds the last. */
export function createActivityCounter(start: Instant): { add(at: Instant): void; value(end: Instant): Activity } {
  let bucketMs: Duration = 1_000;
  let responses: number[] = [];

  function findBucket(at: Instant): number {
    let span = Math.max(0, Math.floor((at - start) / bucketMs));
    while (span >= maxActivityBuckets) {
      const merged: number[] = [];
      for (let index = 0; index < responses.length; index += 2)
        merged.push((responses[index] ?? 0) + (responses[index + 1] ?? 0));
      responses = merged;
      bucketMs *= 2;
      span = Math.floor((at - start) / bucketMs);
    }
    while (responses.length <= span) responses.push(0);
    return span;
  }

  return {
    add(at) {
      const span = findBucket(at);
      responses[span] = (responses[span] ?? 0) + 1;
    },
    value(end) {
      findBucket(Math.max(start, end - 1));
      return { start, bucketMs, responses: [...responses] };
    },
  };
}

/** A task to list among the problems. */
export interface TaskProblem {
  readonly status: ProblemGroup['status'];
  readonly step: string;
  /** Null for a step that runs once for all symbols. */
  readonly symbol: string | null;
  readonly reason: string;
  readonly hint: string | null;
}

const maxProblemGroups = 60;
const maxGroupSymbols = 200;

/**
 * Groups problems by reason, ignoring the symbol in it. Skipped tasks are grouped over all steps: they share the cause.
 */
export function createProblemGroups(): { add(problem: TaskProblem): void; value(): TruncatedList<ProblemGroup> } {
  interface Group extends TaskProblem {
    readonly genericReason: string;
    readonly steps: Set<string>;
    readonly symbols: Set<string>;
    tasks: number;
  }
  const groups = new Map<string, Group>();
  let more = 0;

  return {
    add(problem) {
      const genericReason = maskSymbol(problem.reason, problem.symbol);
      const key = JSON.stringify([problem.status, problem.status === 'skipped' ? null : problem.step, genericReason]);
      let group = groups.get(key);
      if (group === undefined) {
        if (groups.size >= maxProblemGroups) {
          more++;
          return;
        }
        group = { ...problem, genericReason, steps: new Set(), symbols: new Set(), tasks: 0 };
        groups.set(key, group);
      }
      group.steps.add(problem.step);
      if (problem.symbol !== null) group.symbols.add(problem.symbol);
      group.tasks++;
    },
    value: () => ({
      first: [...groups.values()]
        .map(({ status, steps, tasks, reason, genericReason, hint, symbol, symbols }) => ({
          status,
          steps: [...steps],
          tasks,
          reason: symbols.size > 1 ? genericReason : reason,
          hint: symbols.size > 1 && hint !== null ? maskSymbol(hint, symbol) : hint,
          symbols: { first: [...symbols].slice(0, maxGroupSymbols), more: Math.max(0, symbols.size - maxGroupSymbols) },
        }))
        .sort((a, b) =>
          a.status === b.status
            ? b.tasks - a.tasks
            : statusBySeverity.indexOf(a.status) - statusBySeverity.indexOf(b.status),
        ),
      more,
    }),
  };
}

const statusBySeverity: readonly ProblemGroup['status'][] = ['failed', 'partial', 'cancelled', 'skipped'];

export function totalCount(list: TruncatedList<unknown>): number {
  return list.first.length + list.more;
}

/** Replaces the symbol where it is a whole word: `A` is not replaced within `AAPL`. */
function maskSymbol(text: string, symbol: string | null): string {
  if (symbol === null || !text.includes(symbol)) return text;
  const literal = symbol.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu'), '…');
}
