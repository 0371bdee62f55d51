import { describeBreaker } from '../../core/describe-breaker.js';
import type { RunEvent } from '../../core/events.js';
import { formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import type { ApplyStyle } from '../../platform/style.js';
import { describeTasks } from '../../outputs/report/descriptions.js';
import type { ProgressState } from './progress-state.js';
import { formatWindow } from './format-window.js';

/** The line an event is worth; null for most. `state` has taken the event already. */
export function formatEvent(event: RunEvent, state: ProgressState, style: ApplyStyle, verbose: boolean): string | null {
  switch (event.type) {
    case 'recovered':
      return event.results === 0
        ? null
        : `recovered ${pluralize(event.results, 'answer')} with ${pluralize(event.rows, 'row')} that ${pluralize(event.runs.length, 'interrupted run')} had received`;
    case 'corruption-detected':
      return style(
        'warn',
        `${event.dataset}: ${event.path} is damaged (${event.problem}); its windows are asked for again`,
      );
    case 'planned': {
      const more = event.estimatedRequests > 0 ? ` and about ${formatCount(event.estimatedRequests)} more` : '';
      return event.requests === 0
        ? null
        : `${pluralize(event.requests, 'request')}${more} to make${event.estimatedMs > 0 ? `, about ${humanizeDuration(event.estimatedMs)}` : ''}`;
    }
    case 'warning':
      return style('warn', event.message);
    case 'breaker-changed':
      return event.state === 'half-open' ? null : style('warn', describeBreaker(event));
    case 'request-retried':
      return verbose ? `${event.task}: ${event.message}; again in ${humanizeDuration(event.delay)}` : null;
    case 'request-sent':
      return verbose
        ? `${event.task}: asking ${event.provider} for ${event.series}${event.window === null ? '' : ` ${formatWindow(event.window)}`}`
        : null;
    case 'committed':
      return verbose
        ? `${event.dataset}: committed version ${String(event.version)} with ${pluralize(event.rows, 'row')}`
        : null;
    case 'replaced':
      return verbose
        ? `${event.dataset}: replaced by version ${String(event.version)} with ${pluralize(event.rows, 'row')}`
        : null;
    case 'task-finished':
      return formatTaskEnd(event, state, style, verbose);
    default:
      return null;
  }
}

/** How many failures of a step are listed; when a source is down there may be as many as symbols. */
const maxFailures = 10;

function formatTaskEnd(
  event: Extract<RunEvent, { type: 'task-finished' }>,
  state: ProgressState,
  style: ApplyStyle,
  verbose: boolean,
): string | null {
  const { task, status, rows, reason } = event;
  const reasonText = reason === undefined ? '' : `: ${reason}`;
  if (status === 'failed' || status === 'partial') {
    const counts = state.steps.get(event.step)?.counts;
    const number = counts === undefined || verbose ? 1 : counts.failed + counts.partial;
    if (number > maxFailures + 1) return null;
    if (number > maxFailures) return style('bad', `more failures of ${event.step} are left to the report`);
    return style('bad', `${task} ${status === 'failed' ? 'failed' : 'failed in part'}${reasonText}`);
  }
  return verbose ? `${task} ${status}${status === 'ok' ? `, ${pluralize(rows, 'row')}` : ''}${reasonText}` : null;
}

/** How a step ended, when the event is the end of its last task; else null. */
export function formatStepEnd(event: RunEvent, state: ProgressState): string | null {
  const step = event.type === 'task-finished' ? state.steps.get(event.step) : undefined;
  if (step === undefined || step.ended < step.tasks) return null;
  const words = describeTasks({ ...step.counts, open: 0 }).map(({ text }) => text);
  return `${step.step}: ${[...words, ...(step.rows > 0 ? [pluralize(step.rows, 'row')] : [])].join(', ')}`;
}
