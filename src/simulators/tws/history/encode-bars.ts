import { isIntraday } from '../../../core/tables/bars.js';
import { fromDayNumber, second } from '../../../core/time/time.js';
import { encodeFrameBody } from '../wire/frames.js';
import type { WireBar } from '../wire/messages.js';
import { formatCompactDate, createLocalTimeFormatter, toTwsZoneName } from '../wire/times.js';
import { minVersions } from '../wire/versions.js';
import type { Window } from '../../../core/time/window.js';
import type { BarRow } from './bar-rows.js';
import type { WireBarSize } from './bar-sizes.js';

/** Format of times in a response. */
export interface TimeFormat {
  readonly version: number;
  /** Of bars shorter than a day: 1 text, 2 seconds since 1970, 3 text without the year. */
  readonly formatDate: number;
  readonly timeZone: string;
}

/** Creates a formatter of bar dates. */
export function createDateFormatter(
  timeFormat: TimeFormat,
  size: WireBarSize,
): (row: Pick<BarRow, 'start' | 'session'>) => string {
  if (size.kind !== 'market' || !isIntraday(size.size))
    return ({ session }) => formatCompactDate(fromDayNumber(session));
  if (timeFormat.formatDate === 2) return ({ start }) => String(Math.floor(start / second));
  const formatTime = createTimeFormatter(timeFormat);
  if (timeFormat.formatDate === 3) return ({ start }) => formatTime(start).slice(yearLength);
  return ({ start }) => formatTime(start);
}

const yearLength = 4;

/** Creates a formatter of instants in the instrument's zone; older clients get two spaces and no zone name. */
export function createTimeFormatter({ version, timeZone }: TimeFormat): (instant: number) => string {
  if (version < minVersions.instrumentTimeZone) return createLocalTimeFormatter(timeZone, '  ');
  const formatTime = createLocalTimeFormatter(timeZone);
  const suffix = ` ${toTwsZoneName(timeZone)}`;
  return (instant) => formatTime(instant) + suffix;
}

/** Encodes a response with all its bars as one string and one buffer, because there can be tens of thousands. */
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

/** Converts a bar to its fields in messages. */
export function toWireBar(row: BarRow, date: string): WireBar {
  const { open, high, low, close, volume, average, count } = row;
  return { date, open, high, low, close, volume, average, count };
}
