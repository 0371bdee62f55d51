import { hour } from './time/time.js';
import type { Duration, Instant } from './time/time.js';

/** When answers without rows establish that a window has none. */
export interface EmptyConfirmation {
  /** Number of answers without rows that are needed; 1 takes the first one for granted. */
  readonly answers: number;
  /** The time between two answers that count: the faults that empty an answer last for hours. */
  readonly every: Duration;
}

/** The setting of the providers of real data. */
export const defaultEmptyConfirmation: EmptyConfirmation = { answers: 3, every: 12 * hour };

/** The setting of a provider that computes its answers and therefore never loses rows. */
export const noEmptyConfirmation: EmptyConfirmation = { answers: 1, every: 0 };

/** The code of a retryable failure that stands for an answer without rows that is not confirmed yet. */
export const unconfirmedCode = 'unconfirmed';

/** An unconfirmed answer without rows, as coverage records it. */
export interface EmptyAnswer {
  readonly emptyAnswers?: number;
  readonly lastRequestedAt: Instant;
}

/** Returns whether a window waits for its next answer: it had answers without rows, the last of them recently. */
export function isWaitingForAnswer(
  { emptyAnswers, lastRequestedAt }: EmptyAnswer,
  { every }: EmptyConfirmation,
  now: Instant,
): boolean {
  return emptyAnswers !== undefined && now - lastRequestedAt < every;
}

/** Describes an unconfirmed answer, as coverage records it: `no rows, 1 of 3 answers`. */
export function describeEmptyAnswers(emptyAnswers: number, { answers }: EmptyConfirmation): string {
  return `no rows, ${String(emptyAnswers)} of ${String(answers)} answers`;
}
