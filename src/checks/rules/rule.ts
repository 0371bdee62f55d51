import type { Dataset } from '../../core/tables/tables.js';

/** `error`: the data is wrong. `warning`: unusual, but possible. */
export type RuleSeverity = 'error' | 'warning';

/** A condition that must hold for a table. */
export interface CheckRule {
  /** In kebab case; stable, for scripts. */
  readonly name: string;
  readonly dataset: Dataset;
  readonly severity: RuleSeverity;
  /** The rows that violate the rule, as a noun phrase: `negative prices`. */
  readonly problem: string;
  /** The next step for the user. */
  readonly hint: string;
  readonly violation: Violation;
  /** Tables of which every file must be intact for the rule to apply; none when absent. */
  readonly requiresIntact?: readonly Dataset[];
}

/** Finds violations, in the SQL of the lake's queries. */
export type Violation =
  /** A condition that is true for a row that violates the rule. One pass over a table counts those of all its rules. */
  | { readonly kind: 'row'; readonly where: string }
  /** A statement with a row for each violation; `needsRows` if a table without rows cannot violate the rule. */
  | { readonly kind: 'statement'; readonly sql: string; readonly needsRows: boolean };
