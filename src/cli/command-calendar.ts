import type { Command } from 'commander';

import { zoneOffset } from '../core/zone.js';
import { addDays, isoInstant, minute } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { columns } from '../report/columns.js';
import { plural } from '../core/words.js';
import { calendarNamed } from './calendars.js';
import { dateOption } from './date-option.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

interface Flags {
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

export function defineCalendar(command: Command, run: RunAction): void {
  command
    .command('calendar')
    .description('List the sessions of an exchange with their real opens and closes')
    .argument('<exchange>', 'XNYS, XNAS, XASX, XNSE or XBOM')
    .option('--from <date>', 'first date; 30 days ago when left out')
    .option('--to <date>', 'last date, itself included; today when left out')
    .option('--json', 'one JSON document on stdout: [{ date, open, close }], instants in UTC')
    .action((exchange: string, flags: Flags) => run((at) => Promise.resolve(calendar(exchange, flags, at))));
}

function calendar(exchange: string, flags: Flags, at: Surroundings): ExitCode {
  const sessions = calendarNamed(exchange);
  const today = sessions.dateAt(at.clock.now());
  const to = dateOption('--to', flags.to) ?? today;
  const from = dateOption('--from', flags.from) ?? addDays(to, -30);
  if (from > to) throw new Stop(exitCode.usage, `--from ${from} is after --to ${to}`);
  const found = sessions.sessions(from, addDays(to, 1));
  if (from < sessions.firstDate)
    at.note(at.notePaint('warn', `the calendar ${exchange} begins on ${sessions.firstDate}`));
  if (flags.json === true) {
    at.json(
      found.map((session) => ({
        date: session.date,
        open: isoInstant(session.open),
        close: isoInstant(session.close),
        ...(session.projected ? { projected: true } : {}),
      })),
    );
    return exitCode.done;
  }
  const local = (instant: Instant): string => {
    const shifted = instant + zoneOffset(sessions.timeZone, instant);
    return new Date(Math.round(shifted / minute) * minute).toISOString().slice(11, 16);
  };
  const rows = found.map((session) => [
    { text: `  ${session.date}` },
    { text: weekday(session.date) },
    { text: local(session.open) },
    { text: local(session.close) },
    { text: session.projected ? 'projected' : '', paint: (own: string) => at.paint('warn', own) },
  ]);
  const quiet = (text: string) => ({ text, paint: (own: string) => at.paint('quiet', own) });
  const head = [quiet('  date'), quiet(''), quiet('open'), quiet('close'), quiet('')];
  at.answer(`${columns([head, ...rows], ['left', 'left', 'left', 'left', 'left'], 2).join('\n')}\n`);
  at.note(`${plural(found.length, 'session')} of ${exchange}, hours in ${sessions.timeZone}`);
  return exitCode.done;
}

function weekday(date: string): string {
  return ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][new Date(`${date}T00:00:00Z`).getUTCDay()] ?? '';
}
