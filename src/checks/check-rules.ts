import type { Dataset } from '../core/tables.js';
import type { LakeReader } from '../lake/contract.js';
import { examplesShown, findingOf } from './finding.js';
import type { Example, Finding } from './finding.js';
import { columnList, rowKeys } from './row-keys.js';
import type { Broken, Rule } from './rule.js';

/** All that rules need of a lake. */
export type Queries = Pick<LakeReader, 'query'>;

/** Applies rules to the rows of a lake; nothing but counts and a few examples leaves the database. */
export async function checkRules(reader: Queries, rules: readonly Rule[]): Promise<readonly Finding[]> {
  const counts = new Map<Rule, number>();
  for (const dataset of new Set(rules.map((rule) => rule.dataset))) {
    const ofTable = rules.filter((rule) => rule.dataset === dataset);
    for (const [rule, count] of await countRows(reader, dataset, ofTable)) counts.set(rule, count);
  }
  const findings: Finding[] = [];
  for (const rule of rules) {
    const count = counts.get(rule) ?? (await countStatement(reader, rule.broken));
    if (count > 0) findings.push(findingOf(rule, count, await examplesOf(reader, rule)));
  }
  return findings;
}

/** How often a table breaks each rule that one pass over it decides: rules about rows, and all rules that need rows if it has none. */
async function countRows(
  reader: Queries,
  dataset: Dataset,
  rules: readonly Rule[],
): Promise<ReadonlyMap<Rule, number>> {
  const filters = rules.flatMap((rule) => (rule.broken.kind === 'row' ? [{ rule, where: rule.broken.where }] : []));
  const counts = filters.map(({ where }, index) => `count(*) FILTER (WHERE ${where}) AS c${String(index)}`);
  const row = await firstRow(reader, `SELECT ${['count(*) AS held', ...counts].join(', ')} FROM ${dataset}`);
  const known = new Map(filters.map(({ rule }, index) => [rule, Number(row[`c${String(index)}`])]));
  if (row['held'] !== 0) return known;
  for (const rule of rules) if (rule.broken.kind === 'statement' && rule.broken.needsRows) known.set(rule, 0);
  return known;
}

async function countStatement(reader: Queries, broken: Broken): Promise<number> {
  if (broken.kind === 'row') return 0;
  const row = await firstRow(reader, `SELECT count(*) AS count FROM (${broken.sql})`);
  return Number(row['count']);
}

async function firstRow(reader: Queries, sql: string): Promise<Example> {
  const { rows } = await reader.query(sql);
  return rows[0] ?? {};
}

async function examplesOf(reader: Queries, { dataset, broken }: Rule): Promise<readonly Example[]> {
  const sql =
    broken.kind === 'row'
      ? `SELECT ${columnList(rowKeys[dataset])}, * EXCLUDE (${columnList(rowKeys[dataset])}) FROM ${dataset} WHERE ${broken.where} ORDER BY ${columnList(rowKeys[dataset])}`
      : `SELECT * FROM (${broken.sql}) ORDER BY ALL`;
  const { rows } = await reader.query(`${sql} LIMIT ${String(examplesShown)}`);
  return rows;
}
