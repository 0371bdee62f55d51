import { formatInstant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';

/** `2026-11-19T05:00:00Z to 2026-11-21T05:00:00Z` */
export function formatWindow(window: Window): string {
  return `${formatInstant(window.start)} to ${formatInstant(window.end)}`;
}
