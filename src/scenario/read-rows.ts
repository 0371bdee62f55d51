import { nearest } from '../core/nearest.js';
import { columnsOf } from '../core/tables.js';
import { didYouMean, problem } from '../yaml/problem.js';
import { enumerate, quote } from '../yaml/text.js';
import { keyPlaceAt } from '../yaml/tree.js';
import type { Path } from '../yaml/tree.js';
import type { About, Action } from './scenario.js';
import type { Validated } from './validate.js';
import { syntheticRequests } from './words.js';

type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Rows that are answered as they stand; null after a report of columns that no table in question has. */
export function readRows(
  rows: readonly Row[],
  path: Path,
  about: About | null,
  { root, report }: Validated,
): Action | null {
  const requests = about?.kind === 'request' ? about.requests : null;
  const asked = syntheticRequests.filter((dataset) => requests === null || requests.includes(dataset));
  const known = new Set(
    asked.flatMap((dataset) =>
      Object.entries(columnsOf(dataset)).flatMap(([name, { from }]) => (from === 'answer' ? [name] : [])),
    ),
  );
  let isRight = true;
  for (const [index, row] of rows.entries()) {
    for (const column of Object.keys(row)) {
      if (known.has(column) || asked.length === 0) continue;
      isRight = false;
      report(
        problem(
          'unknown-column',
          keyPlaceAt(root, [...path, index, column]),
          `${quote(column)} is no column that an answer fills`,
          {
            suggestion:
              didYouMean(nearest(column, known)) ?? `columns of ${enumerate(asked)} are ${enumerate([...known])}`,
          },
        ),
      );
    }
  }
  return isRight ? { kind: 'rows', rows } : null;
}
