import { join } from 'node:path';

import { day, formatInstant, toUtcDate } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { listRuns } from '../../lineage/records/read-runs.js';
import { nodeFiles } from '../../platform/file-store.js';
import { isFiniteNumber, isRecord, isString, parseJson } from '../../platform/json.js';
import type { JsonObject } from '../../platform/json.js';
import type { Folders } from '../context.js';
import { withLineageFolder } from '../lineage-folder.js';

export type Period = 'weekly' | 'monthly';

const periodDays: Readonly<Record<Period, number>> = { weekly: 7, monthly: 30 };

/** How the runs of a period performed. */
export interface PerformanceReport {
  readonly period: Period;
  readonly from: string;
  readonly to: string;
  readonly runs: number;
  /** The number of runs by status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly rows: number;
  readonly retries: number;
  /** Requests by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly durationSeconds: { readonly total: number; readonly median: number | null; readonly longest: number | null };
  /** What runs waited for each budget. */
  readonly budgets: readonly BudgetUse[];
  readonly writtenBytes: number;
  readonly removedBytes: number;
  /** By table. */
  readonly growth: Readonly<Record<string, { readonly rows: number; readonly bytes: number }>>;
  readonly qualityViolations: number;
  readonly quarantinedRows: number;
  readonly slowest: readonly SlowTask[];
}

interface BudgetUse {
  readonly provider: string;
  readonly budget: string;
  readonly waits: number;
  readonly waitedSeconds: number;
  readonly maxWaitSeconds: number;
}

interface SlowTask {
  readonly run: string;
  readonly step: string;
  readonly symbol: string | null;
  readonly durationSeconds: number;
  readonly requests: number;
  readonly rows: number;
}

const maxSlowest = 10;

/** Adds the reports of the runs of a period up. Runs without a report count with what their record says. */
export async function buildPerformanceReport(
  period: Period,
  now: Instant,
  folders: Folders,
): Promise<PerformanceReport> {
  const from = now - periodDays[period] * day;
  const options = { files: nodeFiles, limit: Infinity, since: from };
  const runs = await withLineageFolder(folders.lineageFolder, () => listRuns(folders.lineageFolder, options));
  const statuses: Record<string, number> = {};
  const outcomes: Record<string, number> = {};
  const growth: Record<string, { rows: number; bytes: number }> = {};
  const budgets = new Map<string, BudgetUse>();
  const slowest: SlowTask[] = [];
  const durations: number[] = [];
  const totals = { requests: 0, rows: 0, retries: 0, written: 0, removed: 0, violations: 0, quarantined: 0 };
  for (const run of runs) {
    if (run.startedAt < from || run.startedAt > now) continue;
    statuses[run.status] = (statuses[run.status] ?? 0) + 1;
    totals.requests += run.requests;
    totals.rows += run.rows;
    if (run.durationMs !== null) durations.push(run.durationMs / 1000);
    const text = await nodeFiles.read(join(run.folder, 'report.json'));
    const report = text === null ? null : parseJson(text);
    if (!isRecord(report)) continue;
    totals.retries += number(report, 'retries');
    for (const one of list(report, 'outcomes')) {
      const outcome = textOf(one, 'outcome');
      outcomes[outcome] = (outcomes[outcome] ?? 0) + number(one, 'count');
    }
    for (const table of list(report, 'tables')) {
      const name = textOf(table, 'dataset');
      const { removed } = table;
      const known = (growth[name] ??= { rows: 0, bytes: 0 });
      known.rows += number(table, 'rows');
      known.bytes += number(table, 'bytes') - (isRecord(removed) ? number(removed, 'bytes') : 0);
      totals.written += number(table, 'bytes');
      totals.removed += isRecord(removed) ? number(removed, 'bytes') : 0;
    }
    for (const budget of list(report, 'budgets')) addBudget(budgets, budget);
    for (const rule of list(report, 'quality')) {
      totals.violations += number(rule, 'violations');
      totals.quarantined += number(rule, 'quarantined');
    }
    for (const task of list(report, 'slowest')) slowest.push(toSlowTask(run.runId, task));
  }
  durations.sort((a, b) => a - b);
  return {
    period,
    from: formatInstant(from),
    to: formatInstant(now),
    runs: Object.values(statuses).reduce((sum, count) => sum + count, 0),
    statuses,
    requests: totals.requests,
    rows: totals.rows,
    retries: totals.retries,
    outcomes,
    durationSeconds: {
      total: durations.reduce((sum, one) => sum + one, 0),
      median: durations[Math.floor((durations.length - 1) / 2)] ?? null,
      longest: durations.at(-1) ?? null,
    },
    budgets: [...budgets.values()],
    writtenBytes: totals.written,
    removedBytes: totals.removed,
    growth,
    qualityViolations: totals.violations,
    quarantinedRows: totals.quarantined,
    slowest: slowest.sort((a, b) => b.durationSeconds - a.durationSeconds).slice(0, maxSlowest),
  };
}

/** Stores a report beside the records of runs; returns its path. */
export async function writePerformanceReport(report: PerformanceReport, { lineageFolder }: Folders): Promise<string> {
  const date = toUtcDate(Date.parse(report.to));
  const path = join(lineageFolder, 'performance', `${report.period}-${date}.json`);
  await nodeFiles.replace(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}

function addBudget(budgets: Map<string, BudgetUse>, found: JsonObject): void {
  const [provider, budget] = [textOf(found, 'provider'), textOf(found, 'budget')];
  const key = `${provider}/${budget}`;
  const known = budgets.get(key);
  budgets.set(key, {
    provider,
    budget,
    waits: (known?.waits ?? 0) + number(found, 'waits'),
    waitedSeconds: (known?.waitedSeconds ?? 0) + number(found, 'waitedSeconds'),
    maxWaitSeconds: Math.max(known?.maxWaitSeconds ?? 0, number(found, 'maxWaitSeconds')),
  });
}

function toSlowTask(run: string, task: JsonObject): SlowTask {
  const { symbol } = task;
  return {
    run,
    step: textOf(task, 'step'),
    symbol: isString(symbol) ? symbol : null,
    durationSeconds: number(task, 'durationSeconds'),
    requests: number(task, 'requests'),
    rows: number(task, 'rows'),
  };
}

function list(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function number(object: JsonObject, name: string): number {
  const value = object[name];
  return isFiniteNumber(value) ? value : 0;
}

function textOf(object: JsonObject, name: string): string {
  const value = object[name];
  return isString(value) ? value : '';
}
