import type { RunEventBody } from '../core/events.js';
import type { Redact } from '../core/redact.js';

/** An event without the secrets that words from outside may hold: what sources, commands and disks say of their troubles. */
export function discreetEvent(event: RunEventBody, redact: Redact): RunEventBody {
  switch (event.type) {
    case 'warned':
    case 'request-retried':
      return { ...event, message: redact(event.message) };
    case 'request-answered':
      return event.message === undefined ? event : { ...event, message: redact(event.message) };
    case 'damage-found':
      return { ...event, problem: redact(event.problem) };
    case 'task-finished':
    case 'run-finished':
      return event.reason === undefined ? event : { ...event, reason: redact(event.reason) };
    default:
      return event;
  }
}
