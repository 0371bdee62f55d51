import type { RunEvent } from '../core/events.js';
import { eventWords, stepWords } from './event-words.js';
import { blockLines } from './progress-block.js';
import type { BudgetLeft } from './progress-block.js';
import { advance, newProgress } from './progress-state.js';
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
      const line = eventWords(event, state, at.notePaint, false);
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
      for (const line of [
        eventWords(event, state, at.notePaint, at.verbosity === 'verbose'),
        stepWords(event, state),
      ]) {
        if (line !== null) at.note(line);
      }
    },
    say: (text) => {
      at.note(text);
    },
    end: () => undefined,
  };
}
