import { html } from '../../platform/html.js';
import type { Html } from '../../platform/html.js';
import { formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import type { RunReport, StepReport, TaskCounts } from './report.js';

/** The statuses as they are stacked in a bar, with the colour of each. */
const statusSegments: readonly {
  readonly status: keyof TaskCounts;
  readonly label: string;
  readonly colour: string;
}[] = [
  { status: 'ok', label: 'done', colour: 'good' },
  { status: 'up-to-date', label: 'up to date', colour: 'calm' },
  { status: 'partial', label: 'in part', colour: 'warn' },
  { status: 'interrupted', label: 'interrupted', colour: 'warn' },
  { status: 'skipped', label: 'skipped', colour: 'skip' },
  { status: 'failed', label: 'failed', colour: 'bad' },
  { status: 'open', label: 'not begun', colour: 'faint' },
];

/** Wide enough to be seen, whatever its share. */
const minShare = 1.5;

/** How the tasks of a step ended, as one bar; even one failure in ten thousand shows. */
export function renderTaskBar(counts: TaskCounts): Html {
  const all = statusSegments.reduce((sum, { status }) => sum + counts[status], 0);
  const shares = statusSegments
    .filter(({ status }) => counts[status] > 0)
    .map(({ status, colour, label }) => ({
      colour,
      word: label,
      count: counts[status],
      share: Math.max(minShare, (100 * counts[status]) / all),
    }));
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  let offset = 0;
  const bars = shares.map(({ colour, word: label, count, share }) => {
    const start = offset;
    offset += (100 * share) / total;
    return html`<rect
      class="fill-${colour}"
      x="${formatCoordinate(start)}"
      y="0"
      width="${formatCoordinate((100 * share) / total)}"
      height="8"
      ><title>${pluralize(count, 'task')} ${label}</title></rect
    >`;
  });
  return html`<svg
    viewBox="0 0 100 8"
    height="8"
    preserveAspectRatio="none"
    role="img"
    aria-label="Tasks by ending"
    style="margin:0.45rem 0 0.3rem;border-radius:4px"
  >
    <rect class="fill-faint" width="100" height="8" />
    ${bars}
  </svg>`;
}

/** What the colours of the bars mean, for those that occur. */
export function renderTaskLegend(counts: TaskCounts): Html {
  return html`<p class="key" style="margin-top:0.6rem">
    ${statusSegments
      .filter(({ status }) => counts[status] > 0)
      .map(
        ({ status, label, colour }) => html`<span class="dot-${colour}">${formatCount(counts[status])} ${label}</span>`,
      )}
  </p>`;
}

/** When each step was at work, from the start of the run to its end. */
export function renderTimeline(report: RunReport): Html {
  const totalDuration = Math.max(1, report.endedAt - report.startedAt);
  return html`${report.steps.map((step) => renderStepLane(step, report.startedAt, totalDuration))}
    <div class="lane">
      <span></span>
      <div class="axis"><span>0s</span><span>${humanizeDuration(totalDuration)}</span></div>
      <span></span>
    </div>`;
}

function renderStepLane(step: StepReport, start: number, totalDuration: number): Html {
  const { span } = step;
  const from = span === null ? 0 : (100 * (span.start - start)) / totalDuration;
  const width = span === null ? 0 : Math.max(0.6, (100 * (span.end - span.start)) / totalDuration);
  const colour = step.requests > 0 || step.tasks.failed === 0 ? (step.requests === 0 ? 'calm' : 'good') : 'bad';
  const bar =
    span === null
      ? null
      : html`<rect
          class="fill-${colour}"
          x="${formatCoordinate(Math.min(from, 100 - width))}"
          y="0"
          width="${formatCoordinate(width)}"
          height="14"
        />`;
  const length = span === null ? 'not begun' : humanizeDuration(span.end - span.start);
  return html`<div class="lane">
    <span class="name">${step.step}</span
    ><svg
      viewBox="0 0 100 14"
      height="14"
      preserveAspectRatio="none"
      role="img"
      aria-label="${step.step}: ${length}"
      style="border-radius:4px"
    >
      <rect class="fill-faint" width="100" height="14" />
      ${bar}</svg
    ><span class="length">${length}</span>
  </div> `;
}

/** How many answers came in over time. */
export function renderActivityChart(report: RunReport): Html {
  const { answers, bucketMs } = report.activity;
  const maxAnswers = Math.max(0, ...answers);
  if (maxAnswers === 0 || answers.length < 3) return { markup: '' };
  const totalDuration = Math.max(1, report.endedAt - report.startedAt);
  const step = (100 * bucketMs) / totalDuration;
  const bars = answers.map((count, index) => {
    const height = count === 0 ? 0 : Math.max(1, (36 * count) / maxAnswers);
    return html`<rect
      class="fill-link"
      x="${formatCoordinate(index * step)}"
      y="${formatCoordinate(36 - height)}"
      width="${formatCoordinate(Math.min(step * 0.86, Math.max(0, 100 - index * step)))}"
      height="${formatCoordinate(height)}"
    />`;
  });
  return html`<div class="lane" style="margin-top:0.6rem">
    <span class="name quiet small">answers</span
    ><svg viewBox="0 0 100 36" height="36" preserveAspectRatio="none" role="img" aria-label="Answers over time">
      ${bars}</svg
    ><span class="length">≤ ${formatCount(maxAnswers)} in ${humanizeDuration(bucketMs)}</span>
  </div>`;
}

/** Short enough to read in the source, exact enough to draw. */
function formatCoordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}
