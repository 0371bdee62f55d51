import { joinLines } from '../../platform/text/escape.js';
import { isLacking } from '../../core/absence.js';
import { describeAbsenceGroup, describeAbsences } from '../../core/describe-absences.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { formatTime, formatTimeSeconds } from '../../core/time/zoned-time.js';
import type { RecordedRun } from '../../lineage/records/read-runs.js';
import { toMissedRunFinding } from '../../outputs/alerts/missed-runs.js';
import { needsRun } from '../../plan/tasks/plan-custom-steps.js';
import { isComplete, listLacking } from '../../plan/lacking.js';
import type { Plan, PlannedTask } from '../../plan/plan.js';
import { formatBytes, formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import type { ApplyStyle } from '../../platform/style.js';
import { formatTable } from '../../platform/table.js';
import type { TableCell } from '../../platform/table.js';
import { suggestFirstCommand } from '../../app/pipeline/find-pipeline-files.js';
import type { LakeStatus, OpenWindows } from '../../app/status/collect-status.js';
import { formatOpenBreakers } from './format-breakers.js';
import { formatCollectorStatus } from './format-collector-status.js';
import { formatLockHolder, formatLockTarget } from './format-lock.js';

/** Formats the state of a lake for a terminal. */
export function formatStatus(status: LakeStatus, dataFolder: string, now: Instant, style: ApplyStyle): string {
  const { plan, missed, runs, openBreakers, collector, locks } = status;
  const hasTables = status.tables.some(({ version }) => version !== null);
  const lines = hasTables ? formatTables(status.tables, now, style) : [`The lake in ${dataFolder} is empty.`];
  lines.push(...formatUserTables(status), ...formatDamage(status, style));
  // Which of them a pipeline wants, and of which symbols, only the pipeline says.
  if (plan === null && status.tables.some(({ open }) => Object.values(open).some((count) => count > 0)))
    lines.push('', '  open by symbol: pipe status <pipeline>');
  if (plan !== null) lines.push('', ...formatPlanLines(plan, style));
  if (plan !== null && missed !== null)
    lines.push(`  ${style('warn', 'missed')}  ${toMissedRunFinding(plan.pipeline.name, missed).message}`);
  if (runs.length > 0) lines.push('', ...formatRuns(runs, style));
  if (openBreakers.length > 0) lines.push('');
  for (const line of formatOpenBreakers(openBreakers, now)) lines.push(`  ${style('warn', 'circuit open')}  ${line}`);
  if (collector !== null) lines.push('', ...formatCollectorStatus(collector, now, style));
  for (const holder of locks) {
    const by = formatLockHolder({ kind: 'lock-held', holder });
    lines.push('', `  ${style('warn', 'locked')}  ${formatLockTarget(holder.target)} by ${by}`);
  }
  if (!hasTables && runs.length === 0 && locks.length === 0) lines.push('', `  start with: ${suggestFirstCommand()}`);
  return joinLines(lines);
}

function formatTables(tables: LakeStatus['tables'], now: Instant, style: ApplyStyle): string[] {
  const names = ['  table', 'rows', 'series', 'files', 'size', 'from', 'to', 'age', 'open'];
  const rows = tables
    .filter(({ version }) => version !== null)
    .map(({ dataset, rows: count, series, files, bytes, span, open }): readonly TableCell[] => [
      { text: `  ${dataset}` },
      { text: formatCount(count) },
      { text: formatCount(series) },
      { text: formatCount(files) },
      { text: formatBytes(bytes) },
      { text: span === null ? '-' : formatInstant(span.start).slice(0, 10) },
      { text: span === null ? '-' : formatInstant(span.end).slice(0, 10) },
      { text: span === null ? '-' : humanizeDuration(Math.max(0, now - span.end)) },
      formatOpen(open, style),
    ]);
  return formatTable(
    [formatHead(names, style), ...rows],
    ['left', 'right', 'right', 'right', 'right', 'left', 'left', 'right', 'left'],
    2,
  );
}

function formatHead(names: readonly string[], style: ApplyStyle): readonly TableCell[] {
  return names.map((text) => ({ text, style: (cell) => style('quiet', cell) }));
}

function formatOpen(open: OpenWindows, style: ApplyStyle): TableCell {
  const parts = Object.entries(open).filter(([, count]) => count > 0);
  if (parts.length === 0) return { text: 'nothing', style: (cell) => style('good', cell) };
  const text = parts.map(([state, count]) => `${formatCount(count)} ${state}`).join(', ');
  return { text, style: (cell) => style('warn', cell) };
}

function formatUserTables({ userTables }: LakeStatus): readonly string[] {
  return userTables.map(({ dataset, rows, files, bytes, origin }) => {
    const by = origin === null ? '' : `, by ${origin.step} of ${origin.pipeline} at ${formatTime(origin.at)}`;
    return `  ${dataset}  ${pluralize(rows, 'row')}, ${pluralize(files, 'file')}, ${formatBytes(bytes)}${by}`;
  });
}

function formatDamage({ damage, unreadable, readOnly }: LakeStatus, style: ApplyStyle): readonly string[] {
  return [
    ...unreadable.flatMap(({ dataset, problem, hint }) => [
      style('bad', `  damaged  ${dataset}: ${problem}`),
      style('bad', `           ${hint}`),
    ]),
    ...readOnly.flatMap(({ dataset, problem, hint }) => [
      style('bad', `  read-only  ${dataset}: ${problem}`),
      style('bad', `             ${hint}`),
    ]),
    ...damage.map(({ dataset, path, problem }) =>
      style('bad', `  damaged  ${dataset}: ${path} (${problem}); the next run marks its windows as missing`),
    ),
  ];
}

/** The number of tasks that the status names one by one. */
const maxNamedTasks = 10;

function formatPlanLines(plan: Plan, style: ApplyStyle): readonly string[] {
  const { name, file } = plan.pipeline;
  if (isComplete(plan) && listLacking(plan.tasks).length === 0) return [`  ${name}: ${style('good', 'up to date')}`];
  const state = isComplete(plan) ? style('good', 'up to date') : style('warn', describeOpenWork(plan));
  const groups = listLacking(plan.tasks).map(
    (group) => `    ${style(group.isAccepted ? 'quiet' : 'warn', describeAbsenceGroup(group))}`,
  );
  const lacks = [
    ...plan.tasks.flatMap(describeLack),
    ...plan.customSteps.flatMap(({ id, status, reason }) =>
      status === 'blocked' ? [`${id}: blocked: ${reason}`] : [],
    ),
  ];
  const shown = lacks.slice(0, maxNamedTasks).map((text) => style('quiet', `      ${text}`));
  const more =
    lacks.length > shown.length ? [style('quiet', `      and ${formatCount(lacks.length - shown.length)} more`)] : [];
  return [`  ${name}: ${state}, see: pipe plan ${file}`, ...groups, ...shown, ...more];
}

function describeOpenWork(plan: Plan): string {
  const pending = plan.customSteps.filter(needsRun).map(({ step }) => step);
  if (plan.requests > 0) return `${pluralize(plan.windows, 'window')} to fetch`;
  if (plan.estimatedRequests > 0) return `about ${pluralize(plan.estimatedRequests, 'request')} to send`;
  return pending.length > 0 ? `${pending.join(', ')} to run` : 'partial, nothing to fetch';
}

function describeLack({ id, status, absences, reason }: PlannedTask): readonly string[] {
  if (status === 'blocked') return [`${id}: blocked: ${reason}`];
  return isLacking(absences) ? [`${id}: ${describeAbsences(absences)}`] : [];
}

function formatRuns(runs: readonly RecordedRun[], style: ApplyStyle): readonly string[] {
  const rows = runs.map((run): readonly TableCell[] => [
    { text: `  ${formatTimeSeconds(run.startedAt)}` },
    { text: run.pipeline.name },
    {
      text: run.status,
      style: (cell) => style(run.status === 'ok' ? 'good' : run.status === 'running' ? 'link' : 'bad', cell),
    },
    { text: formatCount(run.requests) },
    { text: formatCount(run.rows) },
    { text: run.durationMs === null ? '-' : humanizeDuration(run.durationMs) },
    { text: run.runId, style: (cell) => style('quiet', cell) },
  ]);
  const head = formatHead(['  run', 'pipeline', 'status', 'requests', 'rows', 'time', 'id'], style);
  return formatTable([head, ...rows], ['left', 'left', 'left', 'right', 'right', 'right', 'left'], 2);
}
