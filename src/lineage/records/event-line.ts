import type { RunEvent, RunEventBody } from '../../core/events.js';
import { isRecord, parseJsonLine } from '../../platform/json-line.js';

type EventType = RunEventBody['type'];

/** Every type of event, so that a line of a newer version is skipped and not misread. */
const eventTypes: Readonly<Record<EventType, true>> = {
  'run-started': true,
  recovered: true,
  'corruption-detected': true,
  planned: true,
  'task-started': true,
  'task-finished': true,
  'rate-limited': true,
  'request-sent': true,
  'request-retried': true,
  'request-completed': true,
  'breaker-changed': true,
  committed: true,
  replaced: true,
  compacted: true,
  vacuumed: true,
  warned: true,
  'run-finished': true,
};

/** One event as one line, without its end. */
export function serializeEvent(event: RunEvent): string {
  return JSON.stringify(event);
}

/** The events of a file that only we write: what a crash tore and what a newer version added is left out. */
export function parseEventLines(text: string): RunEvent[] {
  return text.split('\n').flatMap((line) => parseEventLine(line) ?? []);
}

export function parseEventLine(line: string): RunEvent | null {
  return parseJsonLine(line, isRunEvent);
}

/** The type says which fields there are: a line that parses was written whole, by `eventLine`. */
function isRunEvent(value: unknown): value is RunEvent {
  return (
    isRecord(value) &&
    typeof value['at'] === 'number' &&
    typeof value['runId'] === 'string' &&
    typeof value['type'] === 'string' &&
    Object.hasOwn(eventTypes, value['type'])
  );
}
