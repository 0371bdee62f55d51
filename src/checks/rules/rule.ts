import type { Dataset } from '../../core/tables/tables.js';

/** `error`: the lake is not what it should be. `warning`: worth a look, and possible. */
export type RuleSeverity = 'error' | 'warning';

/** Something that must hold for a table, as data. */
export interface CheckRule {
  /** Kebab case; scripts may rely on it. */
  readonly name: string;
  readonly dataset: Dataset;
  readonly severity: RuleSeverity;
  /** What is wrong where it is broken, in a few words: `low is not the lowest price`. */
  readonly problem: string;
  /** What the user can do about it. */
  readonly hint: string;
  readonly violation: Violation;
  /** Tables of which every file must be sound for the rule to mean anything; none when absent. */
  readonly requiresIntact?: readonly Dataset[];
}

/** How to find what breaks a rule, in the SQL of the lake's queries. */
export type Violation =
  /** A condition that is true for a row that breaks the rule. All of a table are looked for in one pass over it. */
  | { readonly kind: 'row'; readonly where: string }
  /** A statement with a row for each thing that breaks the rule; `needsRows` when a table without rows cannot break it. */
  | { readonly kind: 'statement'; readonly sql: string; readonly needsRows: boolean };
