import { plural, durationText } from '../core/words.js';
import { isoInstant } from '../core/time.js';
import type { Plan, PlannedTask } from '../plan/plan.js';
import { describeReason, summarizeReasons } from '../plan/reason.js';
import type { Paint } from './paint.js';
import { textTable } from './table.js';

/** The plan as a person reads it: a line a step, then what it costs. */
export function planText(plan: Plan, paint: Paint): string {
  const lines = [`${paint.bold(plan.pipeline.name)}  ${paint.dim(`${plan.pipeline.file}, planned for ${isoInstant(plan.now)}`)}`, ''];
  const steps = [...new Set(plan.tasks.map((task) => task.step))];
  const rows = steps.map((step) => stepRow(plan.tasks.filter((task) => task.step === step)));
  const columns = [
    { title: 'step', align: 'left' },
    { title: 'tasks', align: 'right' },
    { title: 'to fetch', align: 'right' },
    { title: 'requests', align: 'right' },
    { title: 'windows', align: 'right' },
    { title: 'why', align: 'left' },
  ] as const;
  return `${lines.join('\n')}\n${textTable(columns, rows, paint.dim)}\n${planTotals(plan, paint)}`;
}

function stepRow(tasks: readonly PlannedTask[]): readonly string[] {
  const open = tasks.filter((task) => task.status !== 'satisfied');
  const known = open.reduce((sum, task) => sum + task.requests.length, 0);
  const guessed = open.reduce((sum, task) => sum + task.estimatedRequests, 0);
  const windows = open.reduce((sum, task) => sum + task.gaps.length, 0);
  const requests = guessed > 0 ? `~${String(known + guessed)}` : String(known);
  return [tasks[0]?.step ?? '', String(tasks.length), String(open.length), requests, guessed > 0 && windows === 0 ? '?' : String(windows), why(tasks, open)];
}

function why(tasks: readonly PlannedTask[], open: readonly PlannedTask[]): string {
  const waiting = [...new Set(open.filter((task) => task.status === 'deferred' || task.status === 'blocked').map((task) => task.reason))];
  const gaps = open.flatMap((task) => task.gaps);
  const reasons = [...(gaps.length > 0 ? [summarizeReasons(gaps)] : []), ...waiting.slice(0, 2)];
  if (waiting.length > 2) reasons.push(`and ${String(waiting.length - 2)} more`);
  return reasons.length > 0 ? reasons.join('; ') : (tasks[0]?.reason ?? '');
}

function planTotals(plan: Plan, paint: Paint): string {
  const lines: string[] = [];
  if (plan.requests === 0 && plan.estimatedRequests === 0) lines.push(paint.green('Nothing to fetch: the lake answers everything this pipeline wants.'));
  else {
    const more = plan.estimatedRequests > 0 ? `, about ${String(plan.estimatedRequests)} more once their inputs are known` : '';
    lines.push(`${paint.bold(plural(plan.requests, 'request'))} for ${plural(plan.windows, 'window')}${more}; takes about ${durationText(plan.estimated)}`);
  }
  for (const note of plan.notes) lines.push(paint.yellow(`note: ${note}`));
  return `${lines.join('\n')}\n`;
}

/** Every task with its windows and the reason for each. */
export function explainText(plan: Plan, paint: Paint): string {
  const lines: string[] = [];
  for (const task of plan.tasks) {
    const requests = task.status === 'deferred' ? `about ${plural(task.estimatedRequests, 'request')}` : plural(task.requests.length, 'request');
    lines.push(`${paint.bold(task.id)}  ${task.status === 'satisfied' ? paint.dim(task.reason) : `${requests}  ${paint.dim(task.reason)}`}`);
    for (const gap of task.gaps) {
      const isMoment = gap.window.end - gap.window.start === 1;
      const span = isMoment ? 'now' : `${isoInstant(gap.window.start)} – ${isoInstant(gap.window.end)}`;
      lines.push(`    ${span}  ${paint.dim(describeReason(gap.reason))}`);
    }
  }
  return `${lines.join('\n')}\n\n${planTotals(plan, paint)}`;
}
