import { countText, durationText, plural } from '../core/words.js';
import { columns } from '../report/columns.js';
import type { Cell } from '../report/columns.js';
import type { Paint } from '../report/paint.js';
import { taskWords } from '../report/words.js';
import { remaining } from './progress-state.js';
import type { ProgressState, StepProgress } from './progress-state.js';

/** What is left of a provider's budget at a moment. */
export interface BudgetLeft {
  readonly name: string;
  readonly left: number;
  readonly limit: number;
}

const widestBar = 24;
const narrowestBar = 4;

/** The lines that show a run while it goes on; none is wider than the screen, so that they can be drawn over. */
export function blockLines(
  state: ProgressState,
  paint: Paint,
  now: number,
  budgets: readonly BudgetLeft[],
  width: number,
): readonly string[] {
  const steps = [...state.steps.values()];
  if (steps.length === 0) return [];
  const room = width - 1;
  const without = Math.max(
    ...columns(
      steps.map((step) => cells(step, 0, undefined)),
      alignment,
      2,
    ).map((line) => line.length),
  );
  const bar = Math.min(widestBar, room - without);
  const rows =
    bar >= narrowestBar
      ? columns(
          steps.map((step) => cells(step, bar, paint)),
          alignment,
          2,
        )
      : columns(
          steps.map((step) => cells(step, 0, undefined)),
          alignment,
          2,
        ).map((line) => line.slice(0, room));
  return [...rows, ...factLines(state, now, budgets, room).map((line) => paint('quiet', line))];
}

const alignment = ['left', 'left', 'right', 'right', 'left'] as const;

function cells(step: StepProgress, bar: number, paint: Paint | undefined): readonly Cell[] {
  const { ok: _ok, satisfied: _satisfied, ...notWell } = step.counts;
  const words = taskWords({ ok: 0, satisfied: 0, ...notWell, open: 0 });
  const full = step.tasks === 0 ? bar : Math.floor((step.ended / step.tasks) * bar);
  const line: readonly Cell[] = [
    { text: `  ${step.step}` },
    { text: '━'.repeat(full) + '╌'.repeat(bar - full), ...tinted(paint, words.length > 0 ? 'warn' : 'good') },
    { text: `${countText(step.ended)}/${countText(step.tasks)}` },
    { text: plural(step.rows, 'row') },
    { text: words.map(({ text }) => text).join(', '), ...tinted(paint, 'bad') },
  ];
  return line;
}

function tinted(paint: Paint | undefined, tone: Parameters<Paint>[0]): Pick<Cell, 'paint'> {
  return paint === undefined ? {} : { paint: (text) => paint(tone, text) };
}

/** What is worth knowing beside the steps, as many to a line as there is room for. */
function factLines(state: ProgressState, now: number, budgets: readonly BudgetLeft[], room: number): readonly string[] {
  const left = remaining(state, now);
  const facts = [
    plural(state.answered, 'answer'),
    ...(left === null || left <= 0 ? [] : [`about ${durationText(left)} to go`]),
    ...budgets.map((budget) => `${budget.name}: ${countText(budget.left)} of ${countText(budget.limit)} left`),
  ];
  const lines: string[] = [];
  for (const fact of facts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + fact.length <= room) lines[lines.length - 1] = `${last} · ${fact}`;
    else lines.push(`  ${fact}`.slice(0, room));
  }
  return lines;
}
