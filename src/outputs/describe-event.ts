import type { LogLevel } from '../config/pipeline/notifications/notifications.js';
import { describeAbsences } from '../core/describe-absences.js';
import { describeBreaker } from '../core/describe-breaker.js';
import type {
  FileImported,
  CorruptionDetected,
  QualityChecked,
  RequestCompleted,
  RevisionDetected,
  RunEvent,
  SpoolRecovered,
  TaskStatus,
} from '../core/events.js';
import { assertNever } from '../core/result.js';
import { formatZonedWindow } from '../core/time/zoned-time.js';
import type { Window } from '../core/time/window.js';
import { escapeLine } from '../platform/text/escape.js';
import { formatBytes, formatCount, humanizeDuration, pluralize } from '../platform/format.js';

/** An event as one line of text, and how important it is. */
export interface EventDescription {
  readonly level: LogLevel;
  readonly message: string;
}

/** Describes an event: the terminal, the log, the output of the collector and the report use the same words. */
export function describeEvent(event: RunEvent): EventDescription {
  const { level, message } = describe(event);
  return { level, message: escapeLine(message) };
}

function describe(event: RunEvent): EventDescription {
  switch (event.type) {
    case 'run-started':
      return { level: 'info', message: `run of ${event.pipeline.name} started` };
    case 'spool-recovered':
      return { level: 'info', message: describeRecovery(event) };
    case 'corruption-detected':
      return { level: 'warn', message: describeCorruption(event) };
    case 'planned':
      return { level: 'info', message: describePlan(event) };
    case 'task-started':
      return { level: 'debug', message: `${event.task} started` };
    case 'task-finished': {
      const { task, status, rows, reason, absences } = event;
      const rowCount = status === 'ok' ? `, ${pluralize(rows, 'row')}` : '';
      const accepted = reason === undefined && absences.length > 0 ? ` (${describeAbsences(absences)})` : '';
      return {
        level: taskLevels[status],
        message: `${task} ${formatStatus(status)}${rowCount}${accepted}${formatReason(reason)}`,
      };
    }
    case 'rate-limit-reached': {
      const { provider, budget, requests, waitMs } = event;
      const wait = `${pluralize(requests, 'request')} ${requests === 1 ? 'waits' : 'wait'} for the rate limit`;
      return { level: 'info', message: `${provider}: ${wait} ${budget}, the next one ${humanizeDuration(waitMs)}` };
    }
    case 'rate-limited': {
      const { waitedMs, provider, budget } = event;
      return {
        level: 'debug',
        message: `waited ${humanizeDuration(waitedMs)} for the rate limit of ${provider}: ${budget}`,
      };
    }
    case 'request-sent': {
      const window = event.window === null ? '' : `, ${formatWindow(event.window)}`;
      return { level: 'debug', message: `${event.task}: requested ${event.series} from ${event.provider}${window}` };
    }
    case 'request-shared':
      return {
        level: 'debug',
        message: `${event.task}: ${event.series} was requested by run ${event.run}; its answer is used`,
      };
    case 'request-retried': {
      const { task, message, delay } = event;
      return { level: 'warn', message: `${task}: ${message}; retrying in ${humanizeDuration(delay)}` };
    }
    case 'request-completed':
      return { level: 'debug', message: `${event.task}: ${describeOutcome(event)}` };
    case 'revision-detected':
      return { level: event.isMaterial ? 'warn' : 'info', message: describeRevision(event) };
    case 'breaker-changed':
      return { level: event.state === 'open' ? 'warn' : 'info', message: describeBreaker(event) };
    case 'committed':
      return { level: 'info', message: `${event.dataset}: committed ${describeVersion(event)}` };
    case 'table-replaced':
      return { level: 'info', message: `${event.dataset}: replaced by ${describeVersion(event)}` };
    case 'file-imported':
      return { level: event.rejectedRows > 0 ? 'warn' : 'info', message: describeImport(event) };
    case 'compacted': {
      const { dataset, filesBefore, filesAfter } = event;
      return {
        level: 'info',
        message: `${dataset}: compacted ${pluralize(filesBefore, 'file')} into ${formatCount(filesAfter)}`,
      };
    }
    case 'vacuumed': {
      const { dataset, files, bytes } = event;
      return { level: 'debug', message: `${dataset}: removed ${pluralize(files, 'old file')} (${formatBytes(bytes)})` };
    }
    case 'quality-checked':
      return { level: isQualityFinding(event) ? 'warn' : 'debug', message: describeQuality(event) };
    case 'sink-delivered': {
      const { sink, rows, refused } = event;
      const rest = refused === 0 ? '' : `, ${pluralize(refused, 'row')} refused`;
      return {
        level: refused === 0 ? 'info' : 'warn',
        message: `sink ${sink}: delivered ${pluralize(rows, 'row')}${rest}`,
      };
    }
    case 'sink-failed':
      return { level: 'warn', message: `sink ${event.sink} failed: ${event.message}; ${event.hint}` };
    case 'warning':
      return { level: 'warn', message: event.message };
    case 'run-finished': {
      const { status, requests, rows, reason } = event;
      const counts = `${pluralize(requests, 'request')}, ${pluralize(rows, 'row')}`;
      const level = status === 'failed' ? 'error' : status === 'ok' ? 'info' : 'warn';
      return { level, message: `run finished: ${status}, ${counts}${formatReason(reason)}` };
    }
    default:
      return assertNever(event);
  }
}

const leftOutTexts: Readonly<Record<string, string>> = {
  otherSymbols: 'of other symbols',
  otherKinds: 'of other instruments',
  outside: 'outside the regular hours',
  untraded: 'without a trade',
  duplicates: 'repeated',
  heldByOtherFiles: 'held from other files',
};

function describeImport(event: Omit<FileImported, 'type'>): string {
  const { path, rows, storedRows, dataset, provider, leftOut, rejectedRows, rejected, comparisons } = event;
  const [first] = rejected;
  const parts = [
    `${escapeLine(path)}: ${formatCount(storedRows)} of ${pluralize(rows, 'row')} stored in ${dataset} as ${provider}`,
    ...Object.entries(leftOut).flatMap(([name, count]) =>
      count === 0 ? [] : [`${formatCount(count)} ${leftOutTexts[name] ?? escapeLine(name)}`],
    ),
    ...(first === undefined
      ? []
      : [`${formatCount(rejectedRows)} rejected, first line ${String(first.line)}: ${escapeLine(first.problem)}`]),
    ...comparisons.map(escapeLine),
  ];
  return parts.join('; ');
}

/** Returns whether a rule found violations, or could not be applied. */
export function isQualityFinding({ violations, problem }: Pick<QualityChecked, 'violations' | 'problem'>): boolean {
  return violations > 0 || problem !== undefined;
}

export function describeQuality(
  event: Pick<QualityChecked, 'rule' | 'violations' | 'quarantined' | 'gaps' | 'problem'> & {
    readonly dataset: string;
  },
): string {
  const { dataset, rule, violations, quarantined, gaps, problem } = event;
  const parts = [
    ...(violations > 0 || problem === undefined ? [pluralize(violations, 'violation')] : []),
    ...(quarantined > 0 ? [`${pluralize(quarantined, 'row')} quarantined`] : []),
    ...(gaps > 0 ? [`${formatCount(gaps)} of them requested again`] : []),
    ...(problem === undefined ? [] : [problem]),
  ];
  return `${dataset}: quality rule ${rule}: ${parts.join(', ')}`;
}

export function describeRevision(event: Omit<RevisionDetected, 'type'>): string {
  const { task, detail, rescaledSessions, restatementRequests } = event;
  const rescaled =
    rescaledSessions === 0 ? '' : `; ${pluralize(rescaledSessions, 'stored session')} on the earlier price scale`;
  const restated = restatementRequests === 0 ? '' : `, fetched again with ${pluralize(restatementRequests, 'request')}`;
  return `${task}: ${detail}${rescaled}${restated}`;
}

/** `up to date` for `up-to-date`; every other status is its own text. */
export function formatStatus(status: TaskStatus): string {
  return status === 'up-to-date' ? 'up to date' : status;
}

export function describeRecovery({ results, rows, runs }: Omit<SpoolRecovered, 'type'>): string {
  return `committed ${pluralize(results, 'result')} (${pluralize(rows, 'row')}) received by ${pluralize(runs.length, 'interrupted run')}`;
}

export function describeCorruption({ dataset, path, problem }: Omit<CorruptionDetected, 'type'>): string {
  return `corrupted file in ${dataset}: ${escapeLine(path)} (${problem}); its windows are missing from now on`;
}

const taskLevels: Readonly<Record<TaskStatus, LogLevel>> = {
  ok: 'debug',
  'up-to-date': 'debug',
  partial: 'warn',
  failed: 'error',
  skipped: 'warn',
  cancelled: 'warn',
};

function describePlan({ requests, estimatedRequests, estimatedMs }: Extract<RunEvent, { type: 'planned' }>): string {
  if (requests + estimatedRequests === 0) return 'planned no requests';
  const more = estimatedRequests > 0 ? ` and about ${formatCount(estimatedRequests)} more` : '';
  const time = estimatedMs > 0 ? `, about ${humanizeDuration(estimatedMs)}` : '';
  return `planned ${pluralize(requests, 'request')}${more}${time}`;
}

function describeOutcome({ provider, outcome, rows, message }: RequestCompleted): string {
  switch (outcome) {
    case 'rows':
      return `received ${pluralize(rows, 'row')} from ${provider}`;
    case 'partial':
      return `received ${pluralize(rows, 'row')} from ${provider}, incomplete`;
    case 'empty':
      return `${provider} has no data`;
    default:
      return `request to ${provider} failed (${outcome})${formatReason(message)}`;
  }
}

function describeVersion({ version, rows }: { readonly version: number; readonly rows: number }): string {
  return `version ${String(version)} with ${pluralize(rows, 'row')}`;
}

function formatReason(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}

/** Events do not name the exchange of a series. */
function formatWindow(window: Window): string {
  return formatZonedWindow(window, 'UTC');
}
