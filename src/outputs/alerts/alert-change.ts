import { omitUndefined } from '../../platform/omit-undefined.js';
import type { AlertName, AlertRule, AlertSeverity } from '../../config/pipeline/notifications/notifications.js';

/** Identifies a rule by its alert and its severity. */
export interface RuleRef {
  readonly on: AlertName;
  readonly severity: AlertSeverity;
}

/** A subject of a rule that violates it, or no longer does. */
export type AlertChange =
  | { readonly kind: 'raise'; readonly rule: RuleRef; readonly subject: string; readonly message: string }
  | { readonly kind: 'clear'; readonly rule: RuleRef; readonly subject: string }
  /** Clears all subjects of the rule except these; limited to the examined ones by `isInScope`. */
  | {
      readonly kind: 'clear-others';
      readonly rule: RuleRef;
      readonly subjects: ReadonlySet<string>;
      readonly isInScope?: (subject: string) => boolean;
    };

/** A subject that violates a rule. */
export interface AlertFinding {
  readonly subject: string;
  readonly message: string;
}

export function isSameRule(a: RuleRef, b: RuleRef): boolean {
  return a.on === b.on && a.severity === b.severity;
}

/** Turns the complete findings of a rule into changes: every other examined subject is cleared. */
export function toAlertChanges(
  { on, severity }: AlertRule,
  findings: readonly AlertFinding[],
  isInScope?: (subject: string) => boolean,
): readonly AlertChange[] {
  const rule = { on, severity };
  const subjects = new Set(findings.map(({ subject }) => subject));
  return [
    ...findings.map((finding): AlertChange => ({ kind: 'raise', rule, ...finding })),
    { kind: 'clear-others', rule, subjects, ...omitUndefined({ isInScope }) },
  ];
}
