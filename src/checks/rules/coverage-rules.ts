import { commitLost } from '../../core/loss-reasons.js';
import { isComputed, datasets, tables } from '../../core/tables/tables.js';
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
  // A single option is without a trade now and then, and overviews are computed.
  ...datasets
    .filter((dataset) => dataset !== 'option_bars' && !isComputed(dataset))
    .map((dataset): CheckRule => ({
      name: 'unconfirmed-empty',
      dataset,
      severity: 'warning',
      problem: 'windows without rows that too few answers confirm',
      hint: 'further runs request them again; see pipe status --empty',
      violation: { kind: 'statement', sql: unconfirmedSql(dataset), needsRows: false },
    })),
  ...(['chains', 'option_snapshots'] as const).map((dataset): CheckRule => ({
    name: 'incomplete-answer',
    dataset,
    severity: 'warning',
    problem: 'answers that lack expiries, strikes or options which they should have',
    hint: 'further runs request them again; see pipe status --empty',
    violation: { kind: 'statement', sql: incompleteSql(dataset), needsRows: true },
  })),
  {
    name: 'empty-between-sessions',
    dataset: 'equity_bars',
    severity: 'warning',
    problem: 'sessions that an earlier version recorded as empty after one answer, between sessions with rows',
    hint: 'request them again with pipe run --retry-empty --symbols …',
    violation: { kind: 'statement', sql: doubtfulEmptySql(), needsRows: true },
  },
];

/** The latest answers without rows that are not confirmed; in a table of the current state, only the last answer of a series counts. */
function unconfirmedSql(dataset: Dataset): string {
  const isSameWindow =
    tables[dataset].kind === 'point'
      ? 'true'
      : `later.start < f."end" AND later."end" > f.start
        AND (later.state IN ('data', 'empty', 'provisional', 'denied', 'unavailable', 'missing', 'rescaled') OR later.empty_answers >= f.empty_answers)`;
  return `
    SELECT f.symbol, f.series, f.start, f."end", f.empty_answers AS answers, f.requested_at
    FROM facts f
    WHERE f.dataset = '${dataset}' AND f.state = 'failed' AND f.empty_answers IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM facts later
      WHERE later.provider = f.provider AND later.series = f.series AND later.number > f.number AND ${isSameWindow}
    )`;
}

/** The latest answers with rows that lack something which is not confirmed. */
function incompleteSql(dataset: Dataset): string {
  return `
    SELECT f.symbol, f.series, f.reason AS problem, f.empty_answers AS answers, f.requested_at
    FROM facts f
    WHERE f.dataset = '${dataset}' AND f.state = 'data' AND f.empty_answers IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM facts later
      WHERE later.provider = f.provider AND later.series = f.series AND later.number > f.number AND later.state = 'data'
    )`;
}

/** The market of the mock provider is computed: its answers are right. */
function doubtfulEmptySql(): string {
  return `
  SELECT e.symbol, e.series, e.start, e."end", e.requested_at
  FROM facts e
  JOIN (
    SELECT provider, series, min(start) AS first, max("end") AS last
    FROM facts WHERE dataset = 'equity_bars' AND state IN ('data', 'provisional') GROUP BY ALL
  ) known ON known.provider = e.provider AND known.series = e.series AND known.first < e.start AND known.last > e."end"
  WHERE e.dataset = 'equity_bars' AND e.state = 'empty' AND e.empty_answers IS NULL AND NOT e.replaced
    AND e.provider <> 'mock'`;
}

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
    FROM ${dataset} r ANTI JOIN (${answeredFactsSql(dataset)}) f ON ${joinCondition(dataset, 'r', 'f')}
    ANTI JOIN (${lostCommitFactsSql(dataset)}) lost
      ON r.symbol = lost.symbol AND r.provider = lost.provider
      AND r."${timeColumn(dataset)}" >= lost.start AND r."${timeColumn(dataset)}" < lost."end"`;
}

/** The windows of lost commits, which are findings of their own: their rows stay until they are fetched again. */
function lostCommitFactsSql(dataset: Dataset): string {
  return `SELECT * FROM facts WHERE dataset = '${dataset}' AND state = 'missing' AND reason = '${commitLost}' AND NOT replaced`;
}

function staleRowsSql(dataset: Dataset): string {
  const time = `r."${timeColumn(dataset)}"`;
  return `
    SELECT ${columnList([...rowKeys[dataset], 'request_id'], 'r')}, max_by(later.request_id, later.number) AS replaced_by
    FROM ${dataset} r
    JOIN (${answeredFactsSql(dataset)} AND replaced) f ON ${joinCondition(dataset, 'r', 'f')}
    JOIN (SELECT * FROM facts WHERE dataset = '${dataset}' AND state IN ('data', 'provisional', 'empty')) later
      ON later.series = f.series AND later.provider = f.provider AND later.number > f.number
      AND later.request_id <> f.request_id AND ${time} >= later.start AND ${time} < later."end"
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
