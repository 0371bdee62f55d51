import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { humanizeDuration, pluralize } from '../../platform/format.js';
import type { ApplyStyle } from '../../platform/style.js';
import type { Cycle, MissedReason } from '../../scheduler/schedule/cycles.js';
import type { CycleEnded, RunsMissed, ServeEvent } from '../../scheduler/serve-event.js';
import { formatFailures } from './format-failures.js';

/** An event of a collector as text. */
export interface ServeMessage {
  /** The pipeline or the file concerned; null for the collector itself. */
  readonly about: string | null;
  /** One line, followed by the lines of its explanation. */
  readonly text: string;
}

/** The collector's own events, without those of its runs. */
export type CollectorEvent = Exclude<ServeEvent, { type: 'run-event' }>;

export function formatServeEvent(event: CollectorEvent, style: ApplyStyle): ServeMessage {
  switch (event.type) {
    case 'pipeline-loaded':
      return { about: event.pipeline, text: `loaded from ${event.file}${formatNext(event.next, ', ')}` };
    case 'pipeline-reloaded':
      return { about: event.pipeline, text: `reloaded from ${event.file}${formatNext(event.next, ', ')}` };
    case 'pipeline-rejected': {
      const { file, activePipeline, message } = event;
      const text =
        activePipeline === null
          ? 'invalid, not scheduled'
          : `${file} is invalid; ${activePipeline} keeps its last valid version`;
      return { about: activePipeline ?? file, text: `${style('warn', text)}\n${message}` };
    }
    case 'rejection-cleared':
      return { about: event.file, text: 'removed' };
    case 'pipeline-removed':
      return { about: event.pipeline, text: style('warn', `removed: ${event.reason}`) };
    case 'pipeline-unscheduled':
      return { about: event.pipeline, text: style('warn', `not scheduled: ${event.file} has no schedule`) };
    case 'cycle-started':
      return {
        about: event.pipeline,
        text: `run due at ${formatInstant(event.cycle.due)} started${triggerNotes[event.cycle.trigger]}`,
      };
    case 'orphan-run-found': {
      const due = formatInstant(event.cycle.due);
      const since = formatInstant(event.since);
      const text = `the run due at ${due} of a previous collector is still in progress (since ${since}); waiting for it`;
      return { about: event.pipeline, text };
    }
    case 'orphan-run-ended': {
      const text = `the run due at ${formatInstant(event.cycle.due)} of a previous collector has ended; see: pipe report`;
      return { about: event.pipeline, text: `${text}${formatNext(event.next, '; ')}` };
    }
    case 'cycle-ended':
      return { about: event.pipeline, text: formatCycleEnd(event, style) };
    case 'runs-missed':
      return { about: event.pipeline, text: style('warn', formatMissedRuns(event)) };
    case 'state-save-failed':
      return { about: event.pipeline, text: style('bad', `cannot save state: ${event.message}`) };
    case 'alert-delivery-failed':
      return { about: event.pipeline, text: style('warn', `alerts: ${event.message}`) };
    case 'shutting-down': {
      const { length } = event.running;
      const waiting = length === 0 ? '' : `: waiting for ${pluralize(length, 'run')} (signal again to force)`;
      return { about: null, text: `stopping${waiting}` };
    }
  }
}

const triggerNotes: Readonly<Record<Cycle['trigger'], string>> = {
  due: '',
  queued: ' after the previous run',
  'caught-up': ' to catch up',
};

/** The number of failed symbols that the line of an ended cycle names. */
const maxNamed = 3;

function formatCycleEnd(event: CycleEnded, style: ApplyStyle): string {
  const { outcome, reason, startedAt, endedAt, run, requests, rows, failed, next } = event;
  const [first = '', ...further] = (outcome === 'ok' ? '' : (reason ?? '')).split('\n');
  const parts = [
    first === failed[0]?.reason ? '' : first,
    run === null ? '' : `${pluralize(requests, 'request')}, ${pluralize(rows, 'row')}`,
    failed.length === 0 ? '' : `failed: ${formatFailures(failed, maxNamed)}`,
    formatNext(next, ''),
  ].filter((part) => part !== '');
  const head = style(outcome === 'ok' ? 'good' : 'bad', `${outcome} after ${humanizeDuration(endedAt - startedAt)}`);
  return [[head, parts.join('; ')].filter((part) => part !== '').join(': '), ...further].join('\n');
}

const missedReasonTexts: Readonly<Record<MissedReason, string>> = {
  'scheduler-down': 'the collector was down or the machine asleep',
  overlap: 'the previous run was still in progress',
  interrupted: 'the run was interrupted',
  'market-closed': 'the market has closed since',
  'queue-full': 'too many runs are waiting',
  'max-cycles-reached': 'max_cycles was reached',
};

function formatMissedRuns({ count, first, last, reason }: RunsMissed): string {
  const due = count === 1 ? formatInstant(first) : `${formatInstant(first)} to ${formatInstant(last)}`;
  return `${pluralize(count, 'scheduled run')} skipped (due ${due}): ${missedReasonTexts[reason]}`;
}

function formatNext(next: Instant | null, before: string): string {
  return next === null ? '' : `${before}next due ${formatInstant(next)}`;
}
