import { formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { formatTable } from '../../platform/table.js';
import type { TableCell } from '../../platform/table.js';
import type { ApplyStyle } from '../../platform/style.js';
import { describeTasks } from '../../outputs/report/descriptions.js';
import type { BudgetRemaining } from '../../app/providers/run-providers.js';
import { estimateRemaining } from '../../outputs/progress-state.js';
import type { ProgressState, StepProgressState } from '../../outputs/progress-state.js';

const maxBarWidth = 24;
const minBarWidth = 4;

/** Renders a run in progress. No line is wider than the screen, so that the block can be drawn over. */
export function renderBlock(
  state: ProgressState,
  style: ApplyStyle,
  now: number,
  budgets: readonly BudgetRemaining[],
  width: number,
): readonly string[] {
  const steps = [...state.steps.values()];
  if (steps.length === 0) return [];
  const availableWidth = width - 1;
  const widthWithoutBar = Math.max(
    ...formatTable(
      steps.map((step) => toCells(step, 0, undefined)),
      alignment,
      2,
    ).map((line) => line.length),
  );
  const bar = Math.min(maxBarWidth, availableWidth - widthWithoutBar);
  const rows =
    bar >= minBarWidth
      ? formatTable(
          steps.map((step) => toCells(step, bar, style)),
          alignment,
          2,
        )
      : formatTable(
          steps.map((step) => toCells(step, 0, undefined)),
          alignment,
          2,
        ).map((line) => line.slice(0, availableWidth));
  return [...rows, ...renderFacts(state, now, budgets, availableWidth).map((line) => style('quiet', line))];
}

const alignment = ['left', 'left', 'right', 'right', 'left'] as const;

function toCells(step: StepProgressState, bar: number, style: ApplyStyle | undefined): readonly TableCell[] {
  const { ok: _ok, 'up-to-date': _upToDate, ...problemCounts } = step.counts;
  const problems = describeTasks({ ok: 0, 'up-to-date': 0, ...problemCounts, open: 0 });
  const full = step.tasks === 0 ? bar : Math.floor((step.ended / step.tasks) * bar);
  return [
    { text: `  ${step.step}` },
    { text: '━'.repeat(full) + '╌'.repeat(bar - full), ...withStyle(style, problems.length > 0 ? 'warn' : 'good') },
    { text: `${formatCount(step.ended)}/${formatCount(step.tasks)}` },
    { text: pluralize(step.rows, 'row') },
    { text: problems.map(({ text }) => text).join(', '), ...withStyle(style, 'bad') },
  ];
}

function withStyle(style: ApplyStyle | undefined, tone: Parameters<ApplyStyle>[0]): Pick<TableCell, 'style'> {
  return style === undefined ? {} : { style: (text) => style(tone, text) };
}

/** Renders the facts below the steps, as many to a line as fit. */
function renderFacts(
  state: ProgressState,
  now: number,
  budgets: readonly BudgetRemaining[],
  availableWidth: number,
): readonly string[] {
  const left = estimateRemaining(state, now);
  const facts = [
    pluralize(state.completed, 'response'),
    ...(left === null || left <= 0 ? [] : [`about ${humanizeDuration(left)} left`]),
    ...budgets.map((budget) => `${budget.name}: ${formatCount(budget.left)} of ${formatCount(budget.limit)} left`),
  ];
  const lines: string[] = [];
  for (const fact of facts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + fact.length <= availableWidth)
      lines[lines.length - 1] = `${last} · ${fact}`;
    else lines.push(`  ${fact}`.slice(0, availableWidth));
  }
  return lines;
}
