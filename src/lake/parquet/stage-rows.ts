import type { DuckDBAppender } from '@duckdb/node-api';
import type { DataChunk, Vector } from '@duckdb/node-bindings';
import type { FetchResult } from '../../core/fetch-result.js';
import type { Series } from '../../core/series.js';
import { getColumns } from '../../core/tables/tables.js';
import type { Column, Dataset } from '../../core/tables/tables.js';
import type { PartitionSlices, RowSlice } from '../commit/partition-slices.js';
import { storedColumns, timeColumn } from '../delta/schema.js';
import type { Engine } from './engine.js';
import { duckdbTypes, quoteIdentifier, quoteLiteral, vectorSize } from './sql.js';

/*
 * Rows reach DuckDB in two tables: `staged` holds the columns that the provider returned, numbers as doubles copied in whole
 * vectors, with the number of the fetch result; `constants` holds the values that are equal in all rows of a fetch result.
 * Writing a file joins the two. Ten text values per row would cost more than everything else together.
 */

/** Fills `staged` with the rows of some partitions, in order; `part` is the index of the partition. */
export async function stageRows(
  engine: Engine,
  dataset: Dataset,
  partitions: readonly PartitionSlices[],
  runId: string,
  path: string,
): Promise<void> {
  const numbers = numberResults(partitions);
  const answers = listAnswerColumns(dataset);
  const columns = answers.map(
    ([name, { type }]) => `${quoteIdentifier(name)} ${type === 'text' ? 'VARCHAR' : 'DOUBLE'}`,
  );
  const constants = listConstantColumns(dataset).map(
    ([name, { type }]) => `${quoteIdentifier(name)} ${duckdbTypes[type]}`,
  );
  await engine.run(
    `CREATE OR REPLACE TABLE staged (part INTEGER, result INTEGER, ${columns.join(', ')});
     CREATE OR REPLACE TABLE constants (result INTEGER, ${constants.join(', ')})`,
    path,
  );
  const { bindings } = await import('./bindings.js');
  const { duckdb } = engine;
  const types = [
    duckdb.INTEGER,
    duckdb.INTEGER,
    ...answers.map(([, { type }]) => (type === 'text' ? duckdb.VARCHAR : duckdb.DOUBLE)),
  ];
  const chunk = duckdb.DuckDBDataChunk.create(types);
  const appender = await engine.connection.createAppender('staged');
  const fill = createChunkFiller(
    bindings,
    chunk.chunk,
    answers.map(([name]) => name),
  );
  for (const [part, { slices }] of partitions.entries()) {
    for (const slice of slices) {
      const resultNumber = numbers.get(slice.fetchResult) ?? 0;
      for (let from = slice.from; from < slice.to; from += vectorSize) {
        fill(slice, from, Math.min(vectorSize, slice.to - from), part, resultNumber);
        appender.appendDataChunk(chunk);
      }
    }
  }
  appender.closeSync();
  await stageConstants(engine, dataset, numbers, runId);
}

export async function dropStagingTables(engine: Engine): Promise<void> {
  await engine.run('DROP TABLE IF EXISTS staged; DROP TABLE IF EXISTS constants', 'memory');
}

/** The query of the rows of one staged partition, with the columns of a data file. */
export function buildStagedRowsSql(dataset: Dataset, part: number): string {
  const columns = Object.entries<Column>(storedColumns(dataset)).map(([name, column]) => {
    if (column.from !== 'answer') return `constants.${quoteIdentifier(name)}`;
    return `${castFromDouble(column, `staged.${quoteIdentifier(name)}`)} AS ${quoteIdentifier(name)}`;
  });
  return `SELECT ${columns.join(', ')} FROM staged JOIN constants USING (result) WHERE staged.part = ${part}`;
}

function castFromDouble({ type }: Column, value: string): string {
  switch (type) {
    case 'text':
    case 'number':
      return value;
    case 'integer':
      return `CAST(${value} AS BIGINT)`;
    case 'boolean':
      return `${value} <> 0`;
    case 'timestamp':
      return `make_timestamptz(CAST(${value} * 1000 AS BIGINT))`;
    case 'date':
      return `DATE '1970-01-01' + CAST(${value} AS INTEGER)`;
  }
}

type Bindings = (typeof import('./bindings.js'))['bindings'];

function createChunkFiller(
  bindings: Bindings,
  chunk: DataChunk,
  names: readonly string[],
): (slice: RowSlice, from: number, count: number, part: number, resultNumber: number) => void {
  const parts = new Int32Array(vectorSize);
  const resultNumbers = new Int32Array(vectorSize);
  return (slice, from, count, part, resultNumber) => {
    const { rows } = slice.fetchResult;
    if (rows === null) return;
    bindings.data_chunk_reset(chunk);
    bindings.data_chunk_set_size(chunk, count);
    copyNumbers(bindings, bindings.data_chunk_get_vector(chunk, 0), parts.fill(part), 0, count);
    copyNumbers(bindings, bindings.data_chunk_get_vector(chunk, 1), resultNumbers.fill(resultNumber), 0, count);
    const columns: Readonly<Record<string, Float64Array | readonly (string | null)[]>> = rows.columns;
    for (const [index, name] of names.entries()) {
      const vector = bindings.data_chunk_get_vector(chunk, index + 2);
      const column = columns[name];
      if (column === undefined) setNulls(bindings, vector, count, () => true);
      else if (column instanceof Float64Array) {
        copyNumbers(bindings, vector, column, from, count);
        if (hasNaN(column, from, count)) setNulls(bindings, vector, count, (row) => Number.isNaN(column[from + row]));
      } else copyTexts(bindings, vector, column, from, count);
    }
  };
}

function copyNumbers(
  bindings: Bindings,
  vector: Vector,
  column: Float64Array | Int32Array,
  from: number,
  count: number,
): void {
  const width = column.BYTES_PER_ELEMENT;
  const { buffer } = column;
  if (!(buffer instanceof ArrayBuffer)) throw new Error('columns must not lie in shared memory');
  bindings.copy_data_to_vector(vector, 0, buffer, column.byteOffset + from * width, count * width);
}

function copyTexts(
  bindings: Bindings,
  vector: Vector,
  column: readonly (string | null)[],
  from: number,
  count: number,
): void {
  let nulls = false;
  for (let row = 0; row < count; row++) {
    const text = column[from + row] ?? null;
    if (text === null) nulls = true;
    else bindings.vector_assign_string_element(vector, row, text);
  }
  if (nulls) setNulls(bindings, vector, count, (row) => (column[from + row] ?? null) === null);
}

function hasNaN(column: Float64Array, from: number, count: number): boolean {
  for (let row = from; row < from + count; row++) {
    const value = column[row];
    if (value !== value) return true;
  }
  return false;
}

function setNulls(bindings: Bindings, vector: Vector, count: number, isNull: (row: number) => boolean): void {
  const mask = new Uint8Array(Math.ceil(count / 64) * 8).fill(0xff);
  for (let row = 0; row < count; row++) if (isNull(row)) mask[row >> 3] = (mask[row >> 3] ?? 0) & ~(1 << (row & 7));
  bindings.vector_ensure_validity_writable(vector);
  bindings.copy_data_to_vector_validity(vector, 0, mask.buffer, 0, mask.byteLength);
}

function numberResults(partitions: readonly PartitionSlices[]): ReadonlyMap<FetchResult, number> {
  const numbers = new Map<FetchResult, number>();
  for (const { slices } of partitions) {
    for (const { fetchResult } of slices) if (!numbers.has(fetchResult)) numbers.set(fetchResult, numbers.size);
  }
  return numbers;
}

async function stageConstants(
  engine: Engine,
  dataset: Dataset,
  numbers: ReadonlyMap<FetchResult, number>,
  runId: string,
): Promise<void> {
  const names = listConstantColumns(dataset).map(([name]) => name);
  const appender = await engine.connection.createAppender('constants');
  for (const [fetchResult, number] of numbers) {
    appender.appendInteger(number);
    const values = getConstants(fetchResult, runId);
    for (const name of names) appendConstant(engine, appender, name, values);
    appender.endRow();
  }
  appender.closeSync();
}

type Constants = Readonly<Record<string, string | number | boolean | null>>;

function appendConstant({ duckdb }: Engine, appender: DuckDBAppender, name: string, constants: Constants): void {
  const value = constants[name] ?? null;
  if (value === null) appender.appendNull();
  else if (typeof value === 'boolean') appender.appendBoolean(value);
  else if (typeof value === 'string') appender.appendVarchar(value);
  else if (name === 'as_of' || name === 'ts')
    appender.appendTimestampTZ(new duckdb.DuckDBTimestampTZValue(BigInt(value) * 1000n));
  else if (name === 'con_id') appender.appendBigInt(BigInt(value));
  else appender.appendDouble(value);
}

/** The values that are equal in every row of a fetch result, by column. */
function getConstants({ series, answeredAt, requestId, contract }: FetchResult, runId: string): Constants {
  return {
    con_id: contract?.conId ?? null,
    con_id_date: contract?.date ?? null,
    ...getSeriesColumns(series),
    [timeColumn(series.dataset)]: answeredAt,
    run_id: runId,
    request_id: requestId,
  };
}

/** The columns that a series determines; the contract id of an option is one of them, but does not identify it. */
export function getSeriesColumns(series: Series): Constants {
  const common = { symbol: series.instrument.symbol, provider: series.provider };
  switch (series.dataset) {
    case 'contracts':
    case 'chains':
    case 'quotes':
    case 'overviews':
      return common;
    case 'history_starts':
      return { ...common, what: series.priceType, use_rth: series.hours === 'rth' };
    case 'option_snapshots':
      return { ...common, expiry: series.expiry };
    case 'equity_bars':
    case 'corporate_actions':
      return { ...common, bar_size: series.barSize, what: series.priceType, use_rth: series.hours === 'rth' };
    case 'option_bars': {
      const { expiry, strike, right, conId, isOtherClass, tradingClass } = series.contract;
      const otherClass = isOtherClass === true ? (tradingClass ?? null) : null;
      const bars = { bar_size: series.barSize, what: series.priceType, use_rth: series.hours === 'rth' };
      return { ...common, ...bars, expiry, strike, right, con_id: conId, trading_class: otherClass };
    }
  }
}

function listAnswerColumns(dataset: Dataset): readonly (readonly [string, Column])[] {
  return Object.entries<Column>(getColumns(dataset)).filter(([, { from }]) => from === 'answer');
}

function listConstantColumns(dataset: Dataset): readonly (readonly [string, Column])[] {
  return Object.entries<Column>(storedColumns(dataset)).filter(([, { from }]) => from !== 'answer');
}

/** A value of `getSeriesColumns` as an SQL literal. */
export function formatConstant(value: string | number | boolean | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? quoteLiteral(value) : String(value);
}
