import type { RunId } from '../../core/request.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import type { AlertName, AlertSeverity } from '../../config/pipeline/notifications/notifications.js';

/** Why something is told. */
export type NotificationKind = 'raised' | 'still open' | 'recovered' | 'test';

/** One message to people: what a rule has found, all its subjects together. */
export interface Notification {
  readonly kind: NotificationKind;
  /** Null for a test of a channel. */
  readonly on: AlertName | null;
  readonly severity: AlertSeverity;
  readonly pipeline: string;
  /** The run in which it was found, if it was in one. */
  readonly run: RunId | null;
  readonly at: Instant;
  readonly alerts: readonly {
    readonly subject: string;
    readonly message: string;
    readonly startedAt: Instant;
    readonly resolvedAt: Instant | null;
  }[];
}

/** What each rule is about, in words. */
const ruleTitles: Readonly<Record<AlertName, string>> = {
  prerequisite_violation: 'prerequisites are not there',
  data_integrity_failure: 'stored data is damaged',
  api_circuit_breaker_open: 'a source keeps failing and is left alone',
  stale_option_chains: 'option chains are too old',
  missing_equity_data: 'bars of equities are missing',
  task_failed: 'tasks have failed',
  error_rate: 'too many requests fail',
  run_failed: 'a run has failed',
  run_missed: 'a run did not take place',
};

export function formatTitle({ on, kind, severity, pipeline }: Notification): string {
  if (on === null) return `pipe: ${pipeline}: a test, nothing is wrong`;
  const state = kind === 'recovered' ? 'recovered' : kind === 'still open' ? `still ${severity}` : severity;
  return `pipe: ${pipeline}: ${state}: ${ruleTitles[on]}`;
}

/** More would be a list to scroll through, not a message to read. */
const maxListed = 10;

/** What the message says below its heading: a line for each of the first subjects. */
export function formatBody({ alerts, kind, at, run }: Notification): readonly string[] {
  const lines = alerts.slice(0, maxListed).map(({ subject, message, startedAt, resolvedAt }) => {
    const duration = humanizeDuration(Math.max(0, (resolvedAt ?? at) - startedAt));
    if (kind === 'recovered') return `${subject}: well again after ${duration}`;
    return `${subject}: ${message}${kind === 'still open' ? ` (for ${duration})` : ''}`;
  });
  const more = alerts.length - lines.length;
  return [
    ...lines,
    ...(more > 0 ? [`and ${formatCount(more)} more`] : []),
    ...(run === null ? [] : [`run ${run}, ${formatInstant(at)}`]),
  ];
}

/** The message as a document for programs. */
export function toNotificationDocument(notification: Notification): Readonly<Record<string, unknown>> {
  const { kind, on, severity, pipeline, run, at, alerts } = notification;
  return {
    rule: on,
    kind,
    severity,
    pipeline,
    run,
    at: formatInstant(at),
    summary: `${formatTitle(notification)} (${pluralize(alerts.length, 'subject')})`,
    alerts: alerts.map(({ subject, message, startedAt, resolvedAt }) => ({
      subject,
      message,
      since: formatInstant(startedAt),
      until: resolvedAt === null ? null : formatInstant(resolvedAt),
    })),
  };
}

/** What `pipe alerts test` sends. */
export function createTestNotification(pipeline: string, at: Instant): Notification {
  const alerts = [{ subject: pipeline, message: 'this channel works', startedAt: at, resolvedAt: null }];
  return { kind: 'test', on: null, severity: 'info', pipeline, run: null, at, alerts };
}
