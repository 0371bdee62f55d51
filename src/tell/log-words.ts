import { breakerWords } from '../core/breaker-words.js';
import type { RunEvent } from '../core/events.js';
import { unreachable } from '../core/result.js';
import { durationText, plural } from '../core/words.js';
import type { LogLevel } from '../pipeline/telling.js';

/** How much an event matters to those who read logs. */
export function levelOf(event: RunEvent): LogLevel {
  switch (event.type) {
    case 'task-started':
    case 'budget-waited':
    case 'request-sent':
    case 'request-answered':
    case 'vacuumed':
      return 'debug';
    case 'request-retried':
    case 'damage-found':
    case 'warned':
      return 'warn';
    case 'breaker-changed':
      return event.state === 'open' ? 'warn' : 'info';
    case 'task-finished':
      if (event.status === 'failed') return 'error';
      return event.status === 'ok' || event.status === 'satisfied' ? 'debug' : 'warn';
    case 'run-finished':
      if (event.status === 'failed') return 'error';
      return event.status === 'ok' ? 'info' : 'warn';
    case 'run-started':
    case 'recovered':
    case 'planned':
    case 'committed':
    case 'replaced':
    case 'compacted':
      return 'info';
    default:
      return unreachable(event);
  }
}

/** What an event says to a person who reads the log. */
export function logWords(event: RunEvent): string {
  switch (event.type) {
    case 'run-started':
      return `the run of ${event.pipeline.name} has begun`;
    case 'recovered':
      return `stored ${plural(event.deliveries, 'answer')} that interrupted runs had received`;
    case 'damage-found':
      return `${event.dataset}: ${event.path} is damaged (${event.problem})`;
    case 'planned':
      return `${plural(event.requests, 'request')} to make`;
    case 'task-started':
      return `${event.task} has begun`;
    case 'task-finished':
      return `${event.task} ${event.status}${event.reason === undefined ? '' : `: ${event.reason}`}`;
    case 'budget-waited':
      return `waited ${durationText(event.waited)} for the budget ${event.budget} of ${event.provider}`;
    case 'request-sent':
      return `asking ${event.provider} for ${event.series}`;
    case 'request-retried':
      return `${event.message}; again in ${durationText(event.delay)}`;
    case 'request-answered':
      return `${event.provider} answered: ${event.outcome}, ${plural(event.rows, 'row')}`;
    case 'breaker-changed':
      return breakerWords(event);
    case 'committed':
      return `stored ${plural(event.rows, 'row')} in ${event.dataset}`;
    case 'replaced':
      return `${event.dataset} has been computed: ${plural(event.rows, 'row')}`;
    case 'compacted':
      return `merged ${plural(event.filesBefore, 'file')} of ${event.dataset} into ${event.filesAfter}`;
    case 'vacuumed':
      return `removed ${plural(event.files, 'superseded file')} of ${event.dataset}`;
    case 'warned':
      return event.message;
    case 'run-finished':
      return `the run has ended: ${event.status}${event.reason === undefined ? '' : `: ${event.reason}`}`;
    default:
      return unreachable(event);
  }
}
