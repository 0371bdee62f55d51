import { html } from '../../platform/html.js';
import type { Html } from '../../platform/html.js';
import { formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { taskStatuses } from './descriptions.js';
import type { RunReport, StepReport, TaskCounts } from './report.js';

/** The minimum width in percent, so that one failure among ten thousand tasks is visible. */
const minShare = 1.5;

/** The statuses of a step's tasks as one bar. */
export function renderTaskBar(counts: TaskCounts): Html {
  const all = taskStatuses.reduce((sum, { status }) => sum + counts[status], 0);
  const shares = taskStatuses
    .filter(({ status }) => counts[status] > 0)
    .map(({ status, color, label }) => ({
      color,
      label,
      count: counts[status],
      share: Math.max(minShare, (100 * counts[status]) / all),
    }));
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  let offset = 0;
  const bars = shares.map(({ color, label, count, share }) => {
    const start = offset;
    offset += (100 * share) / total;
    return html`<rect
      class="fill-${color}"
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
    aria-label="Tasks by status"
    style="margin:0.45rem 0 0.3rem;border-radius:4px"
  >
    <rect class="fill-faint" width="100" height="8" />
    ${bars}
  </svg>`;
}

/** The legend of the task bars. */
export function renderTaskLegend(counts: TaskCounts): Html {
  return html`<p class="key" style="margin-top:0.6rem">
    ${taskStatuses
      .filter(({ status }) => counts[status] > 0)
      .map(
        ({ status, label, color }) => html`<span class="dot-${color}">${formatCount(counts[status])} ${label}</span>`,
      )}
  </p>`;
}

/** Renders the time during which each step was active. */
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
  const color = getStepColor(step);
  const bar =
    span === null
      ? null
      : html`<rect
          class="fill-${color}"
          x="${formatCoordinate(Math.min(from, 100 - width))}"
          y="0"
          width="${formatCoordinate(width)}"
          height="14"
        />`;
  const length = span === null ? 'not started' : humanizeDuration(span.end - span.start);
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

/** Red if nothing succeeded, yellow if something did not: requests that all failed are no success. */
function getStepColor({ tasks, requests }: StepReport): 'bad' | 'warn' | 'calm' | 'good' {
  const succeeded = tasks.ok + tasks['up-to-date'] + tasks.partial;
  const isIncomplete = tasks.failed + tasks.skipped + tasks.cancelled + tasks.partial > 0;
  if (tasks.failed > 0 && succeeded === 0) return 'bad';
  if (isIncomplete) return 'warn';
  return requests === 0 ? 'calm' : 'good';
}

/** The number of responses over time. */
export function renderActivityChart(report: RunReport): Html {
  const { responses, bucketMs } = report.activity;
  const maxResponses = Math.max(0, ...responses);
  if (maxResponses === 0 || responses.length < 3) return { markup: '' };
  const totalDuration = Math.max(1, report.endedAt - report.startedAt);
  const step = (100 * bucketMs) / totalDuration;
  const bars = responses.map((count, index) => {
    const height = count === 0 ? 0 : Math.max(1, (36 * count) / maxResponses);
    return html`<rect
      class="fill-link"
      x="${formatCoordinate(index * step)}"
      y="${formatCoordinate(36 - height)}"
      width="${formatCoordinate(Math.min(step * 0.86, Math.max(0, 100 - index * step)))}"
      height="${formatCoordinate(height)}"
    />`;
  });
  return html`<div class="lane" style="margin-top:0.6rem">
    <span class="name quiet small">responses</span
    ><svg viewBox="0 0 100 36" height="36" preserveAspectRatio="none" role="img" aria-label="Responses over time">
      ${bars}</svg
    ><span class="length">≤ ${formatCount(maxResponses)} in ${humanizeDuration(bucketMs)}</span>
  </div>`;
}

/** Rounds to two decimals, which keeps the page small. */
function formatCoordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}
