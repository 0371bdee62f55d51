import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Vector } from '@duckdb/node-bindings';
import { fromDayNumber } from '../../core/time/time.js';

/*
 * Values of a result, column by column from the memory of DuckDB's vectors. The package reads them value by value, each through an
 * object and a text of its own: for a chain of some thousand options that took longer than the query.
 */

type DuckDB = typeof import('@duckdb/node-api');
type Bindings = (typeof import('./bindings.js'))['bindings'];

/** The values of one column of a chunk; null for SQL's null. */
export type ColumnValues = readonly unknown[];

/** Converts 64-bit integers and instants, whose JSON differs between callers; undefined leaves a value to the general converter. */
export interface WideValues {
  readonly integer: (value: number) => unknown;
  /** Microseconds since 1970. */
  readonly instant?: (micros: number) => unknown;
}

/** Converts a value of any type. */
export type ConvertValue = (value: DuckDBValue, type: DuckDBType) => unknown;

export interface ChunkDecoder {
  /** The rows of a chunk as objects. */
  readRows(chunk: DuckDBDataChunk, names: readonly string[]): readonly Record<string, unknown>[];
}

/** Creates a decoder whose `convert` is used for types that have no fast way. */
export function createChunkDecoder(
  duckdb: DuckDB,
  bindings: Bindings,
  convert: ConvertValue,
  wide: WideValues,
): ChunkDecoder {
  const { DuckDBTypeId: id } = duckdb;

  function decodeColumn(chunk: DuckDBDataChunk, index: number, type: DuckDBType): ColumnValues {
    const count = chunk.rowCount;
    const general = (row: number): unknown => convert(chunk.getColumnVector(index).getItem(row), type);
    const vector = bindings.data_chunk_get_vector(chunk.chunk, index);
    const memory = (width: number): readonly [ArrayBuffer, number] => {
      const { buffer, byteOffset } = bindings.vector_get_data(vector, count * width);
      if (!(buffer instanceof ArrayBuffer)) throw new Error('vectors must not lie in shared memory');
      return [buffer, byteOffset];
    };
    const isValid = readValidity(bindings, vector, count);
    const collect = (read: (row: number) => unknown): ColumnValues => {
      const values = new Array<unknown>(count);
      for (let row = 0; row < count; row++) values[row] = isValid === null || isValid(row) ? read(row) : null;
      return values;
    };
    switch (type.typeId) {
      case id.DOUBLE: {
        const items = new Float64Array(...memory(8), count);
        return collect((row) => (Number.isFinite(items[row]) ? items[row] : general(row)));
      }
      case id.INTEGER: {
        const items = new Int32Array(...memory(4), count);
        return collect((row) => items[row]);
      }
      case id.BIGINT: {
        const read = readInt64(...memory(8), count);
        return collect((row) => toWide(read(row), wide.integer) ?? general(row));
      }
      case id.BOOLEAN: {
        const items = new Uint8Array(...memory(1), count);
        return collect((row) => items[row] !== 0);
      }
      case id.DATE: {
        const items = new Int32Array(...memory(4), count);
        return collect(createDateReader(items, general));
      }
      case id.TIMESTAMP_TZ: {
        const { instant } = wide;
        if (instant === undefined) return collect(general);
        const read = readInt64(...memory(8), count);
        return collect((row) => toWide(read(row), instant) ?? general(row));
      }
      case id.VARCHAR:
        return collect(createTextReader(bindings, ...memory(16), count));
      default:
        return collect(general);
    }
  }

  return {
    readRows(chunk, names) {
      const columns = Array.from({ length: chunk.columnCount }, (_, index) =>
        decodeColumn(chunk, index, chunk.getColumnVector(index).type),
      );
      return Array.from({ length: chunk.rowCount }, (_, row) => {
        const object: Record<string, unknown> = {};
        for (let index = 0; index < columns.length; index++) object[names[index] ?? ''] = columns[index]?.[row];
        return object;
      });
    },
  };
}

/** Returns whether a row has a value; null if all have one. */
function readValidity(bindings: Bindings, vector: Vector, count: number): ((row: number) => boolean) | null {
  const mask = bindings.vector_get_validity(vector, Math.ceil(count / 64) * 8);
  // Vectors without nulls have no mask.
  if ((mask as Uint8Array | null)?.length !== Math.ceil(count / 64) * 8) return null;
  return (row) => ((mask[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

/** Reads 64-bit integers as numbers; NaN for those that are not exact. */
function readInt64(buffer: ArrayBuffer, offset: number, count: number): (row: number) => number {
  const low = new Uint32Array(buffer, offset, 2 * count);
  const high = new Int32Array(buffer, offset, 2 * count);
  return (row) => {
    const value = (high[2 * row + 1] ?? 0) * 2 ** 32 + (low[2 * row] ?? 0);
    return Number.isSafeInteger(value) ? value : NaN;
  };
}

function toWide(value: number, convert: (value: number) => unknown): unknown {
  return Number.isNaN(value) ? undefined : convert(value);
}

/** The days of the years 1 to 9999, whose text has four digits for the year. */
const firstPlainDay = -719_162;
const lastPlainDay = 2_932_896;

function createDateReader(items: Int32Array, general: (row: number) => unknown): (row: number) => unknown {
  const texts = new Map<number, string>();
  return (row) => {
    const days = items[row] ?? NaN;
    if (!(days >= firstPlainDay && days <= lastPlainDay)) return general(row);
    let text = texts.get(days);
    if (text === undefined) texts.set(days, (text = fromDayNumber(days)));
    return text;
  };
}

/** The number of bytes that a text holds in its own 16 bytes; longer ones are elsewhere. */
const inlineLength = 12;

/** Rows of one answer share texts such as the symbol: a text like that of the row before is not decoded again. */
function createTextReader(
  bindings: Bindings,
  buffer: ArrayBuffer,
  offset: number,
  count: number,
): (row: number) => string {
  const words = new Int32Array(buffer, offset, 4 * count);
  const bytes = Buffer.from(buffer, offset, 16 * count);
  let previous = -1;
  let text = '';
  return (row) => {
    const at = 4 * row;
    if (
      previous >= 0 &&
      words[at] === words[previous] &&
      words[at + 1] === words[previous + 1] &&
      words[at + 2] === words[previous + 2] &&
      words[at + 3] === words[previous + 3]
    )
      return text;
    previous = at;
    const length = words[at] ?? 0;
    if (length <= inlineLength) text = bytes.toString('utf8', 16 * row + 4, 16 * row + 4 + length);
    else {
      const found = bindings.get_data_from_pointer(buffer, offset + 16 * row + 8, length);
      text = Buffer.from(found.buffer, found.byteOffset, length).toString('utf8');
    }
    return text;
  };
}
