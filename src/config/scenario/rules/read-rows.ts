import { problem } from '../../yaml/problem.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import { parseScriptedRows } from './scripted-rows.js';
import type { RawRow } from './scripted-rows.js';
import type { Match, Action } from '../scenario.js';
import type { ValidatedScenario } from '../validate-scenario.js';
import { syntheticRequests } from '../capabilities.js';

/** Reads the rows of a response; null after a report. */
export function readRows(
  rows: readonly RawRow[],
  path: NodePath,
  match: Match | null,
  { root, report }: ValidatedScenario,
): Action | null {
  const requests = match?.kind === 'request' ? match.requests : null;
  const datasets = syntheticRequests.filter((dataset) => requests === null || requests.includes(dataset));
  const problems = datasets.map((dataset) => {
    const read = parseScriptedRows(dataset, rows);
    return read.ok ? [] : read.error;
  });
  if (requests === null) {
    if (problems.some((datasetProblems) => datasetProblems.length === 0)) return { kind: 'rows', rows };
    report(
      problem('unknown-request', findKeyLocation(root, path), 'these rows match no table', {
        suggestion: 'set the request, for example `when: { request: equity_bars }`, to see why',
      }),
    );
    return null;
  }
  for (const { row, column, code, message, suggestion } of problems.flat()) {
    const problemPath = column === null ? [...path, row] : [...path, row, column];
    report(
      problem(
        code,
        code === 'unknown-column' ? findKeyLocation(root, problemPath) : findLocation(root, problemPath),
        message,
        { suggestion },
      ),
    );
  }
  return problems.flat().length === 0 ? { kind: 'rows', rows } : null;
}
