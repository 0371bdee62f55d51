import { formatInstant } from '../../core/time/time.js';
import { toUserTablesDocument } from '../../lineage/answers/user-tables.js';
import { isComplete, listLacking } from '../../plan/lacking.js';
import type { Plan } from '../../plan/plan.js';
import type { LakeStatus } from './collect-status.js';

/** The status as scripts read it. Keys are added freely and never renamed. */
export function toStatusDocument(status: LakeStatus): Readonly<Record<string, unknown>> {
  const {
    tables,
    userTables,
    damage,
    unreadable,
    readOnly,
    runs,
    locks,
    plan,
    collector,
    openBreakers,
    missed,
    warnings,
  } = status;
  return {
    tables: tables.map(({ span, ...table }) => ({
      ...table,
      span: span === null ? null : { start: formatInstant(span.start), end: formatInstant(span.end) },
    })),
    userTables: toUserTablesDocument(userTables),
    damage,
    ...(unreadable.length === 0 ? {} : { unreadable }),
    ...(readOnly.length === 0 ? {} : { readOnly }),
    runs: runs.map(({ startedAt, finishedAt, ...run }) => ({
      ...run,
      startedAt: formatInstant(startedAt),
      finishedAt: finishedAt === null ? null : formatInstant(finishedAt),
    })),
    locks: locks.map(({ since, ...lock }) => ({ ...lock, since: formatInstant(since) })),
    openBreakers: openBreakers.map(({ until, ...breaker }) => ({ ...breaker, until: formatInstant(until) })),
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(missed === null ? {} : { missed: { count: missed.count, first: formatInstant(missed.first) } }),
    ...(collector === null ? {} : { collector: { alive: collector.alive, ...collector.document } }),
    ...(plan === null ? {} : { plan: toPlanDocument(plan) }),
  };
}

function toPlanDocument(plan: Plan): Readonly<Record<string, unknown>> {
  const { requests, windows, estimatedRequests, tasks } = plan;
  return {
    requests,
    windows,
    estimatedRequests,
    isComplete: isComplete(plan),
    lacking: listLacking(tasks),
    lackingTasks: tasks
      .filter(({ status, absences }) => status === 'blocked' || absences.length > 0)
      .map(({ id, step, symbol, status, reason, absences }) => ({ id, step, symbol, status, reason, absences })),
  };
}
