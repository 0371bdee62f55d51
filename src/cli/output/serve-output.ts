import type { RunEvent } from '../../core/events.js';
import { day, formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { ServeEvent } from '../../scheduler/serve-event.js';
import { formatEvent, formatStepEnd } from './format-event.js';
import { applyEvent, createProgressState } from './progress-state.js';
import type { ProgressState } from './progress-state.js';
import { formatServeEvent } from '../../app/serve/format-serve-event.js';
import type { CliContext } from '../../app/cli-context.js';

/** Says to people, and with `--json` to programs, what a collector does. */
export function createServeOutput(json: boolean, ctx: CliContext): (event: ServeEvent) => void {
  if (json) return (event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
  if (ctx.verbosity === 'debug') return (event) => ctx.info(JSON.stringify(event));
  const isNew = createDailyFilter();
  const runs = new Map<string, ProgressState>();
  const isVerbose = ctx.verbosity === 'verbose';

  const formatRunEvent = (pipeline: string, event: RunEvent): readonly string[] => {
    const state = runs.get(pipeline) ?? createProgressState();
    if (event.type === 'run-finished') runs.delete(pipeline);
    else runs.set(pipeline, state);
    applyEvent(state, event);
    if (!isVerbose && !shownRunEvents.has(event.type)) return [];
    // It was told when it began.
    if (!isVerbose && event.type === 'breaker-changed' && event.carriedOver === true) return [];
    if (event.type === 'warning' && !isNew(`${pipeline}\n${event.message}`, event.at)) return [];
    const lines = [
      formatEvent(event, state, ctx.stderrStyle, isVerbose),
      isVerbose ? formatStepEnd(event, state) : null,
    ];
    return lines.filter((line) => line !== null);
  };

  return (event) => {
    const say = (about: string | null, words: string): void => {
      const [first = '', ...further] = `${about === null ? '' : `${about}: `}${words}`.split('\n');
      const text = [
        `${formatInstant(event.at).slice(0, 19)}Z  ${first}`,
        ...further.map((line) => `  ${line}`.trimEnd()),
      ].join('\n');
      if (isFailure(event)) ctx.error(text);
      else ctx.info(text);
    };
    if (event.type === 'run-event')
      for (const line of formatRunEvent(event.pipeline, event.event)) say(event.pipeline, line);
    else {
      const { about, text } = formatServeEvent(event, ctx.stderrStyle);
      say(about, text);
    }
  };
}

/** What of a run is worth a line among those of many: what somebody may have to act on. */
const shownRunEvents: ReadonlySet<RunEvent['type']> = new Set<RunEvent['type']>([
  'recovered',
  'corruption-detected',
  'warning',
  'breaker-changed',
]);

/** What even those have to hear who want to hear little. */
function isFailure(event: ServeEvent): boolean {
  switch (event.type) {
    case 'cycle-ended':
      return event.outcome !== 'ok' && event.outcome !== 'interrupted';
    case 'pipeline-rejected':
    case 'state-save-failed':
    case 'alert-delivery-failed':
      return true;
    default:
      return false;
  }
}

/** Whether a text was not there within a day: what every cycle warns of is no news after the first. */
function createDailyFilter(): (text: string, now: Instant) => boolean {
  const shown = new Map<string, Instant>();
  return (text, now) => {
    for (const [old, then] of shown) if (now - then >= day) shown.delete(old);
    if (shown.has(text)) return false;
    shown.set(text, now);
    return true;
  };
}
