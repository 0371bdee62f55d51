import type { RunEvent } from '../core/events.js';
import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { countText, durationText, plural } from '../core/words.js';
import type { Paint } from '../report/paint.js';
import type { MissedReason } from '../serve/cycles.js';
import type { ServeEvent } from '../serve/serve-event.js';
import { eventWords } from './event-words.js';
import { newProgress } from './progress-state.js';

/** The line that an event of a collector is worth; null for none. */
export function serveWords(event: ServeEvent, paint: Paint): string | null {
  switch (event.type) {
    case 'pipeline-taken': {
      const what = event.changed ? 'taken as edited' : 'taken';
      return `${event.pipeline}: ${what} from ${event.file}${nextWords(event.next)}`;
    }
    case 'pipeline-refused': {
      const goesOn = event.keeps === null ? 'it is not run' : `${event.keeps} goes on as it was`;
      return `${event.words}\n${paint('warn', `${event.file} cannot be used as it is: ${goesOn}`)}`;
    }
    case 'pipeline-dropped':
      return paint('warn', `${event.pipeline}: not run any more, ${event.why}`);
    case 'pipeline-unscheduled':
      return paint('warn', `${event.pipeline}: not run, ${event.file} has no schedule`);
    case 'cycle-started': {
      const { due, why } = event.cycle;
      const late = why === 'caught-up' ? ', which was missed' : why === 'queued' ? ', which had to wait' : '';
      return `${event.pipeline}: begins the cycle of ${isoInstant(due)}${late}`;
    }
    case 'cycle-ended': {
      const { outcome, reason, endedAt, startedAt } = event;
      const words = `${event.pipeline}: ${outcome} after ${durationText(endedAt - startedAt)}`;
      const because = outcome === 'ok' || reason === null ? '' : `: ${reason}`;
      return `${paint(outcome === 'ok' ? 'good' : 'bad', words)}${because}${nextWords(event.next)}`;
    }
    case 'cycles-missed': {
      const which =
        event.count === 1
          ? `the cycle of ${isoInstant(event.first)}`
          : `${countText(event.count)} cycles from ${isoInstant(event.first)} to ${isoInstant(event.last)}`;
      return paint(
        'warn',
        `${event.pipeline}: ${which} ${event.count === 1 ? 'was' : 'were'} not run: ${why[event.reason]}`,
      );
    }
    case 'state-unwritten':
      return paint('bad', `${event.pipeline}: cannot be remembered what was done: ${event.message}`);
    case 'alerts-untold':
      return paint('warn', `${event.pipeline}: alerts: ${event.message}`);
    case 'stopping':
      return event.running.length === 0
        ? 'stopping'
        : `stopping: ${plural(event.running.length, 'run')} may still end what is under way; signal again to stop at once`;
    case 'run-event': {
      const words = toldOfRuns.has(event.event.type) ? eventWords(event.event, newProgress(), paint, false) : null;
      return words === null ? null : `${event.pipeline}: ${words}`;
    }
  }
}

/** What of a run is worth a line among those of many: what somebody may have to act on. */
const toldOfRuns: ReadonlySet<RunEvent['type']> = new Set<RunEvent['type']>([
  'recovered',
  'damage-found',
  'warned',
  'breaker-changed',
]);

const why: Readonly<Record<MissedReason, string>> = {
  'not-running': 'nothing ran then',
  overlap: 'the run before was still going',
  'cut-off': 'it was cut off',
  'market-closed': 'the market has closed since',
  'too-many': 'too many wait already',
  'enough-cycles': 'there were as many cycles as max_cycles allows',
};

function nextWords(next: Instant | null): string {
  return next === null ? '' : `, next due ${isoInstant(next)}`;
}
