import { countAbsenceGroup, describeAbsenceGroup, describeAbsences } from '../../core/describe-absences.js';
import type { AbsenceGroup } from '../../core/describe-absences.js';
import { formatDuration } from '../../core/time/duration.js';
import { formatTime, formatZonedWindow } from '../../core/time/zoned-time.js';
import { getCalendarOrExit } from '../../app/get-calendar.js';
import { escapeLine } from '../../platform/text/escape.js';
import { formatBytes, formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { needsRun } from '../../plan/tasks/plan-custom-steps.js';
import { getEstimatedRequests, listGaps, listRequests } from '../../plan/plan.js';
import type { Plan, PlannedCustomStep, PlannedTask } from '../../plan/plan.js';
import { listLacking, wantsNoSession } from '../../plan/lacking.js';
import { describeReason, summarizeReasons } from '../../plan/describe-reason.js';
import { formatTable } from '../../platform/table.js';
import type { TableCell } from '../../platform/table.js';
import type { ApplyStyle } from '../../platform/style.js';

/** Formats a plan: one line per step, then the cost. */
export function formatPlan(plan: Plan, style: ApplyStyle): string {
  const steps = [...new Set(plan.tasks.map((task) => task.step))];
  const head: TableCell[] = ['  step', 'tasks', 'to fetch', 'requests', 'windows', 'why'].map((text) => ({
    text,
    style: (cell) => style('quiet', cell),
  }));
  const rows = steps.map((step) =>
    toStepRow(plan.tasks.filter((task) => task.step === step)).map((text) => ({ text })),
  );
  return [
    `${style('strong', plan.pipeline.name)}  ${style('quiet', `${plan.pipeline.file}, planned for ${formatTime(plan.now)}`)}`,
    '',
    ...formatTable(
      [head, ...rows, ...plan.customSteps.map((step) => toCustomStepRow(step).map((text) => ({ text })))],
      ['left', 'right', 'right', 'right', 'right', 'left'],
    ),
    '',
    formatTotals(plan, style),
  ].join('\n');
}

function toStepRow(tasks: readonly PlannedTask[]): readonly string[] {
  const open = tasks.filter((task) => task.status === 'ready' || task.status === 'deferred');
  const known = open.reduce((sum, task) => sum + listRequests(task).length, 0);
  const estimatedCount = open.reduce((sum, task) => sum + getEstimatedRequests(task), 0);
  const windows = open.reduce((sum, task) => sum + listGaps(task).length, 0);
  return [
    `  ${tasks[0]?.step ?? ''}`,
    String(tasks.length),
    String(open.length),
    estimatedCount > 0 ? `~${String(known + estimatedCount)}` : String(known),
    estimatedCount > 0 && windows === 0 ? '?' : String(windows),
    describeWork(tasks, open),
  ];
}

function toCustomStepRow(planned: PlannedCustomStep): readonly string[] {
  return [`  ${planned.step}`, '1', needsRun(planned) ? '1' : '0', '-', '-', planned.reason];
}

function describeWork(tasks: readonly PlannedTask[], open: readonly PlannedTask[]): string {
  const gaps = open.flatMap(listGaps);
  const pendingReasons = new Set(
    tasks.filter(({ status }) => status === 'deferred' || status === 'blocked').map(({ reason }) => reason),
  );
  const lacking = listLacking(tasks).filter(({ kind }) => kind !== 'blocked');
  const reasons = [
    ...(gaps.length > 0 ? [summarizeReasons(gaps)] : []),
    ...lacking.map(countAbsenceGroup),
    ...[...pendingReasons].slice(0, 2),
  ];
  if (pendingReasons.size > 2) reasons.push(`and ${String(pendingReasons.size - 2)} more`);
  return reasons.length > 0 ? reasons.join('; ') : (tasks[0]?.reason ?? '');
}

function formatTotals(plan: Plan, style: ApplyStyle): string {
  const groups = listLacking(plan.tasks);
  const lines = [
    ...groups.map((group) => style(group.isAccepted ? 'quiet' : 'warn', describeAbsenceGroup(group))),
    ...plan.notes.map((note) => style('warn', `note: ${note}`)),
  ];
  if (plan.requests === 0 && plan.estimatedRequests === 0) {
    lines.unshift(describeIdlePlan(plan, groups, style));
  } else {
    const more =
      plan.estimatedRequests > 0
        ? `, about ${pluralize(plan.estimatedRequests, 'more', 'more')} once their inputs are known`
        : '';
    const takes = plan.estimatedMs > 0 ? `; takes about ${humanizeDuration(plan.estimatedMs)}` : '';
    for (const { provider, name, cost, limit, span } of plan.budgets) {
      const share = `${formatCount(cost)} at ${formatCount(limit)} in ${formatDuration(span)}`;
      lines.push(style('quiet', `budget ${name} of ${provider}: ${share}`));
    }
    const total = style('strong', pluralize(plan.requests, 'request'));
    lines.unshift(`${total} for ${pluralize(plan.windows, 'window')}${more}${takes}`);
  }
  const pending = plan.customSteps.filter(needsRun).map(({ step }) => step);
  if (pending.length > 0) lines.push(`${pluralize(pending.length, 'custom step')} to run: ${pending.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

/** Says why a plan without requests has none: only a complete lake is up to date. */
function describeIdlePlan(plan: Plan, groups: readonly AbsenceGroup[], style: ApplyStyle): string {
  const lacking = groups.filter(({ isAccepted }) => !isAccepted);
  if (lacking.length > 0 && lacking.every(({ kind }) => kind === 'blocked'))
    return style('warn', 'Nothing can be fetched: the inputs of the remaining tasks are not in the lake.');
  if (lacking.length > 0) return style('warn', 'Nothing to fetch, but the lake lacks what the pipeline wants:');
  if (plan.customSteps.some(({ hasRejected }) => hasRejected === true))
    return style('warn', 'Nothing to fetch, but lines of imported files are rejected.');
  if (plan.customSteps.some(needsRun)) return 'Nothing to fetch, but a run has custom steps to do:';
  return wantsNoSession(plan)
    ? style('warn', 'Nothing to fetch: there is no finished session in the requested range.')
    : style('good', 'Nothing to fetch: the lake is up to date for this pipeline.');
}

/** Formats every task with its windows and the reason for each. */
export function formatPlanExplanation(plan: Plan, style: ApplyStyle): string {
  const lines = plan.tasks.flatMap((task) => [
    `${style('strong', task.id)}  ${formatTaskRequests(task)}${style('quiet', task.reason)}`,
    ...(task.status === 'up-to-date' || task.absences.length === 0
      ? []
      : [`    ${style('warn', describeAbsences(task.absences))}`]),
    ...listGaps(task).map((gap) => {
      const isPoint = gap.window.end - gap.window.start === 1;
      const span = isPoint ? 'as of now' : formatZonedWindow(gap.window, getExchangeZone(task));
      return `    ${span}  ${style('quiet', describeReason(gap.reason))}`;
    }),
  ]);
  const customLines = plan.customSteps.flatMap(({ id, reason, files = [] }) => [
    `${style('strong', id)}  ${style('quiet', reason)}`,
    ...files.map(
      ({ path, bytes, reason: why }) => `    ${escapeLine(path)}  ${formatBytes(bytes)}  ${style('quiet', why)}`,
    ),
  ]);
  return [...lines, ...customLines, '', formatTotals(plan, style)].join('\n');
}

/** The zone of the exchange whose sessions a task fetches. */
function getExchangeZone(task: PlannedTask): string {
  const [request] = listRequests(task);
  return request === undefined ? 'UTC' : getCalendarOrExit(request.series.instrument.calendar).timeZone;
}

function formatTaskRequests(task: PlannedTask): string {
  switch (task.status) {
    case 'ready':
      return `${pluralize(task.requests.length, 'request')}  `;
    case 'deferred':
      return `about ${pluralize(task.estimatedRequests, 'request')}  `;
    case 'up-to-date':
    case 'blocked':
      return '';
  }
}
