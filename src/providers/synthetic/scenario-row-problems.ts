import type { Scenario } from '../../config/scenario/scenario.js';
import { parseScriptedRows } from '../../config/scenario/rules/scripted-rows.js';
import type { RowProblem } from '../../config/scenario/rules/scripted-rows.js';
import { syntheticRequests } from '../../config/scenario/capabilities.js';

/**
 * Validates the rows of a scenario that was built in code, as those of files are validated when they are loaded. The rows of a
 * rule without `requests` must be valid for at least one table.
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
    return problems.every((datasetProblems) => datasetProblems.length > 0) ? ['the rows match no table'] : [];
  });
}

export function formatRowProblem({ row, message, suggestion }: RowProblem): string {
  return `row ${row + 1}: ${message}${suggestion === null ? '' : ` (${suggestion})`}`;
}
