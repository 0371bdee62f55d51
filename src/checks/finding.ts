import type { Dataset } from '../core/tables.js';
import type { Rule, Severity } from './rule.js';

/** One row of what is wrong, by column. */
export type Example = Readonly<Record<string, unknown>>;

/** How many examples a finding shows, however much there is of it. */
export const examplesShown = 3;

/** Something that is wrong, all of its kind in one. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly dataset: Dataset;
  /** What is wrong, in a few words. */
  readonly problem: string;
  readonly count: number;
  /** The first few, in the order of their keys. */
  readonly examples: readonly Example[];
  readonly remedy: string;
}

/** A rule that could not be applied, because files it depends on are damaged. */
export interface Unexamined {
  readonly rule: string;
  readonly dataset: Dataset;
  readonly because: Dataset;
}

/** What was found in a lake. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly unexamined: readonly Unexamined[];
  readonly files: { readonly checked: number; readonly bytes: number };
  readonly rules: number;
}

export function findingOf(rule: Rule, count: number, examples: readonly Example[]): Finding {
  const { name, severity, dataset, problem, remedy } = rule;
  return { rule: name, severity, dataset, problem, count, examples, remedy };
}

/** Warnings are worth a look and no failure. */
export function isSound({ findings }: CheckResult): boolean {
  return findings.every(({ severity }) => severity !== 'error');
}
