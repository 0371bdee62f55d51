import type { AlertName, AlertRule, Severity } from '../pipeline/telling.js';

/** Names a rule: what it watches, and how bad that is. */
export interface RuleName {
  readonly on: AlertName;
  readonly severity: Severity;
}

/** What is found about one subject of a rule; or that there is nothing, or nothing any more, to be said of it. */
export type AlertChange =
  | { readonly kind: 'raise'; readonly rule: RuleName; readonly subject: string; readonly words: string }
  | { readonly kind: 'clear'; readonly rule: RuleName; readonly subject: string }
  /** Of all subjects of the rule but these; where not everything was looked at, of those among it. */
  | {
      readonly kind: 'clear-others';
      readonly rule: RuleName;
      readonly subjects: ReadonlySet<string>;
      readonly among?: (subject: string) => boolean;
    };

/** A subject about which something is to be said. */
export interface Finding {
  readonly subject: string;
  readonly words: string;
}

export function sameRule(a: RuleName, b: RuleName): boolean {
  return a.on === b.on && a.severity === b.severity;
}

/** The changes that a whole list of what is wrong now amounts to: everything else that was looked at is well. */
export function changesOf(
  { on, severity }: AlertRule,
  findings: readonly Finding[],
  among?: (subject: string) => boolean,
): readonly AlertChange[] {
  const rule = { on, severity };
  const subjects = new Set(findings.map(({ subject }) => subject));
  return [
    ...findings.map((finding): AlertChange => ({ kind: 'raise', rule, ...finding })),
    { kind: 'clear-others', rule, subjects, ...(among === undefined ? {} : { among }) },
  ];
}
