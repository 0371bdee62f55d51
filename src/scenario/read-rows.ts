import { problem } from '../yaml/problem.js';
import { keyPlaceAt, placeAt } from '../yaml/tree.js';
import type { Path } from '../yaml/tree.js';
import { readOwnRows } from './own-rows.js';
import type { WrittenRow } from './own-rows.js';
import type { About, Action } from './scenario.js';
import type { Validated } from './validate.js';
import { syntheticRequests } from './words.js';

/** Rows that are answered as they stand; null after a report of what is wrong with them. */
export function readRows(
  rows: readonly WrittenRow[],
  path: Path,
  about: About | null,
  { root, report }: Validated,
): Action | null {
  const requests = about?.kind === 'request' ? about.requests : null;
  const asked = syntheticRequests.filter((dataset) => requests === null || requests.includes(dataset));
  const problems = asked.map((dataset) => {
    const read = readOwnRows(dataset, rows);
    return read.ok ? [] : read.error;
  });
  if (requests === null) {
    if (problems.some((of) => of.length === 0)) return { kind: 'rows', rows };
    report(
      problem('unknown-request', keyPlaceAt(root, path), 'these rows are of no table', {
        suggestion: 'say what they answer, such as `when: { request: equity_bars }`, to hear what is wrong with them',
      }),
    );
    return null;
  }
  for (const { row, column, code, message, suggestion } of problems.flat()) {
    const at = column === null ? [...path, row] : [...path, row, column];
    report(
      problem(code, code === 'unknown-column' ? keyPlaceAt(root, at) : placeAt(root, at), message, { suggestion }),
    );
  }
  return problems.flat().length === 0 ? { kind: 'rows', rows } : null;
}
