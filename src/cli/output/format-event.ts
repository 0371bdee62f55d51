import type { RunEvent, Stamped, TaskFinished } from '../../core/events.js';
import { pluralize } from '../../platform/format.js';
import type { ApplyStyle, Style } from '../../platform/style.js';
import { describeEvent, isQualityFinding } from '../../outputs/describe-event.js';
import { describeTasks } from '../../outputs/report/descriptions.js';
import type { ProgressState } from '../../outputs/progress-state.js';

/** Formats an event as a line for the terminal; null for events that are not shown. Expects `state` to include the event. */
export function formatEvent(event: RunEvent, state: ProgressState, style: ApplyStyle, verbose: boolean): string | null {
  if (event.type === 'task-finished' && isFailure(event) && !verbose) {
    const counts = state.steps.get(event.step)?.counts;
    const failures = counts === undefined ? 1 : counts.failed + counts.partial;
    if (failures > maxFailures + 1) return null;
    if (failures > maxFailures) return style('bad', `${event.step}: see the report for further failures`);
  }
  if (!isShown(event) && !(verbose && verboseTypes.has(event.type))) return null;
  const { message } = describeEvent(event);
  const lineStyle = eventStyle(event);
  return lineStyle === null ? message : style(lineStyle, message);
}

/** The number of failures shown per step: when a provider is down, every symbol may fail. */
const maxFailures = 10;

/** Returns whether an event is shown without `--verbose`. */
function isShown(event: RunEvent): boolean {
  switch (event.type) {
    case 'spool-recovered':
      return event.results > 0;
    case 'planned':
      return event.requests > 0;
    case 'breaker-changed':
      return event.state !== 'half-open';
    case 'task-finished':
      return isFailure(event);
    case 'revision-detected':
      return event.isMaterial;
    case 'file-imported':
      return event.rejectedRows > 0 || event.comparisons.length > 0;
    case 'quality-checked':
      return isQualityFinding(event);
    case 'corruption-detected':
    case 'rate-limit-reached':
    case 'sink-failed':
    case 'warning':
      return true;
    default:
      return false;
  }
}

/** Events that `--verbose` shows in addition. */
const verboseTypes: ReadonlySet<RunEvent['type']> = new Set<RunEvent['type']>([
  'task-finished',
  'request-sent',
  'request-shared',
  'request-retried',
  'revision-detected',
  'committed',
  'table-replaced',
  'file-imported',
  'quality-checked',
]);

function eventStyle(event: RunEvent): Style | null {
  switch (event.type) {
    case 'corruption-detected':
    case 'revision-detected':
    case 'sink-failed':
    case 'quality-checked':
    case 'warning':
    case 'breaker-changed':
      return 'warn';
    case 'task-finished':
      return isFailure(event) ? 'bad' : null;
    default:
      return null;
  }
}

function isFailure({ status }: Stamped<TaskFinished>): boolean {
  return status === 'failed' || status === 'partial';
}

/** Formats the end of a step at the event that ends its last task; otherwise null. */
export function formatStepEnd(event: RunEvent, state: ProgressState): string | null {
  const step = event.type === 'task-finished' ? state.steps.get(event.step) : undefined;
  if (step === undefined || step.ended < step.tasks) return null;
  const statuses = describeTasks({ ...step.counts, open: 0 }).map(({ text }) => text);
  return `${step.step}: ${[...statuses, ...(step.rows > 0 ? [pluralize(step.rows, 'row')] : [])].join(', ')}`;
}
