import type { RunId } from '../../core/request.js';
import type { Instant } from '../../core/time/time.js';
import type { AlertRule } from '../../config/pipeline/notifications/notifications.js';
import { isSameRule } from './alert-change.js';
import type { AlertChange, RuleRef } from './alert-change.js';
import type { Notification, NotificationKind } from './notification.js';

/** A firing or recently resolved alert, with what each channel received about it. */
export interface Alert {
  readonly rule: RuleRef;
  readonly subject: string;
  /** The latest finding. */
  readonly message: string;
  readonly startedAt: Instant;
  /** Null while it fires. */
  readonly resolvedAt: Instant | null;
  /** By channel; channels that received nothing are absent. */
  readonly deliveries: Readonly<Record<string, DeliveryState>>;
}

/** The notifications that a channel received about an alert. */
export interface DeliveryState {
  /** The time of the last notification that the alert fires. */
  readonly notifiedAt: Instant;
  /** True if the channel has received the resolution since. */
  readonly resolved: boolean;
}

/** The alerts of one pipeline, by rule and subject. */
export type Alerts = ReadonlyMap<string, Alert>;

/** A notification to send, and the keys of the alerts that it covers. */
export interface PendingNotification {
  readonly channel: string;
  readonly notification: Notification;
  readonly keys: readonly string[];
}

export const noAlerts: Alerts = new Map();

function alertKey({ on, severity }: RuleRef, subject: string): string {
  return `${on}/${severity}/${subject}`;
}

/** Applies changes. Returns the same object if nothing changes. */
export function applyChanges(alerts: Alerts, changes: readonly AlertChange[], now: Instant): Alerts {
  const updates = new Map<string, Alert>();
  const known = (key: string): Alert | undefined => updates.get(key) ?? alerts.get(key);
  const resolve = (key: string): void => {
    const alert = known(key);
    if (alert?.resolvedAt === null) updates.set(key, { ...alert, resolvedAt: now });
  };
  for (const change of changes) {
    const { rule } = change;
    switch (change.kind) {
      case 'raise': {
        const { subject, message } = change;
        const key = alertKey(rule, subject);
        const before = known(key);
        if (before === undefined)
          updates.set(key, { rule, subject, message, startedAt: now, resolvedAt: null, deliveries: {} });
        else if (before.resolvedAt !== null) updates.set(key, { ...before, message, startedAt: now, resolvedAt: null });
        else if (before.message !== message) updates.set(key, { ...before, message });
        break;
      }
      case 'clear':
        resolve(alertKey(rule, change.subject));
        break;
      case 'clear-others':
        for (const [key, { rule: otherRule, subject }] of [...alerts, ...updates]) {
          const isInScope = change.isInScope?.(subject) ?? true;
          if (isInScope && isSameRule(otherRule, rule) && !change.subjects.has(subject)) resolve(key);
        }
    }
  }
  return updates.size === 0 ? alerts : new Map([...alerts, ...updates]);
}

/**
 * Removes alerts whose rule or subject no longer exists, and resolved alerts once every channel received the resolution and
 * `repeatAfter` has passed, so that a new occurrence is sent at once.
 */
export function pruneAlerts(
  alerts: Alerts,
  rules: readonly AlertRule[],
  isActiveSubject: (alert: Alert) => boolean,
  now: Instant,
): Alerts {
  const kept = [...alerts].filter(([, alert]) => {
    const rule = rules.find((one) => isSameRule(one, alert.rule));
    if (rule === undefined || !isActiveSubject(alert)) return false;
    if (alert.resolvedAt === null) return true;
    return rule.channels.some((channel) => {
      const delivery = alert.deliveries[channel];
      return delivery !== undefined && (!delivery.resolved || now - delivery.notifiedAt < rule.repeatAfter);
    });
  });
  return kept.length === alerts.size ? alerts : new Map(kept);
}

/** Lists the notifications to send: one per channel, rule and kind, however many alerts it covers. */
export function pendingNotifications(
  alerts: Alerts,
  rules: readonly AlertRule[],
  about: { readonly pipeline: string; readonly run: RunId | null; readonly now: Instant },
): readonly PendingNotification[] {
  const pending: PendingNotification[] = [];
  for (const rule of rules) {
    const ruleAlerts = [...alerts]
      .filter(([, alert]) => isSameRule(alert.rule, rule))
      .sort(([, a], [, b]) => (a.subject < b.subject ? -1 : 1));
    if (ruleAlerts.length === 0) continue;
    for (const channel of rule.channels) {
      for (const kind of ['firing', 'repeat', 'resolved'] as const) {
        const matching = ruleAlerts.filter(([, alert]) => notificationKind(alert, channel, rule, about.now) === kind);
        if (matching.length === 0) continue;
        const { pipeline, run, now: at } = about;
        const entries = matching.map(([, { subject, message, startedAt, resolvedAt }]) => ({
          subject,
          message,
          startedAt,
          resolvedAt,
        }));
        const notification = { kind, on: rule.on, severity: rule.severity, pipeline, run, at, alerts: entries };
        pending.push({ channel, notification, keys: matching.map(([key]) => key) });
      }
    }
  }
  return pending;
}

/** The kind of notification that a channel should receive about an alert now; null for none. */
function notificationKind(
  { resolvedAt, deliveries }: Alert,
  channel: string,
  rule: AlertRule,
  now: Instant,
): NotificationKind | null {
  const known = deliveries[channel];
  if (known === undefined) return resolvedAt === null ? 'firing' : null;
  if (resolvedAt !== null) return known.resolved ? null : 'resolved';
  if (now - known.notifiedAt < rule.repeatAfter) return null;
  return known.resolved ? 'firing' : 'repeat';
}

/** Records that a notification was delivered. */
export function markNotified(alerts: Alerts, { channel, notification, keys }: PendingNotification): Alerts {
  const next = new Map(alerts);
  for (const key of keys) {
    const alert = next.get(key);
    if (alert === undefined) continue;
    const notifiedAt =
      notification.kind === 'resolved' ? (alert.deliveries[channel]?.notifiedAt ?? notification.at) : notification.at;
    const deliveries = { ...alert.deliveries, [channel]: { notifiedAt, resolved: notification.kind === 'resolved' } };
    next.set(key, { ...alert, deliveries });
  }
  return next;
}
