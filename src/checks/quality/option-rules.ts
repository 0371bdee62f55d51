import type { QualityRule } from '../../core/quality/quality-rule.js';
import { identifyingColumns, symbolCondition, thresholdSql } from './rule-sql.js';

/**
 * Rules about the quotes of one instant. They compare what one could buy with what one could sell, so that a wide quote alone is
 * no violation. Interest and dividends are within the tolerance, a fraction of the underlying's price.
 */
export function compileOptionRule(rule: QualityRule): string {
  switch (rule.kind) {
    case 'no_arbitrage':
      return compileBounds(rule);
    case 'monotone_strikes':
      return compileMonotone(rule);
    default:
      return compileParity(rule);
  }
}

/** An option is worth at least its intrinsic value, a call at most the underlying, and a put at most its strike. */
function compileBounds(rule: QualityRule): string {
  const tolerance = `${thresholdSql(rule, 'max') ?? '0.005'} * underlying_price`;
  return `
    SELECT ${identifyingColumns(rule)}, bid, ask, underlying_price FROM changed_rows
    WHERE ${symbolCondition(rule)} AND underlying_price > 0 AND (
      ("right" = 'C' AND (ask < underlying_price - strike - ${tolerance} OR bid > underlying_price + ${tolerance})) OR
      ("right" = 'P' AND (ask < strike - underlying_price - ${tolerance} OR bid > strike + ${tolerance})))`;
}

/** A call of a lower strike is worth at least that of the next one, a put at most. */
function compileMonotone(rule: QualityRule): string {
  const tolerance = `${thresholdSql(rule, 'max') ?? '0'} * coalesce(underlying_price, 0)`;
  return `
    SELECT ${identifyingColumns(rule)}, bid, ask, next_strike, next_bid, next_ask FROM (
      SELECT *, lead(strike) OVER in_order AS next_strike, lead(bid) OVER in_order AS next_bid, lead(ask) OVER in_order AS next_ask
      FROM changed_rows WHERE ${symbolCondition(rule)} AND bid IS NOT NULL AND ask > 0
      WINDOW in_order AS (PARTITION BY symbol, provider, ts, expiry, "right", trading_class ORDER BY strike)
    ) WHERE ("right" = 'C' AND next_bid > ask + ${tolerance}) OR ("right" = 'P' AND bid > next_ask + ${tolerance})`;
}

/** Call minus put is the underlying minus the strike, within half of both spreads and the tolerance. */
function compileParity(rule: QualityRule): string {
  const quoted = (right: string): string =>
    `(SELECT *, (bid + ask) / 2 AS middle FROM changed_rows WHERE ${symbolCondition(rule)} AND "right" = '${right}' AND bid > 0 AND ask >= bid)`;
  const keys = ['symbol', 'provider', 'ts', 'expiry', 'strike', 'trading_class'].map(
    (name) => `c."${name}" IS NOT DISTINCT FROM p."${name}"`,
  );
  const difference = 'c.middle - p.middle - (c.underlying_price - c.strike)';
  return ['c', 'p']
    .map(
      (side) => `
    SELECT ${identifyingColumns(rule, side)}, ${side}.bid, ${side}.ask, round(${difference}, 4) AS difference
    FROM ${quoted('C')} c JOIN ${quoted('P')} p ON ${keys.join(' AND ')}
    WHERE c.underlying_price > 0
      AND abs(${difference}) > ${thresholdSql(rule, 'max', 'c.symbol') ?? '0.05'} * c.underlying_price + (c.ask - c.bid + p.ask - p.bid) / 2`,
    )
    .join(' UNION ALL ');
}
