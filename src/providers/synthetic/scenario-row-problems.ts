import type { Scenario } from '../../config/scenario/scenario.js';
import { parseScriptedRows } from '../../config/scenario/rules/scripted-rows.js';
import type { RowProblem } from '../../config/scenario/rules/scripted-rows.js';
import { syntheticRequests } from '../../config/scenario/capabilities.js';

/**
 * What is wrong with the rows that a scenario answers, a sentence each. Those of files were read before; scenarios in code
 * are held to the same. A rule that names no table has to suit one of them.
 */
export function findRowProblems(rules: Scenario['rules']): readonly string[] {
  return rules.flatMap(({ match, action }) => {
    if (action.kind !== 'rows' || match.kind !== 'request') return [];
    const { requests } = match;
    const problems = syntheticRequests
      .filter((dataset) => requests === null || requests.includes(dataset))
      .map((dataset) => {
        const parsed = parseScriptedRows(dataset, action.rows);
        return parsed.ok ? [] : parsed.error;
      });
    if (requests !== null) return problems.flat().map(formatRowProblem);
    return problems.every((datasetProblems) => datasetProblems.length > 0) ? ['these rows are of no table'] : [];
  });
}

/** A problem of a row as a sentence. */
export function formatRowProblem({ row, message, suggestion }: RowProblem): string {
  return `row ${row + 1}: ${message}${suggestion === null ? '' : ` (${suggestion})`}`;
}
