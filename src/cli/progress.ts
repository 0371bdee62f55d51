import type { RunEvent } from '../core/events.js';
import { countText, durationText, plural } from '../core/words.js';
import type { Paint } from '../report/paint.js';
import { taskWords } from '../report/words.js';
import { blockLines } from './progress-block.js';
import type { BudgetLeft } from './progress-block.js';
import { advance, newProgress } from './progress-state.js';
import type { ProgressState } from './progress-state.js';
import { seriesSpanText } from './span-text.js';
import type { Surroundings } from './surroundings.js';

/** Shows a run to whoever watches it. */
export interface Progress {
  take(event: RunEvent): void;
  /** Puts a line above what is drawn. */
  say(text: string): void;
  /** Leaves the screen as if nothing had been drawn. */
  end(): void;
}

/** A block of lines drawn over itself where a person watches a terminal; else a line when something is worth one. */
export function showProgress(at: Surroundings, budgets: () => readonly BudgetLeft[]): Progress {
  if (at.verbosity === 'quiet') return { take: () => undefined, say: () => undefined, end: () => undefined };
  return at.live ? liveProgress(at, budgets) : plainProgress(at);
}

const framesEvery = 100;

function liveProgress(at: Surroundings, budgets: () => readonly BudgetLeft[]): Progress {
  const state = newProgress();
  let drawn = 0;
  const erase = (): string => (drawn === 0 ? '' : `\u001b[${String(drawn)}A\u001b[0J`);
  const draw = (): void => {
    const lines = blockLines(state, at.notePaint, at.clock.now(), budgets(), at.width);
    process.stderr.write(`${erase()}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  const timer = setInterval(draw, framesEvery);
  timer.unref();
  const say = (text: string): void => {
    process.stderr.write(`${erase()}${text}\n`);
    drawn = 0;
    draw();
  };
  return {
    take(event) {
      advance(state, event);
      // The block shows the steps; only what it cannot show is worth a line of its own.
      const line =
        event.type === 'task-finished' && !wentWrong(event) ? null : lineFor(event, state, at.notePaint, false);
      if (line !== null) say(line);
    },
    say,
    end() {
      clearInterval(timer);
      process.stderr.write(erase());
      drawn = 0;
    },
  };
}

function plainProgress(at: Surroundings): Progress {
  const state = newProgress();
  return {
    take(event) {
      advance(state, event);
      if (at.verbosity === 'debug') {
        at.note(JSON.stringify(event));
        return;
      }
      const line = lineFor(event, state, at.notePaint, at.verbosity === 'verbose');
      if (line !== null) at.note(line);
    },
    say: (text) => {
      at.note(text);
    },
    end: () => undefined,
  };
}

/** The line an event is worth; null for most. */
function lineFor(event: RunEvent, state: ProgressState, paint: Paint, verbose: boolean): string | null {
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
      return event.state === 'half-open'
        ? null
        : paint(
            'warn',
            `${event.provider} is ${event.state === 'open' ? 'left alone for a while: it keeps failing' : 'answering again'}`,
          );
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
    case 'task-finished':
      return taskLine(event, state, paint, verbose);
    default:
      return null;
  }
}

function wentWrong({ status }: Extract<RunEvent, { type: 'task-finished' }>): boolean {
  return status === 'failed' || status === 'partial';
}

function taskLine(
  event: Extract<RunEvent, { type: 'task-finished' }>,
  state: ProgressState,
  paint: Paint,
  verbose: boolean,
): string | null {
  const { task, status, rows, reason } = event;
  if (wentWrong(event))
    return paint('bad', `${task} ${status === 'failed' ? 'failed' : 'failed in part'}: ${reason ?? ''}`);
  if (verbose)
    return `${task} ${status}${status === 'ok' ? `, ${plural(rows, 'row')}` : ''}${reason === undefined ? '' : `: ${reason}`}`;
  const step = state.steps.get(event.step);
  if (step === undefined || step.ended < step.tasks) return null;
  const words = taskWords({ ...step.counts, open: 0 }).map(({ text }) => text);
  return `${step.step}: ${[...words, ...(step.rows > 0 ? [plural(step.rows, 'row')] : [])].join(', ')}`;
}
