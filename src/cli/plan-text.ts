import { formatDuration } from '../core/duration.js';
import { isoInstant } from '../core/time.js';
import { countText, durationText, plural } from '../core/words.js';
import { isToDo } from '../plan/plan-own.js';
import type { Plan, PlannedOwn, PlannedTask } from '../plan/plan.js';
import { describeReason, summarizeReasons } from '../plan/reason.js';
import { columns } from '../report/columns.js';
import type { Cell } from '../report/columns.js';
import type { Paint } from '../report/paint.js';

/** The plan as a person reads it: a line a step, then what it costs. */
export function planText(plan: Plan, paint: Paint): string {
  const steps = [...new Set(plan.tasks.map((task) => task.step))];
  const head: Cell[] = ['  step', 'tasks', 'to fetch', 'requests', 'windows', 'why'].map((text) => ({
    text,
    paint: (own) => paint('quiet', own),
  }));
  const rows = steps.map((step) => stepRow(plan.tasks.filter((task) => task.step === step)).map((text) => ({ text })));
  return [
    `${paint('strong', plan.pipeline.name)}  ${paint('quiet', `${plan.pipeline.file}, planned for ${isoInstant(plan.now)}`)}`,
    '',
    ...columns(
      [head, ...rows, ...plan.own.map((own) => ownRow(own).map((text) => ({ text })))],
      ['left', 'right', 'right', 'right', 'right', 'left'],
    ),
    '',
    planTotals(plan, paint),
  ].join('\n');
}

function stepRow(tasks: readonly PlannedTask[]): readonly string[] {
  const open = tasks.filter((task) => task.status !== 'satisfied');
  const known = open.reduce((sum, task) => sum + task.requests.length, 0);
  const guessed = open.reduce((sum, task) => sum + task.estimatedRequests, 0);
  const windows = open.reduce((sum, task) => sum + task.gaps.length, 0);
  return [
    `  ${tasks[0]?.step ?? ''}`,
    String(tasks.length),
    String(open.length),
    guessed > 0 ? `~${String(known + guessed)}` : String(known),
    guessed > 0 && windows === 0 ? '?' : String(windows),
    why(tasks, open),
  ];
}

function ownRow(own: PlannedOwn): readonly string[] {
  return [`  ${own.step}`, '1', isToDo(own) ? '1' : '0', '-', '-', own.reason];
}

function why(tasks: readonly PlannedTask[], open: readonly PlannedTask[]): string {
  const gaps = open.flatMap((task) => task.gaps);
  const waiting = new Set(
    open.filter(({ status }) => status === 'deferred' || status === 'blocked').map(({ reason }) => reason),
  );
  const reasons = [...(gaps.length > 0 ? [summarizeReasons(gaps)] : []), ...[...waiting].slice(0, 2)];
  if (waiting.size > 2) reasons.push(`and ${String(waiting.size - 2)} more`);
  return reasons.length > 0 ? reasons.join('; ') : (tasks[0]?.reason ?? '');
}

function planTotals(plan: Plan, paint: Paint): string {
  const lines = plan.notes.map((note) => paint('warn', `note: ${note}`));
  if (plan.requests === 0 && plan.estimatedRequests === 0) {
    const blocked = plan.tasks.some((task) => task.status === 'blocked');
    lines.unshift(
      blocked
        ? paint('warn', 'Nothing can be fetched: what is wanted needs something that the lake does not hold.')
        : paint('good', 'Nothing to fetch: the lake answers everything this pipeline wants.'),
    );
  } else {
    const more =
      plan.estimatedRequests > 0
        ? `, about ${plural(plan.estimatedRequests, 'more', 'more')} once their inputs are known`
        : '';
    const takes = plan.estimated > 0 ? `; takes about ${durationText(plan.estimated)}` : '';
    for (const { provider, name, cost, limit, span } of plan.budgets) {
      const share = `${countText(cost)} at ${countText(limit)} in ${formatDuration(span)}`;
      lines.push(paint('quiet', `budget ${name} of ${provider}: ${share}`));
    }
    const total = paint('strong', plural(plan.requests, 'request'));
    lines.unshift(`${total} for ${plural(plan.windows, 'window')}${more}${takes}`);
  }
  const own = plan.own.filter(isToDo).map(({ step }) => step);
  if (own.length > 0) lines.push(`${plural(own.length, 'step')} of your own to do: ${own.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

/** Every task with its windows and the reason for each. */
export function explainText(plan: Plan, paint: Paint): string {
  const lines = plan.tasks.flatMap((task) => [
    `${paint('strong', task.id)}  ${taskWords(task)}${paint('quiet', task.reason)}`,
    ...task.gaps.map((gap) => {
      const isMoment = gap.window.end - gap.window.start === 1;
      const span = isMoment ? 'as of now' : `${isoInstant(gap.window.start)} to ${isoInstant(gap.window.end)}`;
      return `    ${span}  ${paint('quiet', describeReason(gap.reason))}`;
    }),
  ]);
  const own = plan.own.map(({ id, reason }) => `${paint('strong', id)}  ${paint('quiet', reason)}`);
  return [...lines, ...own, '', planTotals(plan, paint)].join('\n');
}

function taskWords(task: PlannedTask): string {
  if (task.status === 'satisfied' || task.status === 'blocked') return '';
  if (task.status === 'deferred') return `about ${plural(task.estimatedRequests, 'request')}  `;
  return `${plural(task.requests.length, 'request')}  `;
}
