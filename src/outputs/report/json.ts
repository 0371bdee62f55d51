import { formatInstant } from '../../core/time/time.js';
import { formatJson } from '../../platform/text/escape.js';
import type { PlannedTotals, RunReport } from './report.js';

/** The report as a JSON document: instants as ISO 8601 text in UTC, durations in seconds. */
export function formatReportJson(report: RunReport): string {
  return `${formatJson(toReportDocument(report), 2)}\n`;
}

/** The value that `formatReportJson` serializes. */
export function toReportDocument(report: RunReport): Readonly<Record<string, unknown>> {
  const { durationMs, startedAt, endedAt, planned, steps, budgets, tables, slowest, activity, ...rest } = report;
  return {
    ...rest,
    startedAt: formatInstant(startedAt),
    endedAt: formatInstant(endedAt),
    durationSeconds: durationMs / 1000,
    planned: planned === null ? null : toPlannedDocument(planned),
    steps: steps.map(({ span, ...step }) => ({
      ...step,
      startedAt: span === null ? null : formatInstant(span.start),
      endedAt: span === null ? null : formatInstant(span.end),
      durationSeconds: span === null ? null : (span.end - span.start) / 1000,
    })),
    budgets: budgets.map(({ waitedMs, maxWaitMs, waitingMs, ...budget }) => ({
      ...budget,
      waitedSeconds: waitedMs / 1000,
      maxWaitSeconds: maxWaitMs / 1000,
      waitingSeconds: waitingMs / 1000,
      waitingShare: durationMs > 0 ? Math.min(1, Math.round((1000 * waitingMs) / durationMs) / 1000) : 0,
    })),
    tables: tables.map(({ durationMs: writing, ...table }) => ({ ...table, durationSeconds: writing / 1000 })),
    slowest: slowest.map(({ durationMs: working, ...task }) => ({ ...task, durationSeconds: working / 1000 })),
    activity: {
      startedAt: formatInstant(activity.start),
      bucketSeconds: activity.bucketMs / 1000,
      responses: activity.responses,
    },
  };
}

function toPlannedDocument({ estimatedMs, ...planned }: PlannedTotals): object {
  return { ...planned, estimatedSeconds: estimatedMs / 1000 };
}
