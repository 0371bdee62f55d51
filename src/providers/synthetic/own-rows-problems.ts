import type { Rule } from '../../scenario/scenario.js';
import { syntheticRequests } from '../../scenario/words.js';
import { readOwnRows } from './own-rows.js';

/**
 * What is wrong with the rows that a scenario answers. A rule that names no table answers requests for any with the same
 * rows, so its rows have to suit one of them.
 */
export function ownRowsProblems(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap(({ about, act }) => {
    if (act.kind !== 'rows' || about.kind !== 'request') return [];
    const { requests } = about;
    const problems = syntheticRequests
      .filter((dataset) => requests === null || requests.includes(dataset))
      .map((dataset) => {
        const read = readOwnRows(dataset, act.rows);
        return read.ok ? [] : read.error;
      });
    if (requests !== null) return problems.flat();
    return problems.every((of) => of.length > 0) ? ['a rule with `rows` has to say of which `request`'] : [];
  });
}
