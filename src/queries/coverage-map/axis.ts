import type { SeriesCoverage } from '../../core/coverage.js';
import type { Calendar } from '../../core/time/calendar.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import { codeOf } from './cells.js';

/** The dates of the map, and where the sessions of each exchange are among them. */
export interface Axis {
  readonly dates: readonly LocalDate[];
  sessionsOf(calendar: Calendar): CalendarAxis;
}

export interface CalendarAxis {
  /** The cells of a row that was never requested: one for each date of the axis. */
  readonly blank: Uint8Array;
  /** Where its runs of equal cells begin. */
  readonly blankEdges: readonly number[];
  /** Positions on the axis, opening and closing times, beginnings and ends of days of the sessions, in order. */
  readonly positions: readonly number[];
  readonly opens: readonly Instant[];
  readonly closes: readonly Instant[];
  readonly dayStarts: readonly Instant[];
  readonly dayEnds: readonly Instant[];
}

/** The range of a map. */
export interface AxisRange {
  /** First session; null for that of the earliest window. */
  readonly from: LocalDate | null;
  /** The end of the last session, exclusive. */
  readonly to: LocalDate;
  /** A session that has not opened by then is none of the map: it cannot have data. */
  readonly now: Instant;
  /** Sessions at most; the earliest are omitted. */
  readonly maxSessions: number;
}

export function createAxis(
  selected: readonly { readonly symbol: string; readonly windows: SeriesCoverage }[],
  { from, to, now, maxSessions }: AxisRange,
  calendarOf: (symbol: string) => Calendar,
): Axis {
  const calendars = new Set(selected.map(({ symbol }) => calendarOf(symbol)));
  let earliest = Infinity;
  for (const { windows } of selected) earliest = Math.min(earliest, windows[0]?.start ?? Infinity);
  const dates = new Set<LocalDate>();
  const sessions = new Map(
    [...calendars].map((calendar) => {
      const first = from ?? (Number.isFinite(earliest) ? calendar.dateAt(earliest) : to);
      const all = calendar.sessions(first > calendar.firstDate ? first : calendar.firstDate, to);
      return [calendar, all.filter(({ open }) => open <= now)] as const;
    }),
  );
  for (const list of sessions.values()) for (const { date } of list) dates.add(date);
  const shown = [...dates].sort().slice(-maxSessions);
  const positions = new Map(shown.map((date, position) => [date, position]));
  const axes = new Map<Calendar, CalendarAxis>();
  for (const [calendar, list] of sessions) {
    const visible = list.filter(({ date }) => positions.has(date));
    const own = visible.map(({ date }) => positions.get(date) ?? 0);
    const blank = new Uint8Array(shown.length);
    for (const position of own) blank[position] = codeOf('none');
    axes.set(calendar, {
      blank,
      blankEdges: findEdges(blank),
      positions: own,
      opens: visible.map(({ open }) => open),
      closes: visible.map(({ close }) => close),
      dayStarts: visible.map(({ dayStart }) => dayStart),
      dayEnds: visible.map(({ dayEnd }) => dayEnd),
    });
  }
  const blank = new Uint8Array(shown.length);
  const noSessions: CalendarAxis = {
    blank,
    blankEdges: [],
    positions: [],
    opens: [],
    closes: [],
    dayStarts: [],
    dayEnds: [],
  };
  return { dates: shown, sessionsOf: (calendar) => axes.get(calendar) ?? noSessions };
}

function findEdges(cells: Uint8Array): readonly number[] {
  const edges: number[] = [];
  for (let index = 1; index < cells.length; index++) if (cells[index] !== cells[index - 1]) edges.push(index);
  return edges;
}
