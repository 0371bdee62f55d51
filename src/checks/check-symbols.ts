import type { Dataset } from '../core/tables/tables.js';
import type { QueryRunner } from './check-rules.js';
import type { CheckRule } from './rules/rule.js';

/** The violations of one rule by the rows of one symbol. */
export interface SymbolFinding {
  readonly symbol: string;
  readonly rule: CheckRule;
  readonly count: number;
}

/** Applies rules to the rows of a lake and counts the violations of each symbol, with one pass over a table for all rules about rows. */
export async function checkSymbols(
  reader: QueryRunner,
  rules: readonly CheckRule[],
): Promise<readonly SymbolFinding[]> {
  const findings: SymbolFinding[] = [];
  for (const dataset of new Set(rules.map((rule) => rule.dataset)))
    findings.push(
      ...(await countRows(
        reader,
        dataset,
        rules.filter((rule) => rule.dataset === dataset),
      )),
    );
  for (const rule of rules) {
    if (rule.violation.kind !== 'statement') continue;
    const { rows } = await reader.query(
      `SELECT symbol, count(*) AS count FROM (${rule.violation.sql}) GROUP BY symbol`,
    );
    for (const row of rows) findings.push({ symbol: readSymbol(row), rule, count: Number(row['count']) });
  }
  return findings;
}

function readSymbol({ symbol }: Readonly<Record<string, unknown>>): string {
  return typeof symbol === 'string' ? symbol : '';
}

async function countRows(
  reader: QueryRunner,
  dataset: Dataset,
  rules: readonly CheckRule[],
): Promise<readonly SymbolFinding[]> {
  const filters = rules.flatMap((rule) =>
    rule.violation.kind === 'row' ? [{ rule, where: rule.violation.where }] : [],
  );
  if (filters.length === 0) return [];
  const counts = filters.map(({ where }, index) => `count(*) FILTER (WHERE ${where}) AS c${String(index)}`);
  const { rows } = await reader.query(
    `SELECT * FROM (SELECT symbol, ${counts.join(', ')} FROM ${dataset} GROUP BY symbol)
     WHERE ${filters.map((_, index) => `c${String(index)} > 0`).join(' OR ')}`,
  );
  return rows.flatMap((row) =>
    filters.flatMap(({ rule }, index) => {
      const count = Number(row[`c${String(index)}`]);
      return count > 0 ? [{ symbol: readSymbol(row), rule, count }] : [];
    }),
  );
}
