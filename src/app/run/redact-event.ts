import type { RunEventBody } from '../../core/events.js';
import type { Redact } from '../../platform/redact.js';

/** An event without the secrets that words from outside may hold: what sources, commands and disks say of their troubles. */
export function redactEvent(event: RunEventBody, redact: Redact): RunEventBody {
  switch (event.type) {
    case 'warning':
    case 'request-retried':
      return { ...event, message: redact(event.message) };
    case 'request-completed':
      return event.message === undefined ? event : { ...event, message: redact(event.message) };
    case 'corruption-detected':
      return { ...event, problem: redact(event.problem) };
    case 'task-finished':
    case 'run-finished':
      return event.reason === undefined ? event : { ...event, reason: redact(event.reason) };
    default:
      return event;
  }
}
