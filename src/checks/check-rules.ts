import type { Dataset } from '../core/tables/tables.js';
import type { LakeReader } from '../lake/api.js';
import { maxExamples, toFinding } from './finding.js';
import type { ExampleRow, CheckFinding } from './finding.js';
import { columnList, rowKeys } from './rules/row-keys.js';
import type { Violation, CheckRule } from './rules/rule.js';

export type QueryRunner = Pick<LakeReader, 'query'>;

/** Applies rules to the rows of a lake; only counts and a few examples leave the database. */
export async function checkRules(reader: QueryRunner, rules: readonly CheckRule[]): Promise<readonly CheckFinding[]> {
  const counts = new Map<CheckRule, number>();
  for (const dataset of new Set(rules.map((rule) => rule.dataset))) {
    const datasetRules = rules.filter((rule) => rule.dataset === dataset);
    for (const [rule, count] of await countViolatingRows(reader, dataset, datasetRules)) counts.set(rule, count);
  }
  const findings: CheckFinding[] = [];
  for (const rule of rules) {
    const count = counts.get(rule) ?? (await countStatementRows(reader, rule.violation));
    if (count > 0) findings.push(toFinding(rule, count, await readExamples(reader, rule)));
  }
  return findings;
}

/** Counts the violations of rules that one pass over the table decides: rules about rows, and, in a table without rows, all rules that need rows. */
async function countViolatingRows(
  reader: QueryRunner,
  dataset: Dataset,
  rules: readonly CheckRule[],
): Promise<ReadonlyMap<CheckRule, number>> {
  const filters = rules.flatMap((rule) =>
    rule.violation.kind === 'row' ? [{ rule, where: rule.violation.where }] : [],
  );
  const counts = filters.map(({ where }, index) => `count(*) FILTER (WHERE ${where}) AS c${String(index)}`);
  const row = await firstRow(reader, `SELECT ${['count(*) AS held', ...counts].join(', ')} FROM ${dataset}`);
  const known = new Map(filters.map(({ rule }, index) => [rule, Number(row[`c${String(index)}`])]));
  if (row['held'] !== 0) return known;
  for (const rule of rules) if (rule.violation.kind === 'statement' && rule.violation.needsRows) known.set(rule, 0);
  return known;
}

async function countStatementRows(reader: QueryRunner, violation: Violation): Promise<number> {
  if (violation.kind === 'row') return 0;
  const row = await firstRow(reader, `SELECT count(*) AS count FROM (${violation.sql})`);
  return Number(row['count']);
}

async function firstRow(reader: QueryRunner, sql: string): Promise<ExampleRow> {
  const { rows } = await reader.query(sql);
  return rows[0] ?? {};
}

async function readExamples(reader: QueryRunner, { dataset, violation }: CheckRule): Promise<readonly ExampleRow[]> {
  const sql =
    violation.kind === 'row'
      ? `SELECT ${columnList(rowKeys[dataset])}, * EXCLUDE (${columnList(rowKeys[dataset])}) FROM ${dataset} WHERE ${violation.where} ORDER BY ${columnList(rowKeys[dataset])}`
      : `SELECT * FROM (${violation.sql}) ORDER BY ALL`;
  const { rows } = await reader.query(`${sql} LIMIT ${String(maxExamples)}`);
  return rows;
}
