import type { QualityRule } from '../../core/quality/quality-rule.js';
import { rowKeyColumns } from '../../core/tables/row-key.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import { joinList } from '../../platform/format.js';
import type { FeedPosition, LakeFeed } from '../../lake/feed/feed.js';
import { maxExamples } from '../finding.js';
import type { ExampleRow } from '../finding.js';
import { compileRule } from './compile-rule.js';
import { textList } from './rule-sql.js';
import type { RuleScope } from './rule-sql.js';

export type RuleFeed = Pick<LakeFeed, 'stage' | 'stageRows' | 'defineByQuery' | 'summarize' | 'query' | 'copyTo'>;

/** The result of one rule. */
export interface RuleResult {
  readonly rule: QualityRule;
  readonly violations: number;
  /** At most `maxExamples`, in the order of their columns. */
  readonly examples: readonly ExampleRow[];
  /** A file with the keys of the violating rows, for `on_fail: quarantine`; null without one. */
  readonly keysFile: string | null;
  /** Why the rule, or its action, could not be applied; null if it was. */
  readonly problem: string | null;
}

/** The results of the rules of one table. */
export interface TableResult {
  readonly dataset: Dataset;
  /** The state of the table that was examined; null without a table. */
  readonly position: FeedPosition | null;
  /** Null if nothing has changed since the position before. */
  readonly scope: 'windows' | 'table' | null;
  readonly results: readonly RuleResult[];
}

export interface ApplyOptions {
  readonly now: Instant;
  /** The position that the rules have examined; null to examine every row. */
  readonly since: FeedPosition | null;
  /** Files of rows that were released: the rules leave them alone. */
  readonly released: readonly string[];
  /** The path of a new file for keys; null to report only. */
  readonly nextKeysFile: (() => string) | null;
}

/** A rule that takes more rows than this out of a table is more likely wrong than the rows are. */
export const maxQuarantinedRows = 100_000;

/** The relation of the rows that violate a rule. */
const violations = 'violations';

/**
 * Applies the rules of one table to what has changed since a position; rules about the age of data also if nothing has. The cost is
 * that of the change and of the rows with which the rules compare it.
 */
export async function applyTableRules(
  feed: RuleFeed,
  dataset: Dataset,
  rules: readonly QualityRule[],
  options: ApplyOptions,
): Promise<TableResult> {
  const changes = await feed.stage(dataset, options.since);
  if (changes === null) {
    const position = await feed.stageRows(dataset);
    const timeless = position === null ? [] : rules.filter(({ kind }) => kind === 'freshness');
    const results = await applyEach(feed, timeless, { now: options.now, from: null }, options);
    return { dataset, position, scope: null, results };
  }
  const from = changes.scope === 'table' ? null : await readFirstChange(feed);
  const isUnchanged = changes.scope === 'windows' && changes.windows === 0;
  const applicable = isUnchanged ? rules.filter(({ kind }) => kind === 'freshness') : rules;
  const results = await applyEach(feed, applicable, { now: options.now, from }, options);
  return { dataset, position: changes.position, scope: isUnchanged ? null : changes.scope, results };
}

async function readFirstChange(feed: RuleFeed): Promise<Instant | null> {
  const [row] = await feed.query('SELECT epoch_ms(min(window_start))::DOUBLE AS first_ms FROM changed_windows');
  const first = row?.['first_ms'];
  return typeof first === 'number' ? first : null;
}

async function applyEach(
  feed: RuleFeed,
  rules: readonly QualityRule[],
  scope: RuleScope,
  options: ApplyOptions,
): Promise<readonly RuleResult[]> {
  const results: RuleResult[] = [];
  for (const rule of rules) results.push(await applyRule(feed, rule, scope, options));
  return results;
}

async function applyRule(
  feed: RuleFeed,
  rule: QualityRule,
  scope: RuleScope,
  { nextKeysFile, released }: ApplyOptions,
): Promise<RuleResult> {
  const none = { rule, violations: 0, examples: [], keysFile: null };
  const defined = await feed.defineByQuery(violations, compileRule(rule, scope));
  if (!defined.ok) return { ...none, problem: `cannot be applied: ${firstLine(defined.error)}` };
  const { columns } = defined.value;
  const keys = [...rowKeyColumns(rule.dataset), 'request_id'];
  const lacking = keys.filter((name) => !columns.includes(name));
  if (rule.onFail === 'quarantine' && lacking.length === 0 && released.length > 0)
    await feed.query(dropReleasedSql(keys, released));
  const { rows, first: examples } = await feed.summarize(violations, maxExamples);
  if (rows === 0) return { ...none, problem: null };
  const found = { rule, violations: rows, examples };
  if (rule.onFail === 'report' || nextKeysFile === null) return { ...found, keysFile: null, problem: null };
  if (lacking.length > 0) {
    const problem = `quarantines nothing: its rows lack ${joinList(lacking, 'and')}; select changed_rows.*`;
    return { ...found, keysFile: null, problem };
  }
  if (rows > maxQuarantinedRows) {
    const problem = `quarantines nothing: more than ${String(maxQuarantinedRows)} rows violate it`;
    return { ...found, keysFile: null, problem };
  }
  const keysFile = nextKeysFile();
  const names = keys.map((name) => `"${name}"`).join(', ');
  await feed.copyTo(`SELECT DISTINCT ${names} FROM ${violations}`, keysFile, 'FORMAT parquet');
  return { ...found, keysFile, problem: null };
}

function dropReleasedSql(keys: readonly string[], released: readonly string[]): string {
  const same = keys.map((name) => `known."${name}" IS NOT DISTINCT FROM ${violations}."${name}"`).join(' AND ');
  const files = `read_parquet([${textList(released)}], hive_partitioning = false, union_by_name = true)`;
  return `DELETE FROM ${violations} WHERE EXISTS (SELECT 1 FROM ${files} AS known WHERE ${same})`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
