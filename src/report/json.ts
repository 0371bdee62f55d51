import { isoInstant } from '../core/time.js';
import type { PlannedTotals, RunReport } from './report.js';

/** The report as one JSON document, for scripts: instants as ISO text in UTC, lengths of time in seconds. */
export function reportJson(report: RunReport): string {
  return `${JSON.stringify(reportDocument(report), null, 2)}\n`;
}

/** What `reportJson` writes, as a value. */
export function reportDocument(report: RunReport): Readonly<Record<string, unknown>> {
  const { took, startedAt, endedAt, planned, steps, budgets, tables, slowest, activity, ...same } = report;
  return {
    ...same,
    startedAt: isoInstant(startedAt),
    endedAt: isoInstant(endedAt),
    tookSeconds: took / 1000,
    planned: planned === null ? null : plannedDocument(planned),
    steps: steps.map(({ span, ...step }) => ({
      ...step,
      startedAt: span === null ? null : isoInstant(span.start),
      endedAt: span === null ? null : isoInstant(span.end),
      tookSeconds: span === null ? null : (span.end - span.start) / 1000,
    })),
    budgets: budgets.map(({ waited, longest, ...budget }) => ({
      ...budget,
      waitedSeconds: waited / 1000,
      longestSeconds: longest / 1000,
    })),
    tables: tables.map(({ took: writing, ...table }) => ({ ...table, tookSeconds: writing / 1000 })),
    slowest: slowest.map(({ took: working, ...task }) => ({ ...task, tookSeconds: working / 1000 })),
    activity: { startedAt: isoInstant(activity.start), spanSeconds: activity.width / 1000, answers: activity.answers },
  };
}

function plannedDocument({ estimated, ...planned }: PlannedTotals): object {
  return { ...planned, estimatedSeconds: estimated / 1000 };
}
