import { isIntraday } from '../../../core/bars.js';
import { dateOfDayNumber, second } from '../../../core/time.js';
import { frameOf } from '../wire/frames.js';
import type { WireBar } from '../wire/messages.js';
import { compactDate, localTimes, zoneName } from '../wire/times.js';
import { since } from '../wire/versions.js';
import type { Window } from '../../../core/window.js';
import type { BarRow } from './bar-rows.js';
import type { WireBarSize } from './sizes.js';

/** How times are written in an answer. */
export interface TimeStyle {
  readonly version: number;
  /** 1: as text, 2: as seconds since 1970, where the bars are shorter than a day. */
  readonly formatDate: number;
  readonly timeZone: string;
}

/** Writes the date of bars of a size as a client wants it. */
export function barDates(style: TimeStyle, size: WireBarSize): (row: Pick<BarRow, 'start' | 'session'>) => string {
  if (size.kind !== 'market' || !isIntraday(size.size)) return ({ session }) => compactDate(dateOfDayNumber(session));
  if (style.formatDate === 2) return ({ start }) => String(Math.floor(start / second));
  const write = timesIn(style);
  return ({ start }) => write(start);
}

/** Writes instants in the zone of an instrument: with its name, or, to older clients, with two spaces and none. */
export function timesIn({ version, timeZone }: TimeStyle): (instant: number) => string {
  if (version < since.instrumentTimeZone) return localTimes(timeZone, '  ');
  const write = localTimes(timeZone);
  const suffix = ` ${zoneName(timeZone)}`;
  return (instant) => write(instant) + suffix;
}

/** The answer to a request for bars, in one piece: tens of thousands of them are one string and one buffer. */
export function barsMessage(
  id: number,
  window: Window,
  rows: readonly BarRow[],
  style: TimeStyle,
  size: WireBarSize,
): Buffer {
  const write = timesIn(style);
  const dateOf = barDates(style, size);
  let body = `17\0${id}\0${write(window.start)}\0${write(window.end)}\0${rows.length}\0`;
  for (const row of rows) {
    body += `${dateOf(row)}\0${row.open}\0${row.high}\0${row.low}\0${row.close}\0${row.volume}\0${row.average}\0${row.count}\0`;
  }
  return frameOf(body);
}

/** One bar as an update has it. */
export function wireBar(row: BarRow, date: string): WireBar {
  const { open, high, low, close, volume, average, count } = row;
  return { date, open, high, low, close, volume, average, count };
}
