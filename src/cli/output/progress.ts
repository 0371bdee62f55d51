import type { RunEvent } from '../../core/events.js';
import { formatEvent, formatStepEnd } from './format-event.js';
import { renderBlock } from './progress-block.js';
import type { BudgetRemaining } from './progress-block.js';
import { applyEvent, createProgressState } from './progress-state.js';
import type { CliContext } from '../../app/cli-context.js';

/** Shows a run to whoever watches it. */
export interface Progress {
  take(event: RunEvent): void;
  /** Puts a line above what is drawn. */
  say(text: string): void;
  /** Leaves the screen as if nothing had been drawn. */
  end(): void;
}

/** A block of lines drawn over itself where a person watches a terminal; else a line when something is worth one. */
export function createProgress(ctx: CliContext, getBudgets: () => readonly BudgetRemaining[]): Progress {
  if (ctx.verbosity === 'quiet') return { take: () => undefined, say: () => undefined, end: () => undefined };
  return ctx.isInteractive ? createLiveProgress(ctx, getBudgets) : createPlainProgress(ctx);
}

const frameInterval = 100;

function createLiveProgress(ctx: CliContext, getBudgets: () => readonly BudgetRemaining[]): Progress {
  const state = createProgressState();
  let drawn = 0;
  const erase = (): string => (drawn === 0 ? '' : `\u001b[${String(drawn)}A\u001b[0J`);
  const draw = (): void => {
    const lines = renderBlock(state, ctx.stderrStyle, ctx.clock.now(), getBudgets(), ctx.terminalWidth);
    process.stderr.write(`${erase()}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  const timer = setInterval(draw, frameInterval);
  timer.unref();
  const say = (text: string): void => {
    process.stderr.write(`${erase()}${text}\n`);
    drawn = 0;
    draw();
  };
  return {
    take(event) {
      applyEvent(state, event);
      // The block shows the steps; only what it cannot show is worth a line of its own.
      const line = formatEvent(event, state, ctx.stderrStyle, false);
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

function createPlainProgress(ctx: CliContext): Progress {
  const state = createProgressState();
  return {
    take(event) {
      applyEvent(state, event);
      if (ctx.verbosity === 'debug') {
        ctx.info(JSON.stringify(event));
        return;
      }
      for (const line of [
        formatEvent(event, state, ctx.stderrStyle, ctx.verbosity === 'verbose'),
        formatStepEnd(event, state),
      ]) {
        if (line !== null) ctx.info(line);
      }
    },
    say: (text) => {
      ctx.info(text);
    },
    end: () => undefined,
  };
}
