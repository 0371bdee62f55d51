import { formatInstant } from '../../core/time/time.js';
import type { PlannedTotals, RunReport } from './report.js';

/** The report as one JSON document, for scripts: instants as ISO text in UTC, lengths of time in seconds. */
export function formatReportJson(report: RunReport): string {
  return `${JSON.stringify(toReportDocument(report), null, 2)}\n`;
}

/** What `reportJson` writes, as a value. */
export function toReportDocument(report: RunReport): Readonly<Record<string, unknown>> {
  const { durationMs, startedAt, endedAt, planned, steps, budgets, tables, slowest, activity, ...rest } = report;
  return {
    ...rest,
    startedAt: formatInstant(startedAt),
    endedAt: formatInstant(endedAt),
    tookSeconds: durationMs / 1000,
    planned: planned === null ? null : toPlannedDocument(planned),
    steps: steps.map(({ span, ...step }) => ({
      ...step,
      startedAt: span === null ? null : formatInstant(span.start),
      endedAt: span === null ? null : formatInstant(span.end),
      tookSeconds: span === null ? null : (span.end - span.start) / 1000,
    })),
    budgets: budgets.map(({ waitedMs, maxWaitMs, ...budget }) => ({
      ...budget,
      waitedSeconds: waitedMs / 1000,
      longestSeconds: maxWaitMs / 1000,
    })),
    tables: tables.map(({ durationMs: writing, ...table }) => ({ ...table, tookSeconds: writing / 1000 })),
    slowest: slowest.map(({ durationMs: working, ...task }) => ({ ...task, tookSeconds: working / 1000 })),
    activity: {
      startedAt: formatInstant(activity.start),
      spanSeconds: activity.bucketMs / 1000,
      answers: activity.answers,
    },
  };
}

function toPlannedDocument({ estimatedMs, ...planned }: PlannedTotals): object {
  return { ...planned, estimatedSeconds: estimatedMs / 1000 };
}
