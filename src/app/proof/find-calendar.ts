import { getDefaultCalendar, isExchange } from '../../config/pipeline/symbols/exchange-defaults.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { LakeReader } from '../../lake/api.js';
import { readText, sqlString } from '../../queries/sql.js';

/** The name of the calendar of a symbol: that of a pipeline with it, or that of the exchange of its contract; null if neither is known. */
export async function findCalendarName(
  symbol: string,
  pipelines: readonly Pipeline[],
  reader: Pick<LakeReader, 'query'>,
): Promise<string | null> {
  const symbols = pipelines.flatMap((pipeline) => pipeline.symbols);
  const known = symbols.find(({ instrument }) => instrument.symbol === symbol)?.instrument.calendar;
  if (known !== undefined) return known;
  const { rows } = await reader.query(
    `SELECT exchange, currency FROM contracts WHERE symbol = ${sqlString(symbol)} ORDER BY as_of DESC LIMIT 1`,
  );
  const exchange = readText(rows[0] ?? {}, 'exchange') ?? '';
  return isExchange(exchange) ? getDefaultCalendar(exchange, readText(rows[0] ?? {}, 'currency') ?? '') : null;
}
