import { breakerWords } from '../core/breaker-words.js';
import type { RunEvent } from '../core/events.js';
import { countText, durationText, plural } from '../core/words.js';
import type { Paint } from '../report/paint.js';
import { taskWords } from '../report/words.js';
import type { ProgressState } from './progress-state.js';
import { seriesSpanText } from './span-text.js';

/** The line an event is worth; null for most. `state` has taken the event already. */
export function eventWords(event: RunEvent, state: ProgressState, paint: Paint, verbose: boolean): string | null {
  switch (event.type) {
    case 'recovered':
      return event.deliveries === 0
        ? null
        : `recovered ${plural(event.deliveries, 'answer')} with ${plural(event.rows, 'row')} that ${plural(event.runs.length, 'interrupted run')} had received`;
    case 'damage-found':
      return paint(
        'warn',
        `${event.dataset}: ${event.path} is damaged (${event.problem}); its windows are asked for again`,
      );
    case 'planned': {
      const more = event.estimatedRequests > 0 ? ` and about ${countText(event.estimatedRequests)} more` : '';
      return event.requests === 0
        ? null
        : `${plural(event.requests, 'request')}${more} to make${event.estimated > 0 ? `, about ${durationText(event.estimated)}` : ''}`;
    }
    case 'warned':
      return paint('warn', event.message);
    case 'breaker-changed':
      return event.state === 'half-open' ? null : paint('warn', breakerWords(event));
    case 'request-retried':
      return verbose ? `${event.task}: ${event.message}; again in ${durationText(event.delay)}` : null;
    case 'request-sent':
      return verbose
        ? `${event.task}: asking ${event.provider} for ${event.series}${event.window === null ? '' : ` ${seriesSpanText(event.window)}`}`
        : null;
    case 'committed':
      return verbose
        ? `${event.dataset}: committed version ${String(event.version)} with ${plural(event.rows, 'row')}`
        : null;
    case 'replaced':
      return verbose
        ? `${event.dataset}: replaced by version ${String(event.version)} with ${plural(event.rows, 'row')}`
        : null;
    case 'task-finished':
      return taskLine(event, state, paint, verbose);
    default:
      return null;
  }
}

/** How many failures of a step are listed; when a source is down there may be as many as symbols. */
const failuresListed = 10;

function taskLine(
  event: Extract<RunEvent, { type: 'task-finished' }>,
  state: ProgressState,
  paint: Paint,
  verbose: boolean,
): string | null {
  const { task, status, rows, reason } = event;
  const because = reason === undefined ? '' : `: ${reason}`;
  if (status === 'failed' || status === 'partial') {
    const counts = state.steps.get(event.step)?.counts;
    const number = counts === undefined || verbose ? 1 : counts.failed + counts.partial;
    if (number > failuresListed + 1) return null;
    if (number > failuresListed) return paint('bad', `more failures of ${event.step} are left to the report`);
    return paint('bad', `${task} ${status === 'failed' ? 'failed' : 'failed in part'}${because}`);
  }
  return verbose ? `${task} ${status}${status === 'ok' ? `, ${plural(rows, 'row')}` : ''}${because}` : null;
}

/** How a step ended, when the event is the end of its last task; else null. */
export function stepWords(event: RunEvent, state: ProgressState): string | null {
  const step = event.type === 'task-finished' ? state.steps.get(event.step) : undefined;
  if (step === undefined || step.ended < step.tasks) return null;
  const words = taskWords({ ...step.counts, open: 0 }).map(({ text }) => text);
  return `${step.step}: ${[...words, ...(step.rows > 0 ? [plural(step.rows, 'row')] : [])].join(', ')}`;
}
