import { html } from '../core/html.js';
import type { Html } from '../core/html.js';
import { countText, durationText, plural } from '../core/words.js';
import type { RunReport, StepReport, TaskCounts } from './report.js';

/** The statuses as they are stacked in a bar, with the colour of each. */
const stack: readonly { readonly status: keyof TaskCounts; readonly word: string; readonly colour: string }[] = [
  { status: 'ok', word: 'done', colour: 'good' },
  { status: 'satisfied', word: 'up to date', colour: 'calm' },
  { status: 'partial', word: 'in part', colour: 'warn' },
  { status: 'interrupted', word: 'interrupted', colour: 'warn' },
  { status: 'skipped', word: 'skipped', colour: 'skip' },
  { status: 'failed', word: 'failed', colour: 'bad' },
  { status: 'open', word: 'not begun', colour: 'faint' },
];

/** Wide enough to be seen, whatever its share. */
const leastShare = 1.5;

/** How the tasks of a step ended, as one bar; even one failure in ten thousand shows. */
export function taskBar(counts: TaskCounts): Html {
  const all = stack.reduce((sum, { status }) => sum + counts[status], 0);
  const shares = stack
    .filter(({ status }) => counts[status] > 0)
    .map(({ status, colour, word }) => ({
      colour,
      word,
      count: counts[status],
      share: Math.max(leastShare, (100 * counts[status]) / all),
    }));
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  let at = 0;
  const bars = shares.map(({ colour, word, count, share }) => {
    const start = at;
    at += (100 * share) / total;
    return html`<rect
      class="fill-${colour}"
      x="${figure(start)}"
      y="0"
      width="${figure((100 * share) / total)}"
      height="8"
      ><title>${plural(count, 'task')} ${word}</title></rect
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
export function taskKey(counts: TaskCounts): Html {
  return html`<p class="key" style="margin-top:0.6rem">
    ${stack
      .filter(({ status }) => counts[status] > 0)
      .map(({ status, word, colour }) => html`<span class="dot-${colour}">${countText(counts[status])} ${word}</span>`)}
  </p>`;
}

/** When each step was at work, from the start of the run to its end. */
export function timeline(report: RunReport): Html {
  const whole = Math.max(1, report.endedAt - report.startedAt);
  return html`${report.steps.map((step) => lane(step, report.startedAt, whole))}
    <div class="lane">
      <span></span>
      <div class="axis"><span>0s</span><span>${durationText(whole)}</span></div>
      <span></span>
    </div>`;
}

function lane(step: StepReport, start: number, whole: number): Html {
  const { span } = step;
  const from = span === null ? 0 : (100 * (span.start - start)) / whole;
  const width = span === null ? 0 : Math.max(0.6, (100 * (span.end - span.start)) / whole);
  const colour = step.requests > 0 || step.tasks.failed === 0 ? (step.requests === 0 ? 'calm' : 'good') : 'bad';
  const bar =
    span === null
      ? null
      : html`<rect
          class="fill-${colour}"
          x="${figure(Math.min(from, 100 - width))}"
          y="0"
          width="${figure(width)}"
          height="14"
        />`;
  const length = span === null ? 'not begun' : durationText(span.end - span.start);
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
export function activityChart(report: RunReport): Html {
  const { answers, width } = report.activity;
  const most = Math.max(0, ...answers);
  if (most === 0 || answers.length < 3) return { markup: '' };
  const whole = Math.max(1, report.endedAt - report.startedAt);
  const step = (100 * width) / whole;
  const bars = answers.map((count, index) => {
    const height = count === 0 ? 0 : Math.max(1, (36 * count) / most);
    return html`<rect
      class="fill-link"
      x="${figure(index * step)}"
      y="${figure(36 - height)}"
      width="${figure(Math.min(step * 0.86, Math.max(0, 100 - index * step)))}"
      height="${figure(height)}"
    />`;
  });
  return html`<div class="lane" style="margin-top:0.6rem">
    <span class="name quiet small">answers</span
    ><svg viewBox="0 0 100 36" height="36" preserveAspectRatio="none" role="img" aria-label="Answers over time">
      ${bars}</svg
    ><span class="length">≤ ${countText(most)} in ${durationText(width)}</span>
  </div>`;
}

/** Short enough to read in the source, exact enough to draw. */
function figure(value: number): string {
  return String(Math.round(value * 100) / 100);
}
