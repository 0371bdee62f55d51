import type { Dataset } from '../core/tables/tables.js';
import type { CheckRule, RuleSeverity } from './rules/rule.js';

/** One row that violates a rule, by column. */
export type ExampleRow = Readonly<Record<string, unknown>>;

export const maxExamples = 3;

/** All violations of one rule in one table. */
export interface CheckFinding {
  readonly rule: string;
  readonly severity: RuleSeverity;
  /** A table, also of a custom step, or `lake.duckdb` for a problem of that file. */
  readonly dataset: string;
  /** A noun phrase: `negative prices`. */
  readonly problem: string;
  readonly count: number;
  /** At most `maxExamples`, in the order of their keys. */
  readonly examples: readonly ExampleRow[];
  readonly hint: string;
}

/** A rule that was not applied because files it depends on are damaged. */
export interface NotChecked {
  readonly rule: string;
  readonly dataset: Dataset;
  readonly damagedDataset: Dataset;
}

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

/** Warnings do not fail a check. */
export function isOk({ findings }: LakeCheckReport): boolean {
  return findings.every(({ severity }) => severity !== 'error');
}
