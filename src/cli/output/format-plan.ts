import { formatDuration } from '../../core/time/duration.js';
import { formatInstant } from '../../core/time/time.js';
import { formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { needsRun } from '../../plan/tasks/plan-custom-steps.js';
import type { Plan, PlannedCustomStep, PlannedTask } from '../../plan/plan.js';
import { describeReason, summarizeReasons } from '../../plan/describe-reason.js';
import { formatTable } from '../../platform/table.js';
import type { TableCell } from '../../platform/table.js';
import type { ApplyStyle } from '../../platform/style.js';

/** The plan as a person reads it: a line a step, then what it costs. */
export function formatPlan(plan: Plan, style: ApplyStyle): string {
  const steps = [...new Set(plan.tasks.map((task) => task.step))];
  const head: TableCell[] = ['  step', 'tasks', 'to fetch', 'requests', 'windows', 'why'].map((text) => ({
    text,
    paint: (own) => style('quiet', own),
  }));
  const rows = steps.map((step) =>
    toStepRow(plan.tasks.filter((task) => task.step === step)).map((text) => ({ text })),
  );
  return [
    `${style('strong', plan.pipeline.name)}  ${style('quiet', `${plan.pipeline.file}, planned for ${formatInstant(plan.now)}`)}`,
    '',
    ...formatTable(
      [head, ...rows, ...plan.customSteps.map((own) => toCustomStepRow(own).map((text) => ({ text })))],
      ['left', 'right', 'right', 'right', 'right', 'left'],
    ),
    '',
    formatTotals(plan, style),
  ].join('\n');
}

function toStepRow(tasks: readonly PlannedTask[]): readonly string[] {
  const open = tasks.filter((task) => task.status !== 'up-to-date');
  const known = open.reduce((sum, task) => sum + task.requests.length, 0);
  const estimatedCount = open.reduce((sum, task) => sum + task.estimatedRequests, 0);
  const windows = open.reduce((sum, task) => sum + task.gaps.length, 0);
  return [
    `  ${tasks[0]?.step ?? ''}`,
    String(tasks.length),
    String(open.length),
    estimatedCount > 0 ? `~${String(known + estimatedCount)}` : String(known),
    estimatedCount > 0 && windows === 0 ? '?' : String(windows),
    describeWork(tasks, open),
  ];
}

function toCustomStepRow(own: PlannedCustomStep): readonly string[] {
  return [`  ${own.step}`, '1', needsRun(own) ? '1' : '0', '-', '-', own.reason];
}

function describeWork(tasks: readonly PlannedTask[], open: readonly PlannedTask[]): string {
  const gaps = open.flatMap((task) => task.gaps);
  const pendingReasons = new Set(
    open.filter(({ status }) => status === 'deferred' || status === 'blocked').map(({ reason }) => reason),
  );
  const reasons = [...(gaps.length > 0 ? [summarizeReasons(gaps)] : []), ...[...pendingReasons].slice(0, 2)];
  if (pendingReasons.size > 2) reasons.push(`and ${String(pendingReasons.size - 2)} more`);
  return reasons.length > 0 ? reasons.join('; ') : (tasks[0]?.reason ?? '');
}

function formatTotals(plan: Plan, style: ApplyStyle): string {
  const lines = plan.notes.map((note) => style('warn', `note: ${note}`));
  if (plan.requests === 0 && plan.estimatedRequests === 0) {
    const blocked = plan.tasks.some((task) => task.status === 'blocked');
    lines.unshift(
      blocked
        ? style('warn', 'Nothing can be fetched: what is wanted needs something that the lake does not hold.')
        : style('good', 'Nothing to fetch: the lake answers everything this pipeline wants.'),
    );
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
  const own = plan.customSteps.filter(needsRun).map(({ step }) => step);
  if (own.length > 0) lines.push(`${pluralize(own.length, 'step')} of your own to do: ${own.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

/** Every task with its windows and the reason for each. */
export function formatPlanExplanation(plan: Plan, style: ApplyStyle): string {
  const lines = plan.tasks.flatMap((task) => [
    `${style('strong', task.id)}  ${formatTaskRequests(task)}${style('quiet', task.reason)}`,
    ...task.gaps.map((gap) => {
      const isMoment = gap.window.end - gap.window.start === 1;
      const span = isMoment ? 'as of now' : `${formatInstant(gap.window.start)} to ${formatInstant(gap.window.end)}`;
      return `    ${span}  ${style('quiet', describeReason(gap.reason))}`;
    }),
  ]);
  const own = plan.customSteps.map(({ id, reason }) => `${style('strong', id)}  ${style('quiet', reason)}`);
  return [...lines, ...own, '', formatTotals(plan, style)].join('\n');
}

function formatTaskRequests(task: PlannedTask): string {
  if (task.status === 'up-to-date' || task.status === 'blocked') return '';
  if (task.status === 'deferred') return `about ${pluralize(task.estimatedRequests, 'request')}  `;
  return `${pluralize(task.requests.length, 'request')}  `;
}
