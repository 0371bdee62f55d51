import type { QualityRule, Thresholds } from '../../core/quality/quality-rule.js';
import { rowKeyColumns, seriesColumns } from '../../core/tables/row-key.js';
import type { Instant } from '../../core/time/time.js';
import { formatInstant } from '../../core/time/time.js';
import { columnList } from '../rules/row-keys.js';

/** When and on what a rule is applied. */
export interface RuleScope {
  readonly now: Instant;
  /** The earliest changed instant; null if every row is examined. */
  readonly from: Instant | null;
}

/** Quotes text for SQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** An instant as a constant, with which files of other times are not read. */
export function instantLiteral(instant: Instant): string {
  return `TIMESTAMPTZ ${quoteText(formatInstant(instant))}`;
}

export function textList(texts: readonly string[]): string {
  return texts.map(quoteText).join(', ');
}

/** The threshold of the row's symbol as an expression; null if the rule has none for any symbol. */
export function thresholdSql(
  { thresholds, overrides }: QualityRule,
  limit: keyof Thresholds,
  symbol = 'symbol',
): string | null {
  const base = thresholds[limit];
  const cases = overrides.flatMap((override) =>
    override.symbols.length === 0 || override.thresholds[limit] === base
      ? []
      : [`WHEN ${symbol} IN (${textList(override.symbols)}) THEN ${numberSql(override.thresholds[limit])}`],
  );
  if (cases.length === 0) return base === null ? null : numberSql(base);
  return `(CASE ${cases.join(' ')} ELSE ${numberSql(base)} END)`;
}

function numberSql(value: number | null): string {
  return value === null ? 'NULL' : `${String(value)}::DOUBLE`;
}

/** The largest of a limit over all symbols; `fallback` if there is none. */
export function largestThreshold(
  { thresholds, overrides }: QualityRule,
  limit: keyof Thresholds,
  fallback: number,
): number {
  return Math.max(
    ...[thresholds, ...overrides.map((override) => override.thresholds)].map((one) => one[limit] ?? fallback),
  );
}

/** The columns that identify a row, with the request that returned it. */
export function identifyingColumns({ dataset }: Pick<QualityRule, 'dataset'>, alias?: string): string {
  return columnList([...rowKeyColumns(dataset), 'request_id'], alias);
}

/** The columns that identify a series. */
export function seriesOf({ dataset }: Pick<QualityRule, 'dataset'>): readonly string[] {
  return ['symbol', 'provider', ...seriesColumns[dataset]];
}

/** The condition of the examined symbols. */
export function symbolCondition({ symbols, examinesAll }: QualityRule, column = 'symbol'): string {
  if (examinesAll) return 'true';
  return symbols.length === 0 ? 'false' : `${column} IN (${textList(symbols)})`;
}
