import type { BudgetRemaining } from '../../app/providers/run-providers.js';
import type { RunProgress } from '../../app/run/run-progress.js';
import type { CliContext } from '../cli-context.js';
import { formatJson } from '../../platform/text/escape.js';
import { formatEvent, formatStepEnd } from './format-event.js';
import { renderBlock } from './progress-block.js';
import { applyEvent, createProgressState } from '../../outputs/progress-state.js';

type ProgressContext = Pick<
  CliContext,
  'verbosity' | 'isInteractive' | 'stderrStyle' | 'terminalWidth' | 'info' | 'draw' | 'clock'
>;

/** Draws a block of lines over itself on a terminal; elsewhere prints one line for each event that is worth one. */
export function createProgress(ctx: ProgressContext, getBudgets: () => readonly BudgetRemaining[]): RunProgress {
  if (ctx.verbosity === 'quiet') return { handle: () => undefined, printLine: () => undefined, stop: () => undefined };
  return ctx.isInteractive ? createLiveProgress(ctx, getBudgets) : createPlainProgress(ctx);
}

/** In milliseconds. */
const frameInterval = 100;

function createLiveProgress(ctx: ProgressContext, getBudgets: () => readonly BudgetRemaining[]): RunProgress {
  const state = createProgressState();
  let drawnLines = 0;
  const draw = (): void => {
    const lines = renderBlock(state, ctx.stderrStyle, ctx.clock.now(), getBudgets(), ctx.terminalWidth);
    ctx.draw(drawnLines, lines.map((line) => `${line}\n`).join(''));
    drawnLines = lines.length;
  };
  const timer = setInterval(draw, frameInterval);
  timer.unref();
  const printLine = (text: string): void => {
    ctx.draw(drawnLines, `${text}\n`);
    drawnLines = 0;
    draw();
  };
  return {
    handle(event) {
      applyEvent(state, event);
      // The block shows the steps; other events get a line.
      const line = formatEvent(event, state, ctx.stderrStyle, false);
      if (line !== null) printLine(line);
    },
    printLine,
    stop() {
      clearInterval(timer);
      ctx.draw(drawnLines, '');
      drawnLines = 0;
    },
  };
}

function createPlainProgress(ctx: ProgressContext): RunProgress {
  const state = createProgressState();
  return {
    handle(event) {
      applyEvent(state, event);
      if (ctx.verbosity === 'debug') {
        ctx.info(formatJson(event));
        return;
      }
      for (const line of [
        formatEvent(event, state, ctx.stderrStyle, ctx.verbosity === 'verbose'),
        formatStepEnd(event, state),
      ]) {
        if (line !== null) ctx.info(line);
      }
    },
    printLine: (text) => {
      ctx.info(text);
    },
    stop: () => undefined,
  };
}
