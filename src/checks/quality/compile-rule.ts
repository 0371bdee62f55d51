import type { QualityRule } from '../../core/quality/quality-rule.js';
import { tables } from '../../core/tables/tables.js';
import { day } from '../../core/time/time.js';
import { trimEndOf } from '../../platform/text/trim-end.js';
import { compileOptionRule } from './option-rules.js';
import { compileFrozen, compileIntraday, compileJump, compileMissingBars } from './bar-rules.js';
import { identifyingColumns, instantLiteral, symbolCondition, textList, thresholdSql } from './rule-sql.js';
import type { RuleScope } from './rule-sql.js';

/**
 * The statement whose rows violate a rule, over these relations:
 *
 * - `changed_rows`: the rows to examine
 * - `changed_windows`: their windows
 * - `all_rows`: every row of the table, for rules that compare with other rows
 */
export function compileRule(rule: QualityRule, scope: RuleScope): string {
  switch (rule.kind) {
    case 'range':
      return compileRange(rule);
    case 'jump':
      return compileJump(rule, scope);
    case 'frozen':
      return compileFrozen(rule, scope);
    case 'missing_bars':
      return compileMissingBars(rule);
    case 'intraday_against_daily':
      return compileIntraday(rule, scope);
    case 'bid_ask':
      return compileBidAsk(rule);
    case 'no_arbitrage':
    case 'monotone_strikes':
    case 'put_call_parity':
      return compileOptionRule(rule);
    case 'freshness':
      return compileFreshness(rule, scope);
    case 'sql':
      return trimEndOf(rule.sql ?? '', ' \t\r\n\f\v;');
  }
}

function compileRange(rule: QualityRule): string {
  const value = `"${rule.column ?? ''}"`;
  const [min, max] = [thresholdSql(rule, 'min'), thresholdSql(rule, 'max')];
  const conditions = [
    `NOT isfinite(${value}::DOUBLE)`,
    ...(min === null ? [] : [`${value} < ${min}`]),
    ...(max === null ? [] : [`${value} > ${max}`]),
  ];
  return `SELECT ${identifyingColumns(rule)}, ${value} AS value FROM changed_rows WHERE ${symbolCondition(rule)} AND (${conditions.join(' OR ')})`;
}

function compileBidAsk(rule: QualityRule): string {
  const max = thresholdSql(rule, 'max');
  const wide = max === null ? '' : ` OR (bid + ask > 0 AND (ask - bid) > ${max} * (bid + ask) / 2)`;
  return `SELECT ${identifyingColumns(rule)}, bid, ask FROM changed_rows WHERE ${symbolCondition(rule)} AND (bid > ask${wide})`;
}

/** Reads only files that may have a row of the allowed age. */
function compileFreshness(rule: QualityRule, { now }: RuleScope): string {
  const time = tables[rule.dataset].time;
  const groups = [
    ...rule.overrides.map(({ symbols, thresholds }) => ({ symbols, maxAge: thresholds.maxAge })),
    { symbols: rule.symbols, maxAge: rule.thresholds.maxAge },
  ];
  const taken = new Set<string>();
  const examined = new Set(rule.symbols);
  const selects = groups.flatMap(({ symbols, maxAge }) => {
    const own = symbols.filter((symbol) => examined.has(symbol) && !taken.has(symbol));
    for (const symbol of own) taken.add(symbol);
    if (own.length === 0) return [];
    const oldest = instantLiteral(now - (maxAge ?? 4 * day));
    return [
      `SELECT symbol, ${oldest} AS expected_after FROM (SELECT unnest([${textList(own)}]) AS symbol)
       ANTI JOIN (SELECT DISTINCT symbol FROM all_rows WHERE "${time}" >= ${oldest}) fresh USING (symbol)`,
    ];
  });
  return selects.length === 0 ? 'SELECT NULL AS symbol WHERE false' : selects.join(' UNION ALL ');
}
