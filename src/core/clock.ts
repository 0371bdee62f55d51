import type { Instant } from './time.js';

/** The only way to know what time it is, and to wait. */
export interface Clock {
  now(): Instant;
  /** Resolves at an instant, at once if it has passed; rejects with the signal's reason when aborted. */
  sleepUntil(instant: Instant, signal?: AbortSignal): Promise<void>;
}
