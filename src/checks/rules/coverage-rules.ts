import { datasets, tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { columnList, rowKeys } from './row-keys.js';
import type { CheckRule } from './rule.js';

/** Rows and coverage agree. */
export const coverageRules: readonly CheckRule[] = [
  ...datasets.flatMap((dataset): CheckRule[] => [
    {
      name: 'orphan-rows',
      dataset,
      severity: 'error',
      problem: 'rows that no recorded request returned',
      hint: 'another program wrote these rows, or commits were removed from the log: restore the log, or delete the files of the rows',
      violation: { kind: 'statement', sql: orphanRowsSql(dataset), needsRows: true },
    },
    {
      name: 'row-count-mismatch',
      dataset,
      severity: 'error',
      problem: 'windows with more or fewer rows than their request returned',
      hint: 'refetch them with pipe run --force --symbols … --from … --to …',
      violation: { kind: 'statement', sql: rowCountMismatchSql(dataset), needsRows: false },
      requiresIntact: [dataset],
    },
  ]),
  // A point table keeps the rows of every instant: later results replace nothing.
  ...datasets
    .filter((dataset) => tables[dataset].kind === 'span')
    .map((dataset): CheckRule => ({
      name: 'stale-rows',
      dataset,
      severity: 'error',
      problem: 'rows that a later request should have replaced',
      hint: 'refetch their windows with pipe run --force, and report this as a bug',
      violation: { kind: 'statement', sql: staleRowsSql(dataset), needsRows: true },
    })),
];

/** Facts of requests that returned rows. */
function answeredFactsSql(dataset: Dataset): string {
  return `SELECT * FROM facts WHERE dataset = '${dataset}' AND state IN ('data', 'provisional')`;
}

/** Joins a row with the fact of its request whose window contains it. */
function joinCondition(dataset: Dataset, rowAlias: string, factAlias: string): string {
  const time = `${rowAlias}."${timeColumn(dataset)}"`;
  return (
    `${rowAlias}.request_id = ${factAlias}.request_id AND ${rowAlias}.symbol = ${factAlias}.symbol AND ${rowAlias}.provider = ${factAlias}.provider ` +
    `AND ${time} >= ${factAlias}.start AND ${time} < ${factAlias}."end"`
  );
}

function timeColumn(dataset: Dataset): 'ts' | 'as_of' {
  return tables[dataset].time;
}

function orphanRowsSql(dataset: Dataset): string {
  return `
    SELECT ${columnList([...rowKeys[dataset], 'run_id', 'request_id'], 'r')}
    FROM ${dataset} r ANTI JOIN (${answeredFactsSql(dataset)}) f ON ${joinCondition(dataset, 'r', 'f')}`;
}

function staleRowsSql(dataset: Dataset): string {
  const time = `r."${timeColumn(dataset)}"`;
  return `
    SELECT ${columnList([...rowKeys[dataset], 'request_id'], 'r')}, max_by(later.request_id, later.number) AS replaced_by
    FROM ${dataset} r
    JOIN (${answeredFactsSql(dataset)} AND replaced) f ON ${joinCondition(dataset, 'r', 'f')}
    JOIN (SELECT * FROM facts WHERE dataset = '${dataset}' AND state IN ('data', 'provisional', 'empty')) later
      ON later.series = f.series AND later.provider = f.provider AND later.number > f.number
      AND ${time} >= later.start AND ${time} < later."end"
    GROUP BY ${columnList([...rowKeys[dataset], 'request_id'], 'r')}`;
}

function rowCountMismatchSql(dataset: Dataset): string {
  return `
    WITH held AS (
      SELECT f.number, count(*) AS found
      FROM ${dataset} r JOIN (${answeredFactsSql(dataset)} AND NOT replaced) f ON ${joinCondition(dataset, 'r', 'f')}
      GROUP BY f.number
    )
    SELECT f.symbol, f.series, f.start, f."end", f.rows AS answered, coalesce(held.found, 0) AS held, f.request_id
    FROM (${answeredFactsSql(dataset)} AND NOT replaced) f LEFT JOIN held ON held.number = f.number
    WHERE f.rows <> coalesce(held.found, 0)`;
}
