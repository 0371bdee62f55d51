import { describeBreaker } from '../../core/describe-breaker.js';
import type { RunEvent } from '../../core/events.js';
import { assertNever } from '../../core/result.js';
import { humanizeDuration, pluralize } from '../../platform/format.js';
import type { LogLevel } from '../../config/pipeline/notifications/notifications.js';

/** How much an event matters to those who read logs. */
export function getLogLevel(event: RunEvent): LogLevel {
  switch (event.type) {
    case 'task-started':
    case 'rate-limited':
    case 'request-sent':
    case 'request-completed':
    case 'vacuumed':
      return 'debug';
    case 'request-retried':
    case 'corruption-detected':
    case 'warning':
      return 'warn';
    case 'breaker-changed':
      return event.state === 'open' ? 'warn' : 'info';
    case 'task-finished':
      if (event.status === 'failed') return 'error';
      return event.status === 'ok' || event.status === 'up-to-date' ? 'debug' : 'warn';
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
      return assertNever(event);
  }
}

/** What an event says to a person who reads the log. */
export function formatLogMessage(event: RunEvent): string {
  switch (event.type) {
    case 'run-started':
      return `the run of ${event.pipeline.name} has begun`;
    case 'recovered':
      return `stored ${pluralize(event.results, 'answer')} that interrupted runs had received`;
    case 'corruption-detected':
      return `${event.dataset}: ${event.path} is damaged (${event.problem})`;
    case 'planned':
      return `${pluralize(event.requests, 'request')} to make`;
    case 'task-started':
      return `${event.task} has begun`;
    case 'task-finished':
      return `${event.task} ${event.status}${event.reason === undefined ? '' : `: ${event.reason}`}`;
    case 'rate-limited':
      return `waited ${humanizeDuration(event.waitedMs)} for the budget ${event.budget} of ${event.provider}`;
    case 'request-sent':
      return `asking ${event.provider} for ${event.series}`;
    case 'request-retried':
      return `${event.message}; again in ${humanizeDuration(event.delay)}`;
    case 'request-completed':
      return `${event.provider} answered: ${event.outcome}, ${pluralize(event.rows, 'row')}`;
    case 'breaker-changed':
      return describeBreaker(event);
    case 'committed':
      return `stored ${pluralize(event.rows, 'row')} in ${event.dataset}`;
    case 'replaced':
      return `${event.dataset} has been computed: ${pluralize(event.rows, 'row')}`;
    case 'compacted':
      return `merged ${pluralize(event.filesBefore, 'file')} of ${event.dataset} into ${event.filesAfter}`;
    case 'vacuumed':
      return `removed ${pluralize(event.files, 'superseded file')} of ${event.dataset}`;
    case 'warning':
      return event.message;
    case 'run-finished':
      return `the run has ended: ${event.status}${event.reason === undefined ? '' : `: ${event.reason}`}`;
    default:
      return assertNever(event);
  }
}
