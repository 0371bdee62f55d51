import type { Instant, LocalDate } from './time.js';

/** One trading day of an exchange, with its real open and close. */
export interface TradingSession {
  /** The day in the exchange's zone. */
  readonly date: LocalDate;
  readonly open: Instant;
  readonly close: Instant;
  /** Midnight to midnight in the exchange's zone, half-open: where bars of this session may lie. */
  readonly dayStart: Instant;
  readonly dayEnd: Instant;
  /** Beyond the last year the exchange has published: computed by rule, not announced. */
  readonly projected: boolean;
}

/** The sessions of one exchange. */
export interface Calendar {
  readonly exchange: string;
  readonly timeZone: string;
  /** The first date this calendar knows anything about. */
  readonly firstDate: LocalDate;
  /** The sessions whose date lies in `[from, to)`, in order. */
  sessions(from: LocalDate, to: LocalDate): readonly TradingSession[];
  /** The date in the exchange's zone at an instant. */
  dateAt(instant: Instant): LocalDate;
  /** The instant at which a date begins in the exchange's zone. */
  startOf(date: LocalDate): Instant;
}
