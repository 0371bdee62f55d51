import type { QualityRule } from '../../core/quality/quality-rule.js';
import { barSizes } from '../../core/tables/bars.js';
import { day, second } from '../../core/time/time.js';
import { columnList } from '../rules/row-keys.js';
import {
  identifyingColumns,
  instantLiteral,
  largestThreshold,
  seriesOf,
  symbolCondition,
  textList,
  thresholdSql,
} from './rule-sql.js';
import type { RuleScope } from './rule-sql.js';

const dailySizes = ['1 day'];

/** The rows of the changed series that a rule compares the changed ones with: as far back as some bars reach. */
function contextSql(rule: QualityRule, { from }: RuleScope, earlierBars: number): string {
  const examined = symbolCondition(rule);
  if (from === null) return `SELECT * FROM all_rows WHERE ${examined}`;
  // A session has at least six bars of an hour; every seventh day and some more are closed.
  const daily = from - (2 * earlierBars + 10) * day;
  const intraday = from - (Math.ceil(earlierBars / 6) * 2 + 10) * day;
  return `
    SELECT held.* FROM all_rows AS held
    SEMI JOIN (SELECT DISTINCT symbol, provider FROM changed_windows WHERE ${examined}) w USING (symbol, provider)
    WHERE ts >= ${instantLiteral(daily)} AND (bar_size IN (${textList(dailySizes)}) OR ts >= ${instantLiteral(intraday)})`;
}

/** Keeps the violations among the changed rows; `found` has the identifying columns and `extra`. */
function changedOnly(rule: QualityRule, { from }: RuleScope, found: string, extra: string): string {
  const columns = `${identifyingColumns(rule, 'f')}, ${extra}`;
  if (from === null) return `SELECT ${columns} FROM (${found}) f`;
  const keys = [...seriesOf(rule)].map((name) => `f."${name}" IS NOT DISTINCT FROM w."${name}"`);
  return `SELECT ${columns} FROM (${found}) f SEMI JOIN changed_windows w ON (${[...keys, 'f.ts >= w.window_start', 'f.ts < w.window_end'].join(' AND ')})`;
}

/** The smallest change that counts: of prices that hardly move, one price step would be a jump. */
const smallestChange = 0.0005;

/** Fewer earlier changes say nothing about the typical one. */
const minChanges = 10;

/**
 * Finds changes that are many times the median of the absolute changes before them. A change back after a single wrong value is
 * not reported again. The median is computed only for changes that are large enough for the smallest typical one.
 */
export function compileJump(rule: QualityRule, scope: RuleScope): string {
  const value = `"${rule.column ?? 'close'}"`;
  const bars = String(largestThreshold(rule, 'bars', 60));
  const names = seriesOf(rule);
  const series = columnList(names);
  const max = thresholdSql(rule, 'max') ?? '12';
  const changes = `
    SELECT *, row_number() OVER by_time AS number, abs(ln(value / lag(value) OVER by_time)) AS change,
      abs(ln(value / lag(value, 2) OVER by_time)) AS change_over_two, lag(value) OVER by_time AS before
    FROM (SELECT ${identifyingColumns(rule)}, ${value}::DOUBLE AS value FROM (${contextSql(rule, scope, Number(bars) + 2)}) WHERE ${value} > 0)
    WINDOW by_time AS (PARTITION BY ${series} ORDER BY ts)`;
  const sameSeries = names.map((name) => `e."${name}" IS NOT DISTINCT FROM f."${name}"`).join(' AND ');
  const large = `
    SELECT * FROM changes WHERE change > ${max} * ${String(smallestChange)} AND (change_over_two IS NULL OR change_over_two > change / 4)`;
  const found = changedOnly(rule, scope, large, 'f.value, f.before, f.number, f.change');
  return `
    WITH changes AS MATERIALIZED (${changes}), candidates AS MATERIALIZED (${found})
    SELECT ${identifyingColumns(rule)}, value, before, round(change / greatest(scale, ${String(smallestChange)}), 1) AS times_typical FROM (
      SELECT f.*, scales.scale FROM candidates f JOIN (
        SELECT ${columnList(names, 'f')}, f.number, median(e.change) AS scale, count(e.change) AS earlier
        FROM candidates f JOIN changes e ON ${sameSeries} AND e.number >= f.number - ${bars} AND e.number < f.number
        GROUP BY ALL
      ) scales ON ${names.map((name) => `scales."${name}" IS NOT DISTINCT FROM f."${name}"`).join(' AND ')} AND scales.number = f.number
      WHERE scales.earlier >= ${String(minChanges)}
    ) WHERE change > ${max} * greatest(scale, ${String(smallestChange)})`;
}

/** Finds the bars that end a run of equal values. */
export function compileFrozen(rule: QualityRule, scope: RuleScope): string {
  const value = `"${rule.column ?? 'close'}"`;
  const series = columnList(seriesOf(rule));
  const longest = largestThreshold(rule, 'bars', 5);
  // The length of the run up to each row: its distance from the last change.
  const found = `
    SELECT * FROM (
      SELECT *, number - max(CASE WHEN value IS DISTINCT FROM before THEN number END) OVER (PARTITION BY ${series} ORDER BY ts) + 1 AS unchanged FROM (
        SELECT *, lag(value) OVER by_time AS before, row_number() OVER by_time AS number FROM (
          SELECT ${identifyingColumns(rule)}, ${value} AS value FROM (${contextSql(rule, scope, longest)})
        ) WINDOW by_time AS (PARTITION BY ${series} ORDER BY ts)
      )
    ) WHERE unchanged >= ${thresholdSql(rule, 'bars') ?? '5'}`;
  return changedOnly(rule, scope, found, 'f.value, f.unchanged');
}

/** Finds sessions whose bars have gaps between their first and their last one. */
export function compileMissingBars(rule: QualityRule): string {
  const series = columnList(seriesOf(rule));
  const seconds = Object.entries(barSizes)
    .filter(([, length]) => length < day)
    .map(([size, length]) => `WHEN '${size}' THEN ${String(length / second)}`);
  return `
    SELECT ${series}, session, count(*) AS bars, sum(missing)::BIGINT AS missing FROM (
      SELECT *, greatest(round(epoch(ts - lag(ts) OVER (PARTITION BY ${series}, session ORDER BY ts)) / length) - 1, 0) AS missing
      FROM (
        SELECT ${series}, session, ts, CASE bar_size ${seconds.join(' ')} END AS length FROM all_rows
        SEMI JOIN (SELECT DISTINCT symbol, provider, session FROM changed_rows WHERE ${symbolCondition(rule)}) c USING (symbol, provider, session)
        WHERE bar_size <> '1 day'
      )
    ) GROUP BY ${series}, session HAVING sum(missing) > ${thresholdSql(rule, 'max') ?? '0'}`;
}

/** Compares the bars of regular hours with the daily bar of their session. */
export function compileIntraday(rule: QualityRule, { from }: RuleScope): string {
  const keys = '"symbol", "provider", "what", "session"';
  const bounds = from === null ? 'true' : `ts >= ${instantLiteral(from - 4 * day)}`;
  const max = thresholdSql(rule, 'max', 'd.symbol') ?? '0.01';
  const differs = (daily: string, intraday: string): string =>
    `abs(d.${daily} - i.${intraday}) > ${max} * abs(d.${daily})`;
  return `
    WITH sessions AS (SELECT DISTINCT symbol, provider, session FROM changed_rows WHERE ${symbolCondition(rule)}),
    held AS (SELECT * FROM all_rows SEMI JOIN sessions USING (symbol, provider, session) WHERE ${bounds} AND use_rth)
    SELECT d.symbol, d.provider, i.bar_size, d.what, d.session, d.high AS daily_high, i.high AS intraday_high,
      d.low AS daily_low, i.low AS intraday_low, d.close AS daily_close, i.close AS intraday_close
    FROM (SELECT * FROM held WHERE bar_size = '1 day') d
    JOIN (
      SELECT ${keys}, bar_size, max(high) AS high, min(low) AS low, arg_max(close, ts) AS close
      FROM held WHERE bar_size <> '1 day' GROUP BY ${keys}, bar_size
    ) i USING (${keys})
    WHERE ${[differs('high', 'high'), differs('low', 'low'), differs('close', 'close')].join(' OR ')}`;
}
