import type { DuckDBType, DuckDBValue, DuckDBValueConverter } from '@duckdb/node-api';
import { trimEndOf } from '../../platform/text/trim-end.js';
import type { DuckDB, Engine } from '../parquet/engine.js';
import type { ChunkDecoder } from '../parquet/result-columns.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Reads the rows of results as `createJsonConverter` converts their values. */
export function createJsonDecoder(engine: Pick<Engine, 'duckdb' | 'createDecoder'>): ChunkDecoder {
  const convert = createJsonConverter(engine.duckdb);
  return engine.createDecoder((value, type) => convert(value, type, convert), {
    integer: (value) => value,
    instant: formatMicros,
  });
}

/** The last instant of the year 9999: later years have more than four digits. */
const maxPlainMicros = 253_402_300_800_000_000;

/** Undefined for an instant that is not a whole number of milliseconds, or outside the years 1970 to 9999. */
function formatMicros(micros: number): string | undefined {
  if (micros < 0 || micros >= maxPlainMicros || micros % 1000 !== 0) return undefined;
  const text = new Date(micros / 1000).toISOString();
  return micros % 1_000_000 === 0 ? `${text.slice(0, 19)}Z` : `${trimEndOf(text.slice(0, -1), '0')}Z`;
}

/**
 * Converts values of DuckDB to JSON, at every depth: instants to ISO 8601 in UTC on every machine, dates, times and intervals to
 * DuckDB's text, and numbers to numbers if that loses no digit, else to text. Maps become objects.
 */
export function createJsonConverter(duckdb: DuckDB): DuckDBValueConverter<unknown> {
  const { DuckDBTypeId: id, JsonDuckDBValueConverter: json } = duckdb;
  const integerTypes: ReadonlySet<number> = new Set([id.BIGINT, id.UBIGINT, id.HUGEINT, id.UHUGEINT, id.BIGNUM]);
  const timestampTypes: ReadonlySet<number> = new Set([
    id.TIMESTAMP,
    id.TIMESTAMP_S,
    id.TIMESTAMP_MS,
    id.TIMESTAMP_NS,
    id.TIMESTAMP_TZ,
  ]);
  const convert = (value: DuckDBValue, type: DuckDBType): unknown => {
    if (value === null) return null;
    if (typeof value === 'bigint' && integerTypes.has(type.typeId)) return toExactNumber(value);
    // The text of an instant depends on the time zone of the machine; that of the same microseconds without a zone does not.
    if (value instanceof duckdb.DuckDBTimestampTZValue)
      return toIsoText(String(new duckdb.DuckDBTimestampValue(value.micros)));
    if (timestampTypes.has(type.typeId)) return toIsoText(String(value));
    if (typeof value === 'number') return toFiniteNumber(type.typeId === id.FLOAT ? toShortestFloat(value) : value);
    if (type.typeId === id.DECIMAL) return toExactDecimal(String(value));
    if (type.typeId === id.INTERVAL) return String(value);
    if (type instanceof duckdb.DuckDBMapType && value instanceof duckdb.DuckDBMapValue)
      return Object.fromEntries(
        value.entries.map(({ key, value: part }) => [toKey(convert(key, type.keyType)), convert(part, type.valueType)]),
      );
    return json(value, type, (inner, innerType) => toJson(convert(inner, innerType)));
  };
  return convert;
}

/** Gives JSON values their type. */
function toJson(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toJson(part)]));
  return typeof value === 'bigint' ? toExactNumber(value) : null;
}

function toKey(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

function toExactNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** JSON has no NaN and no infinity. */
function toFiniteNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The shortest number with the same 32 bits: 0.1 instead of 0.10000000149011612. */
function toShortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}

/** Every decimal of so many digits is distinguishable as a number. */
const maxNumberDigits = 15;

function toExactDecimal(text: string): number | string {
  const digits = text.replace(/^-?0*|\.?0*$/g, '').replace('.', '');
  const isExact = text.includes('.') ? digits.length <= maxNumberDigits : Number.isSafeInteger(Number(text));
  return isExact ? Number(text) : text;
}

/** `2026-11-20 21:00:00` as `2026-11-20T21:00:00Z`. */
function toIsoText(text: string): string {
  const iso = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)$/.exec(text);
  return iso === null ? text : `${iso[1] ?? ''}T${iso[2] ?? ''}Z`;
}
