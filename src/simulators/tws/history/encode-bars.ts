import { isIntraday } from '../../../core/tables/bars.js';
import { fromDayNumber, second } from '../../../core/time/time.js';
import { encodeFrameBody } from '../wire/frames.js';
import type { WireBar } from '../wire/messages.js';
import { formatCompactDate, createLocalTimeFormatter, toTwsZoneName } from '../wire/times.js';
import { minVersions } from '../wire/versions.js';
import type { Window } from '../../../core/time/window.js';
import type { BarRow } from './bar-rows.js';
import type { WireBarSize } from './bar-sizes.js';

/** How times are written in an answer. */
export interface TimeFormat {
  readonly version: number;
  /** 1: as text, 2: as seconds since 1970, where the bars are shorter than a day. */
  readonly formatDate: number;
  readonly timeZone: string;
}

/** Writes the date of bars of a size as a client wants it. */
export function createDateFormatter(
  timeFormat: TimeFormat,
  size: WireBarSize,
): (row: Pick<BarRow, 'start' | 'session'>) => string {
  if (size.kind !== 'market' || !isIntraday(size.size))
    return ({ session }) => formatCompactDate(fromDayNumber(session));
  if (timeFormat.formatDate === 2) return ({ start }) => String(Math.floor(start / second));
  const formatTime = createTimeFormatter(timeFormat);
  return ({ start }) => formatTime(start);
}

/** Writes instants in the zone of an instrument: with its name, or, to older clients, with two spaces and none. */
export function createTimeFormatter({ version, timeZone }: TimeFormat): (instant: number) => string {
  if (version < minVersions.instrumentTimeZone) return createLocalTimeFormatter(timeZone, '  ');
  const formatTime = createLocalTimeFormatter(timeZone);
  const suffix = ` ${toTwsZoneName(timeZone)}`;
  return (instant) => formatTime(instant) + suffix;
}

/** The answer to a request for bars, in one piece: tens of thousands of them are one string and one buffer. */
export function encodeBars(
  id: number,
  window: Window,
  rows: readonly BarRow[],
  timeFormat: TimeFormat,
  size: WireBarSize,
): Buffer {
  const formatTime = createTimeFormatter(timeFormat);
  const formatBarDate = createDateFormatter(timeFormat, size);
  let body = `17\0${id}\0${formatTime(window.start)}\0${formatTime(window.end)}\0${rows.length}\0`;
  for (const row of rows) {
    body += `${formatBarDate(row)}\0${row.open}\0${row.high}\0${row.low}\0${row.close}\0${row.volume}\0${row.average}\0${row.count}\0`;
  }
  return encodeFrameBody(body);
}

/** One bar as an update has it. */
export function toWireBar(row: BarRow, date: string): WireBar {
  const { open, high, low, close, volume, average, count } = row;
  return { date, open, high, low, close, volume, average, count };
}
