import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { CheckRule } from './rule.js';
import { columnList, rowKeys } from './row-keys.js';

const hint =
  'refetch the window with pipe run --force --symbols … --from … --to …; if it comes back, report this as a bug';

/** Keys are unique. */
export const keyRules: readonly CheckRule[] = [
  ...datasets.map((dataset): CheckRule => ({
    name: 'duplicate-rows',
    dataset,
    severity: 'error',
    problem: 'duplicate rows',
    hint,
    violation: { kind: 'statement', sql: duplicateKeysSql(dataset, rowKeys[dataset]), needsRows: true },
  })),
  ...(['equity_bars', 'option_bars'] as const).map((dataset): CheckRule => ({
    name: 'duplicate-daily-bars',
    dataset,
    severity: 'error',
    problem: 'sessions with more than one daily bar',
    hint,
    violation: {
      kind: 'statement',
      sql: duplicateKeysSql(
        dataset,
        [...rowKeys[dataset].filter((name) => name !== 'ts'), 'session'],
        "bar_size = '1 day'",
        'count(DISTINCT ts)',
      ),
      needsRows: true,
    },
  })),
];

/**
 * Keys that more than one row has. Most tables have none: grouping by a hash of the key takes a fraction of the time and memory
 * of grouping by the key, which is left for rows whose hash repeats.
 */
function duplicateKeysSql(dataset: Dataset, key: readonly string[], where = 'true', count = 'count(*)'): string {
  const hash = `hash(${columnList(key)})`;
  return `
    SELECT ${columnList(key)}, ${count} AS rows
    FROM ${dataset}
    WHERE ${where} AND ${hash} IN (SELECT ${hash} FROM ${dataset} WHERE ${where} GROUP BY 1 HAVING count(*) > 1)
    GROUP BY ${columnList(key)}
    HAVING ${count} > 1`;
}
