import type { Instant, LocalDate } from './time.js';
import type { Window } from './window.js';

/** One trading day of an exchange, with its actual open and close. */
export interface TradingSession {
  /** The date in the exchange's time zone. */
  readonly date: LocalDate;
  readonly open: Instant;
  readonly close: Instant;
  /** The lunch break, without trading; absent if there is none. */
  readonly pause?: Window;
  /** Midnight to midnight in the exchange's time zone, half-open: bars of this session lie in it. */
  readonly dayStart: Instant;
  readonly dayEnd: Instant;
  /** Beyond the last year that the exchange has published: computed by rule. */
  readonly projected: boolean;
}

/** The sessions of one exchange. */
export interface Calendar {
  readonly exchange: string;
  readonly timeZone: string;
  /** The first date that the calendar covers. */
  readonly firstDate: LocalDate;
  /** The last date whose holidays the exchange has published; later sessions are projected by rule. */
  readonly lastPublishedDate: LocalDate;
  /** The sessions with a date in `[from, to)`, in order. */
  sessions(from: LocalDate, to: LocalDate): readonly TradingSession[];
  /** The date in the exchange's time zone at an instant. */
  dateAt(instant: Instant): LocalDate;
  /** The instant at which a date begins in the exchange's time zone. */
  startOf(date: LocalDate): Instant;
}

/** The spans of a session with trading: one, or the morning and the afternoon. */
export function getTradingSpans({
  open,
  close,
  pause,
}: Pick<TradingSession, 'open' | 'close' | 'pause'>): readonly Window[] {
  if (pause === undefined) return [{ start: open, end: close }];
  return [
    { start: open, end: pause.start },
    { start: pause.end, end: close },
  ];
}
