import { createEventPipe } from '../../app/run/event-pipe.js';
import type { RunDisplay } from '../../app/run/execute-run.js';
import { groupAbsences } from '../../core/describe-absences.js';
import { pluralize } from '../../platform/format.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import type { RunOutcome } from '../../run/execution.js';
import type { CliContext } from '../cli-context.js';
import { createProgress } from './progress.js';
import { escapeMessage } from '../../platform/text/escape.js';

export interface RunDisplayOptions {
  readonly json: boolean;
  /** The descriptor that gets the events instead of the terminal; null for none. */
  readonly eventsFd: number | null;
}

/** Shows a run in the terminal, or sends its events to the collector. */
export function createRunDisplay(runId: string, { json, eventsFd }: RunDisplayOptions, ctx: CliContext): RunDisplay {
  return {
    createProgress: (getBudgets) => (eventsFd === null ? createProgress(ctx, getBudgets) : createEventPipe(eventsFd)),
    onStopping(message, progress) {
      ctx.draw(0, '');
      progress.printLine(ctx.stderrStyle('warn', message));
    },
    onRecordError(message, progress) {
      const text = ctx.stderrStyle('warn', escapeMessage(message));
      if (ctx.verbosity === 'quiet') ctx.error(text);
      else progress.printLine(text);
    },
    warn: (message) => {
      ctx.info(ctx.stderrStyle('warn', escapeMessage(message)));
    },
    onFinished(outcome, report) {
      if (json) ctx.printJson(toRunDocument(runId, outcome));
      else if (ctx.verbosity !== 'quiet') ctx.print(report.text(ctx.style, ctx.terminalWidth));
      else if (eventsFd === null && outcome.status !== 'ok') ctx.error(describeFailure(outcome));
    },
  };
}

/** One line about a run that is not `ok`: cron mails it, and a quiet run says nothing else. */
function describeFailure({ status, fatal, tasks }: RunOutcome): string {
  const open = tasks.filter(({ status: task }) => task === 'failed' || task === 'partial' || task === 'skipped');
  const reason = fatal?.message ?? open.find(({ reason: text }) => text !== undefined)?.reason;
  const count = `${String(open.length)} of ${pluralize(tasks.length, 'task')} incomplete`;
  return escapeMessage(
    `pipe: the run is ${status}, ${count}${reason === undefined ? '' : `: ${reason}`}; see: pipe report`,
  );
}

/** The run as scripts read it. Keys are added freely and never renamed. */
function toRunDocument(runId: string, outcome: RunOutcome): Readonly<Record<string, unknown>> {
  const { status, requests, rows, tasks, fatal } = outcome;
  return {
    runId,
    status,
    requests,
    rows,
    ...(fatal === null ? {} : { error: fatal.message }),
    lacking: groupAbsences(tasks.flatMap(({ symbol, absences }) => (symbol === null ? [] : [{ symbol, absences }]))),
    tasks: tasks.map(({ reason, ...task }) => ({ ...task, ...omitUndefined({ error: reason }) })),
  };
}
