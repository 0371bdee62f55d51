import type { RunEvent } from '../../core/events.js';
import { parseJsonLine } from '../../platform/json.js';
import { decodeEvent } from './decode-event.js';

/** One event as one line, without its end. */
export function serializeEvent(event: RunEvent): string {
  return JSON.stringify(event);
}

/** The events of a file; skips lines torn by a crash and event types of a newer version. */
export function parseEventLines(text: string): RunEvent[] {
  return text.split('\n').flatMap((line) => parseEventLine(line) ?? []);
}

export function parseEventLine(line: string): RunEvent | null {
  return parseJsonLine(line, decodeEvent);
}
