import type { Duration, Instant } from '../../core/time/time.js';
import type { Activity, TruncatedList, ProblemGroup, SlowTask, TaskCounts } from './report.js';

/** A growing list that keeps only its beginning, and counts. */
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
  return { ok: 0, satisfied: 0, partial: 0, failed: 0, skipped: 0, interrupted: 0, open: 0 };
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

/** Counts answers over time in a fixed number of spans, which double in width whenever time runs past the last. */
export function createActivityCounter(start: Instant): { add(at: Instant): void; value(end: Instant): Activity } {
  let bucketMs: Duration = 1_000;
  let answers: number[] = [];

  function bucketFor(at: Instant): number {
    let span = Math.max(0, Math.floor((at - start) / bucketMs));
    while (span >= maxActivityBuckets) {
      const merged: number[] = [];
      for (let index = 0; index < answers.length; index += 2)
        merged.push((answers[index] ?? 0) + (answers[index + 1] ?? 0));
      answers = merged;
      bucketMs *= 2;
      span = Math.floor((at - start) / bucketMs);
    }
    while (answers.length <= span) answers.push(0);
    return span;
  }

  return {
    add(at) {
      const span = bucketFor(at);
      answers[span] = (answers[span] ?? 0) + 1;
    },
    value(end) {
      bucketFor(Math.max(start, end - 1));
      return { start, bucketMs, answers: [...answers] };
    },
  };
}

/** What makes a task appear among the problems. */
export interface TaskProblem {
  readonly status: ProblemGroup['status'];
  readonly step: string;
  readonly symbol: string;
  readonly reason: string;
  readonly hint: string | null;
}

const maxProblemGroups = 60;
const maxGroupSymbols = 200;

/**
 * Groups problems by reason; reasons that differ only in the symbol they name are one. What is skipped is grouped over all
 * steps: one cause, told once.
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
      // A step that is done once has none.
      if (problem.symbol !== '') group.symbols.add(problem.symbol);
      group.tasks++;
    },
    value: () => ({
      first: [...groups.values()]
        .map(({ status, steps, tasks, reason, genericReason, hint, symbol, symbols }) => ({
          status,
          steps: [...steps],
          tasks,
          reason: symbols.size > 1 ? genericReason : reason,
          remedy: symbols.size > 1 && hint !== null ? maskSymbol(hint, symbol) : hint,
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

const statusBySeverity: readonly ProblemGroup['status'][] = ['failed', 'partial', 'interrupted', 'skipped'];

export function totalCount(list: TruncatedList<unknown>): number {
  return list.first.length + list.more;
}

/** The symbol stands for itself only where it is a word of its own: `A` is not cut out of `AAPL`. */
function maskSymbol(text: string, symbol: string): string {
  if (symbol === '' || !text.includes(symbol)) return text;
  const literal = symbol.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu'), '…');
}
