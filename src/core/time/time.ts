/** Milliseconds since the Unix epoch, UTC. All arithmetic on time uses instants. */
export type Instant = number;

/** A calendar date without a time zone, `YYYY-MM-DD`; its time zone is documented where it is used. */
export type LocalDate = string;

/** A length of time in milliseconds. */
export type Duration = number;

export const second: Duration = 1_000;
export const minute: Duration = 60 * second;
export const hour: Duration = 60 * minute;
export const day: Duration = 24 * hour;

/** `2026-11-20T21:00:00.000Z`; whole seconds lose their fraction for readability. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** `2026-11-20T21:00:00Z`: an instant in UTC, truncated to the second. */
export function formatInstantSeconds(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** The date of an instant in UTC. */
export function toUtcDate(instant: Instant): LocalDate {
  return new Date(instant).toISOString().slice(0, 10);
}

/** Days from 1970-01-01 to a date; columns store dates in this form. */
export function toDayNumber(date: LocalDate): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / day);
}

export function fromDayNumber(days: number): LocalDate {
  return new Date(days * day).toISOString().slice(0, 10);
}

/** The date `count` days after another, or before it if `count` is negative. */
export function addDays(date: LocalDate, count: number): LocalDate {
  return fromDayNumber(toDayNumber(date) + count);
}

/** Returns whether the text is an existing date: `2024-02-30` is not. */
export function isLocalDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const instant = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(instant) && toUtcDate(instant) === text;
}
