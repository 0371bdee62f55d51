import { isoInstant } from '../core/time.js';
import type { Window } from '../core/window.js';

/** `2026-11-19T05:00:00Z to 2026-11-21T05:00:00Z` */
export function seriesSpanText(window: Window): string {
  return `${isoInstant(window.start)} to ${isoInstant(window.end)}`;
}
