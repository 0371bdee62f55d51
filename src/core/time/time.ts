/** Milliseconds since the Unix epoch, UTC. All arithmetic on time happens on these. */
export type Instant = number;

/** A calendar date without a zone, `YYYY-MM-DD`; which zone it belongs to is said where it is used. */
export type LocalDate = string;

/** A length of time in milliseconds. */
export type Duration = number;

export const second: Duration = 1_000;
export const minute: Duration = 60 * second;
export const hour: Duration = 60 * minute;
export const day: Duration = 24 * hour;

/** `2026-11-20T21:00:00.000Z`; whole seconds lose their fraction so that people can read them. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** An instant in UTC to the second, for people. */
export function formatInstantSeconds(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** The date of an instant in UTC. */
export function toUtcDate(instant: Instant): LocalDate {
  return new Date(instant).toISOString().slice(0, 10);
}

/** Days since 1970-01-01 of a date; the form in which dates are stored in columns. */
export function toDayNumber(date: LocalDate): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / day);
}

export function fromDayNumber(days: number): LocalDate {
  return new Date(days * day).toISOString().slice(0, 10);
}

/** The date `count` days after (or, when negative, before) another. */
export function addDays(date: LocalDate, count: number): LocalDate {
  return fromDayNumber(toDayNumber(date) + count);
}

/** Whether the text is a date that exists: `2024-02-30` is not. */
export function isLocalDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const instant = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(instant) && toUtcDate(instant) === text;
}
