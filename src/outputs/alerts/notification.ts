import type { RunId } from '../../core/request.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { formatTimeSeconds } from '../../core/time/zoned-time.js';
import { formatCount, humanizeDuration, pluralize } from '../../platform/format.js';
import { escapeLine } from '../../platform/text/escape.js';
import type { AlertName, AlertSeverity } from '../../config/pipeline/notifications/notifications.js';

/** `repeat`: the alert is still firing after `repeat_after`. */
export type NotificationKind = 'firing' | 'repeat' | 'resolved' | 'test';

/** One message about all subjects of a rule whose alerts changed. */
export interface Notification {
  readonly kind: NotificationKind;
  /** The rule; null for a test of a channel. */
  readonly on: AlertName | null;
  readonly severity: AlertSeverity;
  readonly pipeline: string;
  /** Null if no run found it. */
  readonly run: RunId | null;
  readonly at: Instant;
  readonly alerts: readonly {
    readonly subject: string;
    readonly message: string;
    readonly startedAt: Instant;
    readonly resolvedAt: Instant | null;
  }[];
}

const ruleTitles: Readonly<Record<AlertName, string>> = {
  prerequisite_violation: 'missing prerequisites',
  data_integrity_failure: 'corrupted data',
  api_circuit_breaker_open: 'circuit breaker open',
  stale_option_chains: 'stale option chains',
  missing_equity_data: 'missing equity bars',
  corporate_action: 'stored prices have another scale',
  data_revised: 'stored bars revised',
  task_failed: 'failed tasks',
  error_rate: 'too many failed requests',
  run_failed: 'run failed',
  run_missed: 'scheduled run missed',
  sink_failed: 'a sink receives nothing',
  quality_violation: 'rows violate a quality rule',
  run_at_risk: 'the next run is at risk',
};

export function formatTitle({ on, kind, severity, pipeline: name }: Notification): string {
  const pipeline = escapeLine(name);
  if (on === null) return `pipe: ${pipeline}: test notification, no alert is firing`;
  const state = kind === 'resolved' ? 'resolved' : kind === 'repeat' ? `still ${severity}` : severity;
  return `pipe: ${pipeline}: ${state}: ${ruleTitles[on]}`;
}

const maxListed = 10;

/** The lines below the title: one per subject, then the run. No text of a provider adds a line. */
export function formatBody({ alerts, kind, at, run }: Notification): readonly string[] {
  const lines = alerts.slice(0, maxListed).map(({ subject, message, startedAt, resolvedAt }) => {
    const duration = humanizeDuration(Math.max(0, (resolvedAt ?? at) - startedAt));
    if (kind === 'resolved') return escapeLine(`${subject}: resolved after ${duration}`);
    return escapeLine(`${subject}: ${message}${kind === 'repeat' ? ` (for ${duration})` : ''}`);
  });
  const more = alerts.length - lines.length;
  return [
    ...lines,
    ...(more > 0 ? [`and ${formatCount(more)} more`] : []),
    ...(run === null ? [] : [`run ${run}, ${formatTimeSeconds(at)}`]),
  ];
}

/** The notification as a JSON document. */
export function toNotificationDocument(notification: Notification): Readonly<Record<string, unknown>> {
  const { kind, on, severity, pipeline, run, at, alerts } = notification;
  return {
    rule: on,
    kind,
    severity,
    pipeline: escapeLine(pipeline),
    run,
    at: formatInstant(at),
    summary: `${formatTitle(notification)} (${pluralize(alerts.length, 'subject')})`,
    alerts: alerts.map(({ subject, message, startedAt, resolvedAt }) => ({
      subject: escapeLine(subject),
      message: escapeLine(message),
      startedAt: formatInstant(startedAt),
      resolvedAt: resolvedAt === null ? null : formatInstant(resolvedAt),
    })),
  };
}

/** The notification that `pipe alerts test` sends. */
export function createTestNotification(pipeline: string, at: Instant): Notification {
  const alerts = [{ subject: pipeline, message: 'this channel works', startedAt: at, resolvedAt: null }];
  return { kind: 'test', on: null, severity: 'info', pipeline, run: null, at, alerts };
}
