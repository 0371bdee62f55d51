import type { Scenario } from '../../scenario/scenario.js';
import { readOwnRows } from '../../scenario/own-rows.js';
import type { RowProblem } from '../../scenario/own-rows.js';
import { syntheticRequests } from '../../scenario/words.js';

/**
 * What is wrong with the rows that a scenario answers, a sentence each. Those of files were read before; scenarios in code
 * are held to the same. A rule that names no table has to suit one of them.
 */
export function ownRowsProblems(rules: Scenario['rules']): readonly string[] {
  return rules.flatMap(({ about, act }) => {
    if (act.kind !== 'rows' || about.kind !== 'request') return [];
    const { requests } = about;
    const problems = syntheticRequests
      .filter((dataset) => requests === null || requests.includes(dataset))
      .map((dataset) => {
        const read = readOwnRows(dataset, act.rows);
        return read.ok ? [] : read.error;
      });
    if (requests !== null) return problems.flat().map(rowProblemText);
    return problems.every((of) => of.length > 0) ? ['these rows are of no table'] : [];
  });
}

/** A problem of a row as a sentence. */
export function rowProblemText({ row, message, suggestion }: RowProblem): string {
  return `row ${row + 1}: ${message}${suggestion === null ? '' : ` (${suggestion})`}`;
}
