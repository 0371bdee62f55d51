import { datasets, tables } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { columnList, rowKeys } from './row-keys.js';
import type { Rule } from './rule.js';

/** The lake remembers what it holds, and holds what it remembers. */
export const coverageRules: readonly Rule[] = [
  ...datasets.flatMap((dataset): Rule[] => [
    {
      name: 'rows-without-answer',
      dataset,
      severity: 'error',
      problem: 'rows that no recorded answer brought',
      remedy:
        'another program wrote them, or commits were taken out of the log: restore the log, or delete the files they are in',
      broken: { kind: 'statement', sql: rowsWithoutAnswer(dataset), needsRows: true },
    },
    {
      name: 'rows-as-answered',
      dataset,
      severity: 'error',
      problem: 'windows that hold more or fewer rows than were answered',
      remedy: 'fetch them again with pipe run --force --symbols … --from … --to …',
      broken: { kind: 'statement', sql: windowsNotAsAnswered(dataset), needsRows: false },
      whole: [dataset],
    },
  ]),
  // Points replace nothing: an answer of another moment stands beside the earlier ones.
  ...datasets
    .filter((dataset) => tables[dataset].kind === 'span')
    .map((dataset): Rule => ({
      name: 'rows-replaced',
      dataset,
      severity: 'error',
      problem: 'rows that a later answer should have replaced',
      remedy: 'fetch their windows again with pipe run --force, and please report it',
      broken: { kind: 'statement', sql: rowsReplaced(dataset), needsRows: true },
    })),
];

/** Facts that say that rows came. */
function answers(dataset: Dataset): string {
  return `SELECT * FROM facts WHERE dataset = '${dataset}' AND state IN ('data', 'provisional')`;
}

/** A row and the answer that it came with: the same request, and a window that it lies in. */
function belongs(dataset: Dataset, row: string, answer: string): string {
  const time = `${row}."${timeOf(dataset)}"`;
  return (
    `${row}.request_id = ${answer}.request_id AND ${row}.symbol = ${answer}.symbol AND ${row}.provider = ${answer}.provider ` +
    `AND ${time} >= ${answer}.start AND ${time} < ${answer}."end"`
  );
}

function timeOf(dataset: Dataset): 'ts' | 'as_of' {
  return tables[dataset].time;
}

function rowsWithoutAnswer(dataset: Dataset): string {
  return `
    SELECT ${columnList([...rowKeys[dataset], 'run_id', 'request_id'], 'r')}
    FROM ${dataset} r ANTI JOIN (${answers(dataset)}) f ON ${belongs(dataset, 'r', 'f')}`;
}

function rowsReplaced(dataset: Dataset): string {
  const time = `r."${timeOf(dataset)}"`;
  return `
    SELECT ${columnList([...rowKeys[dataset], 'request_id'], 'r')}, max_by(later.request_id, later.number) AS replaced_by
    FROM ${dataset} r
    JOIN (${answers(dataset)} AND replaced) f ON ${belongs(dataset, 'r', 'f')}
    JOIN (SELECT * FROM facts WHERE dataset = '${dataset}' AND state IN ('data', 'provisional', 'empty')) later
      ON later.series = f.series AND later.provider = f.provider AND later.number > f.number
      AND ${time} >= later.start AND ${time} < later."end"
    GROUP BY ${columnList([...rowKeys[dataset], 'request_id'], 'r')}`;
}

function windowsNotAsAnswered(dataset: Dataset): string {
  return `
    WITH held AS (
      SELECT f.number, count(*) AS found
      FROM ${dataset} r JOIN (${answers(dataset)} AND NOT replaced) f ON ${belongs(dataset, 'r', 'f')}
      GROUP BY f.number
    )
    SELECT f.symbol, f.series, f.start, f."end", f.rows AS answered, coalesce(held.found, 0) AS held, f.request_id
    FROM (${answers(dataset)} AND NOT replaced) f LEFT JOIN held ON held.number = f.number
    WHERE f.rows <> coalesce(held.found, 0)`;
}
