import type { Dataset } from '../../core/tables/tables.js';
import { quoteIdentifier } from '../parquet/sql.js';
import type { Engine } from '../parquet/engine.js';

export const adjustedBarsView = 'bars_adjusted';

/** The tables that the view reads. */
export const adjustedBarsTables: readonly Dataset[] = ['equity_bars', 'corporate_actions'];

/**
 * Defines the view of the bars on one price scale: rows from before a corporate action are multiplied by its ratio until they are
 * requested again. The ids of runs order by time, and the run that detects an action stores on the new scale.
 *
 * The tables have no database in their names: the file of the views is opened under other names.
 */
export async function defineAdjustedBars(engine: Engine, database: string): Promise<void> {
  const keys = 'symbol, provider, bar_size, what, use_rth';
  await engine.run(
    `CREATE OR REPLACE VIEW ${quoteIdentifier(database)}.${adjustedBarsView} AS
     WITH actions AS (
       SELECT ${keys}, run_id, product(ratio) AS ratio, product(CASE WHEN kind = 'split' THEN ratio ELSE 1 END) AS volume_ratio
       FROM corporate_actions WHERE ratio IS NOT NULL GROUP BY ALL
     ), later AS (
       SELECT ${keys}, run_id, product(ratio) OVER in_order AS adjustment, product(volume_ratio) OVER in_order AS volume_ratio
       FROM actions WINDOW in_order AS (PARTITION BY ${keys} ORDER BY run_id DESC)
     ), scaled AS (
       SELECT bars.*, coalesce(later.adjustment, 1.0) AS adjustment, coalesce(later.volume_ratio, 1.0) AS volume_ratio
       FROM equity_bars AS bars
       ASOF LEFT JOIN later ON bars.symbol = later.symbol AND bars.provider = later.provider
         AND bars.bar_size = later.bar_size AND bars.what = later.what AND bars.use_rth = later.use_rth
         AND bars.run_id < later.run_id
     )
     SELECT * EXCLUDE (volume_ratio) REPLACE (
       "open" * adjustment AS "open", "high" * adjustment AS "high", "low" * adjustment AS "low",
       "close" * adjustment AS "close", wap * adjustment AS wap, volume / volume_ratio AS volume
     ) FROM scaled`,
    adjustedBarsView,
  );
}
