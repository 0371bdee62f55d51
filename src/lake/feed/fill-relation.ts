import { toDayNumber } from '../../core/time/time.js';
import type { Engine } from '../parquet/engine.js';
import { quoteIdentifier } from '../parquet/sql.js';
import type { FeedRow } from './feed.js';

/** Replaces a table in memory. Instants are numbers in milliseconds, dates are texts. */
export async function fillRelation(
  engine: Engine,
  relation: string,
  columns: Readonly<Record<string, string>>,
  rows: Iterable<FeedRow>,
): Promise<void> {
  const definitions = Object.entries(columns).map(([name, type]) => `${quoteIdentifier(name)} ${type}`);
  const types = Object.values(columns);
  await engine.run(`CREATE OR REPLACE TABLE ${relation} (${definitions.join(', ')})`, relation);
  const appender = await engine.connection.createAppender(relation);
  for (const row of rows) {
    for (const [index, type] of types.entries()) appendValue(engine, appender, type, row[index] ?? null);
    appender.endRow();
  }
  appender.closeSync();
}

type Appender = Awaited<ReturnType<Engine['connection']['createAppender']>>;

function appendValue(
  { duckdb }: Engine,
  appender: Appender,
  type: string,
  value: string | number | boolean | null,
): void {
  if (value === null) appender.appendNull();
  else if (typeof value === 'boolean') appender.appendBoolean(value);
  else if (type === 'DATE') appender.appendDate(new duckdb.DuckDBDateValue(toDayNumber(String(value))));
  else if (typeof value === 'string') appender.appendVarchar(value);
  else if (type === 'TIMESTAMP WITH TIME ZONE')
    appender.appendTimestampTZ(new duckdb.DuckDBTimestampTZValue(BigInt(Math.round(value)) * 1000n));
  else if (type === 'BIGINT') appender.appendBigInt(BigInt(value));
  else if (type === 'INTEGER') appender.appendInteger(value);
  else appender.appendDouble(value);
}
