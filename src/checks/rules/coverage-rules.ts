import { datasets, tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { columnList, rowKeys } from './row-keys.js';
import type { CheckRule } from './rule.js';

/** The lake remembers what it holds, and holds what it remembers. */
export const coverageRules: readonly CheckRule[] = [
  ...datasets.flatMap((dataset): CheckRule[] => [
    {
      name: 'rows-without-answer',
      dataset,
      severity: 'error',
      problem: 'rows that no recorded answer brought',
      hint: 'another program wrote them, or commits were taken out of the log: restore the log, or delete the files they are in',
      violation: { kind: 'statement', sql: orphanRowsSql(dataset), needsRows: true },
    },
    {
      name: 'rows-as-answered',
      dataset,
      severity: 'error',
      problem: 'windows that hold more or fewer rows than were answered',
      hint: 'fetch them again with pipe run --force --symbols … --from … --to …',
      violation: { kind: 'statement', sql: rowCountMismatchSql(dataset), needsRows: false },
      requiresIntact: [dataset],
    },
  ]),
  // Points replace nothing: an answer of another moment stands beside the earlier ones.
  ...datasets
    .filter((dataset) => tables[dataset].kind === 'span')
    .map((dataset): CheckRule => ({
      name: 'rows-replaced',
      dataset,
      severity: 'error',
      problem: 'rows that a later answer should have replaced',
      hint: 'fetch their windows again with pipe run --force, and please report it',
      violation: { kind: 'statement', sql: staleRowsSql(dataset), needsRows: true },
    })),
];

/** Facts that say that rows came. */
function answeredFactsSql(dataset: Dataset): string {
  return `SELECT * FROM facts WHERE dataset = '${dataset}' AND state IN ('data', 'provisional')`;
}

/** A row and the answer that it came with: the same request, and a window that it lies in. */
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
