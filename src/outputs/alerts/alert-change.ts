import type { AlertName, AlertRule, AlertSeverity } from '../../config/pipeline/notifications/notifications.js';

/** Names a rule: what it watches, and how bad that is. */
export interface RuleRef {
  readonly on: AlertName;
  readonly severity: AlertSeverity;
}

/** What is found about one subject of a rule; or that there is nothing, or nothing any more, to be said of it. */
export type AlertChange =
  | { readonly kind: 'raise'; readonly rule: RuleRef; readonly subject: string; readonly message: string }
  | { readonly kind: 'clear'; readonly rule: RuleRef; readonly subject: string }
  /** Of all subjects of the rule but these; where not everything was looked at, of those among it. */
  | {
      readonly kind: 'clear-others';
      readonly rule: RuleRef;
      readonly subjects: ReadonlySet<string>;
      readonly isInScope?: (subject: string) => boolean;
    };

/** A subject about which something is to be said. */
export interface AlertFinding {
  readonly subject: string;
  readonly message: string;
}

export function isSameRule(a: RuleRef, b: RuleRef): boolean {
  return a.on === b.on && a.severity === b.severity;
}

/** The changes that a whole list of what is wrong now amounts to: everything else that was looked at is well. */
export function toAlertChanges(
  { on, severity }: AlertRule,
  findings: readonly AlertFinding[],
  isInScope?: (subject: string) => boolean,
): readonly AlertChange[] {
  const rule = { on, severity };
  const subjects = new Set(findings.map(({ subject }) => subject));
  return [
    ...findings.map((finding): AlertChange => ({ kind: 'raise', rule, ...finding })),
    { kind: 'clear-others', rule, subjects, ...(isInScope === undefined ? {} : { isInScope }) },
  ];
}
