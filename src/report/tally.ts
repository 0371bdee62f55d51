import type { Duration, Instant } from '../core/time.js';
import type { Activity, Bounded, ProblemGroup, SlowTask, TaskCounts } from './report.js';

/** A growing list that keeps only its beginning, and counts. */
export interface BoundedTally<T> {
  add(item: T): void;
  value(): Bounded<T>;
}

export function boundedTally<T>(limit: number): BoundedTally<T> {
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

export function noTasks(): MutableTaskCounts {
  return { ok: 0, satisfied: 0, partial: 0, failed: 0, skipped: 0, interrupted: 0, open: 0 };
}

/** Keeps the slowest few of any number of tasks. */
export function slowestTally(limit: number): { add(task: SlowTask): void; value(): readonly SlowTask[] } {
  const slowest: SlowTask[] = [];
  return {
    add(task) {
      const last = slowest.at(-1);
      if (slowest.length >= limit && last !== undefined && last.took >= task.took) return;
      const at = slowest.findIndex((other) => other.took < task.took);
      slowest.splice(at === -1 ? slowest.length : at, 0, task);
      if (slowest.length > limit) slowest.pop();
    },
    value: () => [...slowest],
  };
}

const activitySpans = 120;

/** Counts answers over time in a fixed number of spans, which double in width whenever time runs past the last. */
export function activityTally(start: Instant): { add(at: Instant): void; value(end: Instant): Activity } {
  let width: Duration = 1_000;
  let answers: number[] = [];

  function widenTo(at: Instant): number {
    let span = Math.max(0, Math.floor((at - start) / width));
    while (span >= activitySpans) {
      const halved: number[] = [];
      for (let index = 0; index < answers.length; index += 2)
        halved.push((answers[index] ?? 0) + (answers[index + 1] ?? 0));
      answers = halved;
      width *= 2;
      span = Math.floor((at - start) / width);
    }
    while (answers.length <= span) answers.push(0);
    return span;
  }

  return {
    add(at) {
      const span = widenTo(at);
      answers[span] = (answers[span] ?? 0) + 1;
    },
    value(end) {
      widenTo(Math.max(start, end - 1));
      return { start, width, answers: [...answers] };
    },
  };
}

/** What makes a task appear among the problems. */
export interface Problem {
  readonly status: ProblemGroup['status'];
  readonly step: string;
  readonly symbol: string;
  readonly reason: string;
  readonly remedy: string | null;
}

const groupLimit = 60;
const symbolLimit = 200;

/**
 * Groups problems by reason; reasons that differ only in the symbol they name are one. What is skipped is grouped over all
 * steps: one cause, told once.
 */
export function problemTally(): { add(problem: Problem): void; value(): Bounded<ProblemGroup> } {
  interface Group extends Problem {
    readonly general: string;
    readonly steps: Set<string>;
    readonly symbols: Set<string>;
    tasks: number;
  }
  const groups = new Map<string, Group>();
  let more = 0;

  return {
    add(problem) {
      const general = withoutSymbol(problem.reason, problem.symbol);
      const key = JSON.stringify([problem.status, problem.status === 'skipped' ? null : problem.step, general]);
      let group = groups.get(key);
      if (group === undefined) {
        if (groups.size >= groupLimit) {
          more++;
          return;
        }
        group = { ...problem, general, steps: new Set(), symbols: new Set(), tasks: 0 };
        groups.set(key, group);
      }
      group.steps.add(problem.step);
      // A step that is done once has none.
      if (problem.symbol !== '') group.symbols.add(problem.symbol);
      group.tasks++;
    },
    value: () => ({
      first: [...groups.values()]
        .map(({ status, steps, tasks, reason, general, remedy, symbol, symbols }) => ({
          status,
          steps: [...steps],
          tasks,
          reason: symbols.size > 1 ? general : reason,
          remedy: symbols.size > 1 && remedy !== null ? withoutSymbol(remedy, symbol) : remedy,
          symbols: { first: [...symbols].slice(0, symbolLimit), more: Math.max(0, symbols.size - symbolLimit) },
        }))
        .sort((a, b) =>
          a.status === b.status ? b.tasks - a.tasks : severity.indexOf(a.status) - severity.indexOf(b.status),
        ),
      more,
    }),
  };
}

const severity: readonly ProblemGroup['status'][] = ['failed', 'partial', 'interrupted', 'skipped'];

export function sizeOf(list: Bounded<unknown>): number {
  return list.first.length + list.more;
}

/** The symbol stands for itself only where it is a word of its own: `A` is not cut out of `AAPL`. */
function withoutSymbol(text: string, symbol: string): string {
  if (symbol === '' || !text.includes(symbol)) return text;
  const literal = symbol.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu'), '…');
}
