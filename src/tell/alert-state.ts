import type { RunId } from '../core/request.js';
import type { Instant } from '../core/time.js';
import type { AlertRule } from '../pipeline/telling.js';
import { sameRule } from './alert-change.js';
import type { AlertChange, RuleName } from './alert-change.js';
import type { Notice, NoticeKind } from './notice.js';

/** Something that is wrong, or was not long ago: what was told of it has to be remembered, so as not to say it again. */
export interface Alert {
  readonly rule: RuleName;
  readonly subject: string;
  /** As it was last found. */
  readonly words: string;
  readonly since: Instant;
  /** When it was found to be well again; null while it is open. */
  readonly until: Instant | null;
  /** What each channel has heard. */
  readonly heard: Readonly<Record<string, Heard>>;
}

/** What a channel has heard of an alert. */
export interface Heard {
  /** When it was last told that the alert is open. */
  readonly openAt: Instant;
  /** Whether it was told since that it is over. */
  readonly over: boolean;
}

/** The alerts of one pipeline, by rule and subject. */
export type Alerts = ReadonlyMap<string, Alert>;

/** A message that is due, and the alerts that are told once it has arrived. */
export interface DueNotice {
  readonly channel: string;
  readonly notice: Notice;
  readonly keys: readonly string[];
}

export const noAlerts: Alerts = new Map();

function keyOf({ on, severity }: RuleName, subject: string): string {
  return `${on}/${severity}/${subject}`;
}

/** What is known after some more was found out. Gives the same object when nothing is new. */
export function applyChanges(alerts: Alerts, changes: readonly AlertChange[], now: Instant): Alerts {
  const news = new Map<string, Alert>();
  const known = (key: string): Alert | undefined => news.get(key) ?? alerts.get(key);
  const close = (key: string): void => {
    const alert = known(key);
    if (alert?.until === null) news.set(key, { ...alert, until: now });
  };
  for (const change of changes) {
    const { rule } = change;
    switch (change.kind) {
      case 'raise': {
        const { subject, words } = change;
        const key = keyOf(rule, subject);
        const before = known(key);
        if (before === undefined) news.set(key, { rule, subject, words, since: now, until: null, heard: {} });
        else if (before.until !== null) news.set(key, { ...before, words, since: now, until: null });
        else if (before.words !== words) news.set(key, { ...before, words });
        break;
      }
      case 'clear':
        close(keyOf(rule, change.subject));
        break;
      case 'clear-others':
        for (const [key, { rule: own, subject }] of [...alerts, ...news]) {
          const isMeant = change.among?.(subject) ?? true;
          if (isMeant && sameRule(own, rule) && !change.subjects.has(subject)) close(key);
        }
    }
  }
  return news.size === 0 ? alerts : new Map([...alerts, ...news]);
}

/**
 * Forgets what nobody needs any more: alerts of rules and subjects that are gone, and those that are over, once nothing is
 * left to be told about them and coming back would be news again.
 */
export function forget(
  alerts: Alerts,
  rules: readonly AlertRule[],
  isSubject: (alert: Alert) => boolean,
  now: Instant,
): Alerts {
  const kept = [...alerts].filter(([, alert]) => {
    const rule = rules.find((one) => sameRule(one, alert.rule));
    if (rule === undefined || !isSubject(alert)) return false;
    if (alert.until === null) return true;
    return rule.to.some((channel) => {
      const heard = alert.heard[channel];
      return heard !== undefined && (!heard.over || now - heard.openAt < rule.repeatAfter);
    });
  });
  return kept.length === alerts.size ? alerts : new Map(kept);
}

/** The messages that are due: one for each channel, rule and kind, whatever the number of alerts. */
export function dueNotices(
  alerts: Alerts,
  rules: readonly AlertRule[],
  about: { readonly pipeline: string; readonly run: RunId | null; readonly now: Instant },
): readonly DueNotice[] {
  const due: DueNotice[] = [];
  for (const rule of rules) {
    const own = [...alerts]
      .filter(([, alert]) => sameRule(alert.rule, rule))
      .sort(([, a], [, b]) => (a.subject < b.subject ? -1 : 1));
    if (own.length === 0) continue;
    for (const channel of rule.to) {
      for (const kind of ['raised', 'still open', 'recovered'] as const) {
        const meant = own.filter(([, alert]) => kindFor(alert, channel, rule, about.now) === kind);
        if (meant.length === 0) continue;
        const { pipeline, run, now: at } = about;
        const told = meant.map(([, { subject, words, since, until }]) => ({ subject, words, since, until }));
        const notice = { kind, on: rule.on, severity: rule.severity, pipeline, run, at, alerts: told };
        due.push({ channel, notice, keys: meant.map(([key]) => key) });
      }
    }
  }
  return due;
}

/** What a channel is to be told of an alert now; null for nothing. */
function kindFor({ until, heard }: Alert, channel: string, rule: AlertRule, now: Instant): NoticeKind | null {
  const known = heard[channel];
  if (known === undefined) return until === null ? 'raised' : null;
  if (until !== null) return known.over ? null : 'recovered';
  if (now - known.openAt < rule.repeatAfter) return null;
  return known.over ? 'raised' : 'still open';
}

/** What is known after a message has arrived. */
export function heardOf(alerts: Alerts, { channel, notice, keys }: DueNotice): Alerts {
  const next = new Map(alerts);
  for (const key of keys) {
    const alert = next.get(key);
    if (alert === undefined) continue;
    const openAt = notice.kind === 'recovered' ? (alert.heard[channel]?.openAt ?? notice.at) : notice.at;
    const heard = { ...alert.heard, [channel]: { openAt, over: notice.kind === 'recovered' } };
    next.set(key, { ...alert, heard });
  }
  return next;
}
