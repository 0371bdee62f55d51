import type { Command } from 'commander';

import { supportedExchanges } from '../../calendar/calendars.js';
import type { TradingSession } from '../../core/time/calendar.js';
import { getZoneOffset } from '../../core/time/time-zone.js';
import { formatInstant, minute } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { formatTable } from '../../platform/table.js';
import { pluralize } from '../../platform/format.js';
import { listSessionsOrExit } from '../../app/list-sessions.js';
import { parseDate } from '../options/parse-date.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

export function defineCalendar(command: Command, run: RunAction): void {
  command
    .command('calendar')
    .argument('<exchange>', `${supportedExchanges.slice(0, -1).join(', ')} or ${supportedExchanges.at(-1) ?? ''}`)
    .option('--from <date>', 'first date [30 days before the last]')
    .option('--to <date>', 'last date, inclusive [today]')
    .option('--json', 'print JSON: [{ date, open, close, pause }], times in UTC')
    .action((exchange: string, flags: Flags) => run((ctx) => Promise.resolve(showSessions(exchange, flags, ctx))));
}

function showSessions(exchange: string, flags: Flags, ctx: CliContext): ExitCode {
  const range = { from: parseDate('--from', flags.from), to: parseDate('--to', flags.to) };
  const { calendar, sessions, isTruncated } = listSessionsOrExit(exchange, range, ctx);
  if (isTruncated) ctx.info(ctx.stderrStyle('warn', `the calendar ${exchange} starts on ${calendar.firstDate}`));
  if (flags.json === true) {
    ctx.printJson(
      sessions.map((session) => ({
        date: session.date,
        open: formatInstant(session.open),
        close: formatInstant(session.close),
        ...(session.pause === undefined
          ? {}
          : { pause: { start: formatInstant(session.pause.start), end: formatInstant(session.pause.end) } }),
        ...(session.projected ? { projected: true } : {}),
      })),
    );
    return exitCode.done;
  }
  const formatLocalTime = (instant: Instant): string => {
    const shifted = instant + getZoneOffset(calendar.timeZone, instant);
    return new Date(Math.round(shifted / minute) * minute).toISOString().slice(11, 16);
  };
  const formatPause = ({ pause }: TradingSession): string =>
    pause === undefined ? '' : `break ${formatLocalTime(pause.start)} to ${formatLocalTime(pause.end)}`;
  const rows = sessions.map((session) => [
    { text: `  ${session.date}` },
    { text: formatWeekday(session.date) },
    { text: formatLocalTime(session.open) },
    { text: formatLocalTime(session.close) },
    { text: formatPause(session) },
    { text: session.projected ? 'projected' : '', style: (cell: string) => ctx.style('warn', cell) },
  ]);
  const dim = (text: string) => ({ text, style: (cell: string) => ctx.style('quiet', cell) });
  const head = [dim('  date'), dim(''), dim('open'), dim('close'), dim(''), dim('')];
  ctx.print(`${formatTable([head, ...rows], ['left', 'left', 'left', 'left', 'left', 'left'], 2).join('\n')}\n`);
  ctx.info(`${pluralize(sessions.length, 'session')} of ${exchange}, times in ${calendar.timeZone}`);
  return exitCode.done;
}

function formatWeekday(date: string): string {
  return ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][new Date(`${date}T00:00:00Z`).getUTCDay()] ?? '';
}
