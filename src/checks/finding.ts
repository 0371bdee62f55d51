import type { Dataset } from '../core/tables/tables.js';
import type { CheckRule, RuleSeverity } from './rules/rule.js';

/** One row of what is wrong, by column. */
export type ExampleRow = Readonly<Record<string, unknown>>;

/** How many examples a finding shows, however much there is of it. */
export const maxExamples = 3;

/** Something that is wrong, all of its kind in one. */
export interface CheckFinding {
  readonly rule: string;
  readonly severity: RuleSeverity;
  readonly dataset: Dataset;
  /** What is wrong, in a few words. */
  readonly problem: string;
  readonly count: number;
  /** The first few, in the order of their keys. */
  readonly examples: readonly ExampleRow[];
  readonly hint: string;
}

/** A rule that could not be applied, because files it depends on are damaged. */
export interface NotChecked {
  readonly rule: string;
  readonly dataset: Dataset;
  readonly damagedDataset: Dataset;
}

/** What was found in a lake. */
export interface LakeCheckReport {
  readonly findings: readonly CheckFinding[];
  readonly notChecked: readonly NotChecked[];
  readonly files: { readonly checked: number; readonly bytes: number };
  readonly rules: number;
}

export function toFinding(rule: CheckRule, count: number, examples: readonly ExampleRow[]): CheckFinding {
  const { name, severity, dataset, problem, hint } = rule;
  return { rule: name, severity, dataset, problem, count, examples, hint };
}

/** Warnings are worth a look and no failure. */
export function isOk({ findings }: LakeCheckReport): boolean {
  return findings.every(({ severity }) => severity !== 'error');
}
