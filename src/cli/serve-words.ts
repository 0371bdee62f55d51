import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { countText, durationText, plural } from '../core/words.js';
import type { Paint } from '../report/paint.js';
import type { MissedReason } from '../serve/cycles.js';
import type { ServeEvent, ServeEventBody } from '../serve/serve-event.js';
import { failedWords } from './failed-words.js';

/** What an event of a collector says. */
export interface ServeWords {
  /** The pipeline, or the file, that it is about; null for the collector itself. */
  readonly about: string | null;
  /** One line, and, below it, what explains it. */
  readonly words: string;
}

/** The collector's own events; those of its runs have words of their own. */
export type OwnEvent = Exclude<ServeEvent, { type: 'run-event' }>;

export function serveWords(event: OwnEvent, paint: Paint): ServeWords {
  switch (event.type) {
    case 'pipeline-taken': {
      const what = event.changed ? 'taken as edited' : 'taken';
      return about(event.pipeline, `${what} from ${event.file}${nextWords(event.next, ', ')}`);
    }
    case 'pipeline-refused': {
      const { file, keeps } = event;
      const words =
        keeps === null
          ? 'cannot be used as it is: it is not run'
          : `${file} cannot be used as it is: ${keeps} goes on as it was accepted`;
      return about(keeps ?? file, `${paint('warn', words)}\n${event.words}`);
    }
    case 'refusal-over':
      return about(event.file, 'is gone');
    case 'pipeline-dropped':
      return about(event.pipeline, paint('warn', `not run any more, ${event.why}`));
    case 'pipeline-unscheduled':
      return about(event.pipeline, paint('warn', `not run, ${event.file} has no schedule`));
    case 'cycle-started': {
      const { due, why } = event.cycle;
      const late = why === 'caught-up' ? ', which was missed' : why === 'queued' ? ', which had to wait' : '';
      return about(event.pipeline, `begins the cycle of ${isoInstant(due)}${late}`);
    }
    case 'run-outlived': {
      const { pipeline, cycle, since } = event;
      const words = `goes on since ${isoInstant(since)}, and is waited for`;
      return about(
        pipeline,
        `the run of the cycle of ${isoInstant(cycle.due)} has outlived its collector: it ${words}`,
      );
    }
    case 'outlived-ended': {
      const { pipeline, cycle, next } = event;
      const words = `the run of the cycle of ${isoInstant(cycle.due)} has ended, pipe report says how`;
      return about(pipeline, `${words}${nextWords(next, '; ')}`);
    }
    case 'cycle-ended':
      return about(event.pipeline, endWords(event, paint));
    case 'cycles-missed': {
      const which =
        event.count === 1
          ? `the cycle of ${isoInstant(event.first)} was`
          : `${countText(event.count)} cycles from ${isoInstant(event.first)} to ${isoInstant(event.last)} were`;
      return about(event.pipeline, paint('warn', `${which} not run: ${why[event.reason]}`));
    }
    case 'state-unwritten':
      return about(event.pipeline, paint('bad', `cannot be remembered what was done: ${event.message}`));
    case 'alerts-untold':
      return about(event.pipeline, paint('warn', `alerts: ${event.message}`));
    case 'stopping':
      return about(
        null,
        event.running.length === 0
          ? 'stopping'
          : `stopping: ${plural(event.running.length, 'run')} may still end what is under way; signal again to stop at once`,
      );
  }
}

/** So many symbols that failed are named in the line that ends a cycle. */
const mostNamed = 3;

function endWords(event: Extract<ServeEventBody, { type: 'cycle-ended' }>, paint: Paint): string {
  const { outcome, reason, startedAt, endedAt, run, requests, rows, failed, next } = event;
  const [first = '', ...further] = (outcome === 'ok' ? '' : (reason ?? '')).split('\n');
  const parts = [
    first === failed[0]?.reason ? '' : first,
    run === null ? '' : `${plural(requests, 'request')}, ${plural(rows, 'row')}`,
    failed.length === 0 ? '' : `failed: ${failedWords(failed, mostNamed)}`,
    nextWords(next, ''),
  ].filter((part) => part !== '');
  const head = paint(outcome === 'ok' ? 'good' : 'bad', `${outcome} after ${durationText(endedAt - startedAt)}`);
  return [[head, parts.join('; ')].filter((part) => part !== '').join(': '), ...further].join('\n');
}

const why: Readonly<Record<MissedReason, string>> = {
  'not-running': 'nothing ran then',
  overlap: 'the run before was still going',
  'cut-off': 'it was cut off',
  'market-closed': 'the market has closed since',
  'too-many': 'too many wait already',
  'enough-cycles': 'there were as many cycles as max_cycles allows',
};

function about(what: string | null, words: string): ServeWords {
  return { about: what, words };
}

function nextWords(next: Instant | null, before: string): string {
  return next === null ? '' : `${before}next due ${isoInstant(next)}`;
}
