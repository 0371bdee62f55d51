import type { RunEvent } from '../../core/events.js';
import { day } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import { escapeMessage, formatJson } from '../../platform/text/escape.js';
import type { ServeEvent } from '../../scheduler/serve-event.js';
import { formatServeEvent } from '../../app/serve/format-serve-event.js';
import type { CollectorDisplay } from '../../app/serve/run-collector.js';
import type { CliContext } from '../cli-context.js';
import { formatEvent, formatStepEnd } from './format-event.js';
import { applyEvent, createProgressState } from '../../outputs/progress-state.js';
import type { ProgressState } from '../../outputs/progress-state.js';

type ServeContext = Pick<
  CliContext,
  'verbosity' | 'stderrStyle' | 'isInteractive' | 'printJsonLine' | 'info' | 'error' | 'clock'
>;

/** Prints the events of a collector as text, or with `--json` as JSON lines. */
export function createServeDisplay(json: boolean, ctx: ServeContext): CollectorDisplay {
  const warn = (message: string): void => {
    ctx.info(ctx.stderrStyle('warn', escapeMessage(message)));
  };
  if (json) {
    const printEvent = (event: object): void => {
      ctx.printJsonLine(event);
    };
    return {
      warn,
      onEvent: printEvent,
      onListening: (address) => printEvent({ at: ctx.clock.now(), type: 'listening', address }),
    };
  }
  return {
    warn,
    onEvent: ctx.verbosity === 'debug' ? (event) => ctx.info(formatJson(event)) : createEventPrinter(ctx),
    onListening: (address, token) => {
      ctx.info(`health and metrics at ${address}`);
      ctx.info(
        ctx.isInteractive ? `page at ${address}/?token=${token}` : `page at ${address}/ (actions need PIPE_WEB_TOKEN)`,
      );
    },
  };
}

function createEventPrinter(ctx: ServeContext): (event: ServeEvent) => void {
  const formatRunEvent = createRunEventFormatter(ctx);
  const printEvent = (event: ServeEvent, about: string | null, message: string): void => {
    const [first = '', ...further] = `${about === null ? '' : `${about}: `}${message}`.split('\n');
    const text = [`${formatTimeSeconds(event.at)}  ${first}`, ...further.map((line) => `  ${line}`.trimEnd())].join(
      '\n',
    );
    if (isFailure(event)) ctx.error(text);
    else ctx.info(text);
  };
  return (event) => {
    if (event.type === 'run-event') {
      for (const line of formatRunEvent(event.pipeline, event.event)) printEvent(event, event.pipeline, line);
      return;
    }
    // The start says how long the run waited.
    if (event.type === 'cycle-queued' && ctx.verbosity !== 'verbose') return;
    const { about, text } = formatServeEvent(event, ctx.stderrStyle);
    printEvent(event, about, text);
  };
}

/** Formats the events of the runs; each run has a progress of its own. */
function createRunEventFormatter({
  verbosity,
  stderrStyle,
}: ServeContext): (pipeline: string, event: RunEvent) => readonly string[] {
  const isNew = createDailyFilter();
  const runs = new Map<string, ProgressState>();
  const isVerbose = verbosity === 'verbose';
  return (pipeline, event) => {
    const state = runs.get(pipeline) ?? createProgressState();
    if (event.type === 'run-finished') runs.delete(pipeline);
    else runs.set(pipeline, state);
    applyEvent(state, event);
    if (!isVerbose && !shownRunEvents.has(event.type)) return [];
    // The run that opened the circuit has reported it.
    if (!isVerbose && event.type === 'breaker-changed' && event.carriedOver) return [];
    if (event.type === 'warning' && !isNew(`${pipeline}\n${event.message}`, event.at)) return [];
    const lines = [formatEvent(event, state, stderrStyle, isVerbose), isVerbose ? formatStepEnd(event, state) : null];
    return lines.filter((line) => line !== null);
  };
}

/** The events of a run that may need action by the user. */
const shownRunEvents: ReadonlySet<RunEvent['type']> = new Set<RunEvent['type']>([
  'spool-recovered',
  'corruption-detected',
  'warning',
  'breaker-changed',
]);

/** Failures are printed with `--quiet` too. */
function isFailure(event: ServeEvent): boolean {
  switch (event.type) {
    case 'cycle-ended':
      return event.outcome !== 'ok' && event.outcome !== 'cancelled';
    case 'check-ended':
      return event.findings?.errors !== 0;
    case 'pipeline-rejected':
    case 'state-save-failed':
    case 'alert-delivery-failed':
      return true;
    default:
      return false;
  }
}

/** Accepts a text once a day: a warning that every run repeats is shown once. */
function createDailyFilter(): (text: string, now: Instant) => boolean {
  const shown = new Map<string, Instant>();
  return (text, now) => {
    for (const [old, then] of shown) if (now - then >= day) shown.delete(old);
    if (shown.has(text)) return false;
    shown.set(text, now);
    return true;
  };
}
