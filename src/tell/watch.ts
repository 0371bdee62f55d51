import type { RunEvent } from '../core/events.js';
import { plural } from '../core/words.js';
import type { AnswererName } from '../core/series.js';
import type { AlertName, AlertRule } from '../pipeline/telling.js';
import type { AlertChange } from './alert-change.js';
import { isTable } from './alert-subjects.js';

/** Finds in the events of a run what rules watch for. */
export type Watch = (event: RunEvent) => readonly AlertChange[];

/** What is watched: which rules, and which steps bring bars of equities. */
export interface WatchOptions {
  readonly rules: readonly AlertRule[];
  readonly equitySteps: ReadonlySet<string>;
}

interface Answers {
  all: number;
  failed: number;
  /** Whether anything of use came, so that the source can be said to work. */
  useful: boolean;
}

/** How an answer counts: `lost` says something definite, and so is no error. */
const failures: ReadonlySet<string> = new Set(['retryable', 'pacing', 'denied', 'invalid', 'fatal']);

export function watch({ rules, equitySteps }: WatchOptions): Watch {
  const answers = new Map<AnswererName, Answers>();
  const openBreakers = new Set<string>();
  const damaged = new Set<string>();
  const overRate = new Set<string>();
  /** Why tasks have failed: what needs them is skipped, and says no more than their names. */
  const reasons = new Map<string, string>();
  let pipeline = '';

  const raise = (on: AlertName, subject: string, words: string): readonly AlertChange[] =>
    named(on).map(({ severity }) => ({ kind: 'raise', rule: { on, severity }, subject, words }));
  const clear = (on: AlertName, subject: string): readonly AlertChange[] =>
    named(on).map(({ severity }) => ({ kind: 'clear', rule: { on, severity }, subject }));
  /** What only a check of the lake can find, only a check can clear. */
  const clearOtherTables = (on: AlertName, subjects: ReadonlySet<string>): readonly AlertChange[] =>
    named(on).map(({ severity }) => ({ kind: 'clear-others', rule: { on, severity }, subjects, among: isTable }));
  const byName = new Map<AlertName, AlertRule[]>();
  for (const rule of rules) byName.set(rule.on, [...(byName.get(rule.on) ?? []), rule]);
  function named(on: AlertName): readonly AlertRule[] {
    return byName.get(on) ?? [];
  }

  /** The rate is judged at every answer, so that a long run does not fail in silence; it is well only at the end. */
  const judgeRate = (provider: AnswererName, isEnd: boolean): readonly AlertChange[] => {
    const { all, failed } = answers.get(provider) ?? { all: 0, failed: 0 };
    return named('error_rate').flatMap(({ on, severity, above, atLeast }): readonly AlertChange[] => {
      const key = `${severity}/${provider}`;
      if (all < atLeast) return [];
      const isOver = failed / all > above;
      const rule = { on, severity };
      if (!isOver) return isEnd ? [{ kind: 'clear', rule, subject: provider }] : [];
      if (overRate.has(key) && !isEnd) return [];
      overRate.add(key);
      const words = `${failed} of ${plural(all, 'answer')} (${Math.round((100 * failed) / all)} %) were failures`;
      return [{ kind: 'raise', rule, subject: provider, words }];
    });
  };

  const finish = (event: Extract<RunEvent, { type: 'run-finished' }>): readonly AlertChange[] => {
    const changes = [...answers.keys()].flatMap((provider) => judgeRate(provider, true));
    for (const [provider, { useful }] of answers) {
      if (useful && !openBreakers.has(provider)) changes.push(...clear('api_circuit_breaker_open', provider));
    }
    if (event.status === 'interrupted') return changes;
    if (event.status !== 'failed') changes.push(...clearOtherTables('data_integrity_failure', damaged));
    // A source that cannot be used is no less out of order for the tasks that had nothing to ask it.
    const isFailed = event.status === 'failed' || event.reason !== undefined;
    const words = event.reason ?? 'every task failed';
    changes.push(...(isFailed ? raise('run_failed', pipeline, words) : clear('run_failed', pipeline)));
    return changes;
  };

  return (event) => {
    switch (event.type) {
      case 'run-started':
        pipeline = event.pipeline.name;
        return clear('run_missed', pipeline);
      case 'damage-found':
        damaged.add(event.dataset);
        return raise('data_integrity_failure', event.dataset, `${event.path}: ${event.problem}`);
      case 'breaker-changed':
        return breaker(event);
      case 'request-answered': {
        const isFailure = failures.has(event.outcome);
        const known = answers.get(event.provider) ?? { all: 0, failed: 0, useful: false };
        known.all++;
        if (isFailure) known.failed++;
        else known.useful = true;
        answers.set(event.provider, known);
        return isFailure ? judgeRate(event.provider, false) : [];
      }
      case 'task-finished':
        if (event.status === 'failed') reasons.set(event.task, event.reason ?? event.status);
        return [...prerequisites(event), ...(equitySteps.has(event.step) ? equity(event) : []), ...taskFailed(event)];
      case 'run-finished':
        return finish(event);
      default:
        return [];
    }
  };

  function breaker({ provider, symbol, state }: BreakerChanged): readonly AlertChange[] {
    const subject = symbol === undefined ? provider : `${provider}/${symbol}`;
    if (state === 'open') {
      openBreakers.add(subject);
      return raise('api_circuit_breaker_open', subject, 'it failed again and again');
    }
    if (state === 'half-open') return [];
    openBreakers.delete(subject);
    return clear('api_circuit_breaker_open', subject);
  }

  function prerequisites({ task, status, reason }: TaskFinished): readonly AlertChange[] {
    if (status === 'skipped') return raise('prerequisite_violation', task, withRoot(reason));
    return status === 'interrupted' || status === 'failed' ? [] : clear('prerequisite_violation', task);
  }

  /** `quotes/MSFT failed` alone would send people looking for why. */
  function withRoot(reason = 'what it needs is not there'): string {
    const why = reason.endsWith(' failed') ? reasons.get(reason.slice(0, -' failed'.length)) : undefined;
    return why === undefined ? reason : `${reason}: ${why}`;
  }

  function equity(event: TaskFinished): readonly AlertChange[] {
    const { task: subject, status, reason } = event;
    if (status === 'interrupted') return [];
    if (status === 'ok' || status === 'satisfied') return isWell(event) ? clear('missing_equity_data', subject) : [];
    return raise('missing_equity_data', subject, reason === undefined ? status : withRoot(reason));
  }

  function taskFailed(event: TaskFinished): readonly AlertChange[] {
    const { task: subject, step, status, reason = status } = event;
    if (isWell(event)) return clear('task_failed', subject);
    const isSaidAlready = equitySteps.has(step) && named('missing_equity_data').length > 0;
    return status === 'failed' && !isSaidAlready ? raise('task_failed', subject, reason) : [];
  }
}

/** What was refused before is not asked for again, which does not make it well. */
function isWell({ status, refused }: TaskFinished): boolean {
  return (status === 'ok' || status === 'satisfied') && refused === undefined;
}

type BreakerChanged = Extract<RunEvent, { type: 'breaker-changed' }>;
type TaskFinished = Extract<RunEvent, { type: 'task-finished' }>;
