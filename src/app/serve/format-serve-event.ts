import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import type { ApplyStyle } from '../../platform/style.js';
import type { MissedReason } from '../../scheduler/schedule/cycles.js';
import type { ServeEvent, ServeEventBody } from '../../scheduler/serve-event.js';
import { formatFailures } from './format-failures.js';

/** What an event of a collector says. */
export interface ServeMessage {
  /** The pipeline, or the file, that it is about; null for the collector itself. */
  readonly about: string | null;
  /** One line, and, below it, what explains it. */
  readonly text: string;
}

/** The collector's own events; those of its runs have words of their own. */
export type CollectorEvent = Exclude<ServeEvent, { type: 'run-event' }>;

export function formatServeEvent(event: CollectorEvent, style: ApplyStyle): ServeMessage {
  switch (event.type) {
    case 'pipeline-loaded': {
      const what = event.changed ? 'taken as edited' : 'taken';
      return about(event.pipeline, `${what} from ${event.file}${formatNext(event.next, ', ')}`);
    }
    case 'pipeline-rejected': {
      const { file, activePipeline } = event;
      const text =
        activePipeline === null
          ? 'cannot be used as it is: it is not run'
          : `${file} cannot be used as it is: ${activePipeline} goes on as it was accepted`;
      return about(activePipeline ?? file, `${style('warn', text)}\n${event.message}`);
    }
    case 'rejection-cleared':
      return about(event.file, 'is gone');
    case 'pipeline-removed':
      return about(event.pipeline, style('warn', `not run any more, ${event.why}`));
    case 'pipeline-unscheduled':
      return about(event.pipeline, style('warn', `not run, ${event.file} has no schedule`));
    case 'cycle-started': {
      const { due, why } = event.cycle;
      const late = why === 'caught-up' ? ', which was missed' : why === 'queued' ? ', which had to wait' : '';
      return about(event.pipeline, `begins the cycle of ${formatInstant(due)}${late}`);
    }
    case 'orphan-run-found': {
      const { pipeline, cycle, since } = event;
      const text = `goes on since ${formatInstant(since)}, and is waited for`;
      return about(
        pipeline,
        `the run of the cycle of ${formatInstant(cycle.due)} has outlived its collector: it ${text}`,
      );
    }
    case 'orphan-run-ended': {
      const { pipeline, cycle, next } = event;
      const text = `the run of the cycle of ${formatInstant(cycle.due)} has ended, pipe report says how`;
      return about(pipeline, `${text}${formatNext(next, '; ')}`);
    }
    case 'cycle-ended':
      return about(event.pipeline, formatCycleEnd(event, style));
    case 'runs-missed': {
      const which =
        event.count === 1
          ? `the cycle of ${formatInstant(event.first)} was`
          : `${formatCount(event.count)} cycles from ${formatInstant(event.first)} to ${formatInstant(event.last)} were`;
      return about(event.pipeline, style('warn', `${which} not run: ${why[event.reason]}`));
    }
    case 'state-save-failed':
      return about(event.pipeline, style('bad', `cannot be remembered what was done: ${event.message}`));
    case 'alert-delivery-failed':
      return about(event.pipeline, style('warn', `alerts: ${event.message}`));
    case 'stopping':
      return about(
        null,
        event.running.length === 0
          ? 'stopping'
          : `stopping: ${pluralize(event.running.length, 'run')} may still end what is under way; signal again to stop at once`,
      );
  }
}

/** So many symbols that failed are named in the line that ends a cycle. */
const maxNamed = 3;

function formatCycleEnd(event: Extract<ServeEventBody, { type: 'cycle-ended' }>, style: ApplyStyle): string {
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

const why: Readonly<Record<MissedReason, string>> = {
  'not-running': 'nothing ran then',
  overlap: 'the run before was still going',
  'cut-off': 'it was cut off',
  'market-closed': 'the market has closed since',
  'too-many': 'too many wait already',
  'max-cycles-reached': 'there were as many cycles as max_cycles allows',
};

function about(what: string | null, text: string): ServeMessage {
  return { about: what, text };
}

function formatNext(next: Instant | null, before: string): string {
  return next === null ? '' : `${before}next due ${formatInstant(next)}`;
}
