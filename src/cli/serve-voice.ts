import type { RunEvent } from '../core/events.js';
import { day, isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { ServeEvent } from '../serve/serve-event.js';
import { eventWords, stepWords } from './event-words.js';
import { advance, newProgress } from './progress-state.js';
import type { ProgressState } from './progress-state.js';
import { serveWords } from './serve-words.js';
import type { Surroundings } from './surroundings.js';

/** Says to people, and with `--json` to programs, what a collector does. */
export function serveVoice(json: boolean, at: Surroundings): (event: ServeEvent) => void {
  if (json) return (event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
  if (at.verbosity === 'debug') return (event) => at.note(JSON.stringify(event));
  const isNews = oncePerDay();
  const runs = new Map<string, ProgressState>();
  const isVerbose = at.verbosity === 'verbose';

  const runLines = (pipeline: string, event: RunEvent): readonly string[] => {
    const state = runs.get(pipeline) ?? newProgress();
    if (event.type === 'run-finished') runs.delete(pipeline);
    else runs.set(pipeline, state);
    advance(state, event);
    if (!isVerbose && !toldOfRuns.has(event.type)) return [];
    // It was told when it began.
    if (!isVerbose && event.type === 'breaker-changed' && event.inherited === true) return [];
    if (event.type === 'warned' && !isNews(`${pipeline}\n${event.message}`, event.at)) return [];
    const lines = [eventWords(event, state, at.notePaint, isVerbose), isVerbose ? stepWords(event, state) : null];
    return lines.filter((line) => line !== null);
  };

  return (event) => {
    const say = (about: string | null, words: string): void => {
      const [first = '', ...further] = `${about === null ? '' : `${about}: `}${words}`.split('\n');
      const text = [
        `${isoInstant(event.at).slice(0, 19)}Z  ${first}`,
        ...further.map((line) => `  ${line}`.trimEnd()),
      ].join('\n');
      if (isFailure(event)) at.complain(text);
      else at.note(text);
    };
    if (event.type === 'run-event') for (const line of runLines(event.pipeline, event.event)) say(event.pipeline, line);
    else {
      const { about, words } = serveWords(event, at.notePaint);
      say(about, words);
    }
  };
}

/** What of a run is worth a line among those of many: what somebody may have to act on. */
const toldOfRuns: ReadonlySet<RunEvent['type']> = new Set<RunEvent['type']>([
  'recovered',
  'damage-found',
  'warned',
  'breaker-changed',
]);

/** What even those have to hear who want to hear little. */
function isFailure(event: ServeEvent): boolean {
  switch (event.type) {
    case 'cycle-ended':
      return event.outcome !== 'ok' && event.outcome !== 'interrupted';
    case 'pipeline-refused':
    case 'state-unwritten':
    case 'alerts-untold':
      return true;
    default:
      return false;
  }
}

/** Whether a text was not there within a day: what every cycle warns of is no news after the first. */
function oncePerDay(): (text: string, now: Instant) => boolean {
  const told = new Map<string, Instant>();
  return (text, now) => {
    for (const [old, then] of told) if (now - then >= day) told.delete(old);
    if (told.has(text)) return false;
    told.set(text, now);
    return true;
  };
}
