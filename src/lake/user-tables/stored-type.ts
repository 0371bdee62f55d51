import type { DuckDBType } from '@duckdb/node-api';
import type { DuckDB } from '../parquet/engine.js';
import { quoteIdentifier } from '../parquet/sql.js';

/** The stored type of a result column: its type in Delta's schema, and the SQL type to cast it to. */
export interface StoredType {
  readonly delta: DeltaType;
  readonly sql: string;
}

/** A type in a Delta schema: a name, or the description of a nested type. */
export type DeltaType = string | Readonly<Record<string, unknown>>;

/**
 * The stored type of a DuckDB type. Delta Lake has no unsigned, huge or interval types: whole numbers become `long` if they fit,
 * and types without a counterpart become text. Timestamps without a zone are UTC.
 */
export function toStoredType({ DuckDBTypeId: id }: DuckDB, type: DuckDBType): StoredType {
  return mapType(type);

  function mapType(one: DuckDBType): StoredType {
    switch (one.typeId) {
      case id.BOOLEAN:
        return { delta: 'boolean', sql: 'BOOLEAN' };
      case id.TINYINT:
        return { delta: 'byte', sql: 'TINYINT' };
      case id.SMALLINT:
      case id.UTINYINT:
        return { delta: 'short', sql: 'SMALLINT' };
      case id.INTEGER:
      case id.USMALLINT:
        return { delta: 'integer', sql: 'INTEGER' };
      case id.BIGINT:
      case id.UINTEGER:
      case id.UBIGINT:
      case id.HUGEINT:
      case id.UHUGEINT:
        return { delta: 'long', sql: 'BIGINT' };
      case id.FLOAT:
        return { delta: 'float', sql: 'FLOAT' };
      case id.DOUBLE:
        return { delta: 'double', sql: 'DOUBLE' };
      case id.DATE:
        return { delta: 'date', sql: 'DATE' };
      case id.TIMESTAMP:
      case id.TIMESTAMP_S:
      case id.TIMESTAMP_MS:
      case id.TIMESTAMP_NS:
      case id.TIMESTAMP_TZ:
        return { delta: 'timestamp', sql: 'TIMESTAMP WITH TIME ZONE' };
      case id.BLOB:
        return { delta: 'binary', sql: 'BLOB' };
      default:
        return mapNestedType(one) ?? { delta: 'string', sql: 'VARCHAR' };
    }
  }

  function mapNestedType(one: DuckDBType): StoredType | null {
    if (one.typeId === id.DECIMAL && 'width' in one && 'scale' in one) {
      const size = `${String(one.width)},${String(one.scale)}`;
      return { delta: `decimal(${size})`, sql: `DECIMAL(${size})` };
    }
    if ((one.typeId === id.LIST || one.typeId === id.ARRAY) && 'valueType' in one && isDuckDbType(one.valueType)) {
      const element = mapType(one.valueType);
      const delta = { type: 'array', elementType: element.delta, containsNull: true };
      return { delta, sql: `${element.sql}[]` };
    }
    if (
      one.typeId === id.MAP &&
      'keyType' in one &&
      'valueType' in one &&
      isDuckDbType(one.keyType) &&
      isDuckDbType(one.valueType)
    ) {
      const [key, value] = [mapType(one.keyType), mapType(one.valueType)];
      const delta = { type: 'map', keyType: key.delta, valueType: value.delta, valueContainsNull: true };
      return { delta, sql: `MAP(${key.sql}, ${value.sql})` };
    }
    if (one.typeId === id.STRUCT && 'entryNames' in one && 'entryTypes' in one)
      return mapStructType(one.entryNames, one.entryTypes);
    return null;
  }

  function mapStructType(names: unknown, types: unknown): StoredType | null {
    if (!Array.isArray(names) || !Array.isArray(types) || !types.every(isDuckDbType)) return null;
    const fields = types.map((one, index) => ({ name: String(names[index]), ...mapType(one) }));
    const sql = fields.map((field) => `${quoteIdentifier(field.name)} ${field.sql}`).join(', ');
    const delta = fields.map((field) => ({ name: field.name, type: field.delta, nullable: true, metadata: {} }));
    return { delta: { type: 'struct', fields: delta }, sql: `STRUCT(${sql})` };
  }

  function isDuckDbType(value: unknown): value is DuckDBType {
    return typeof value === 'object' && value !== null && 'typeId' in value;
  }
}

/** The type of a column in the view of an empty table. */
export function toViewType(delta: unknown): string {
  if (typeof delta !== 'string') return isArrayType(delta) ? `${toViewType(delta.elementType)}[]` : 'VARCHAR';
  if (/^decimal\(\d+,\d+\)$/.test(delta)) return delta;
  return viewTypes[delta] ?? 'VARCHAR';
}

function isArrayType(value: unknown): value is { readonly elementType: unknown } {
  return typeof value === 'object' && value !== null && 'elementType' in value;
}

const viewTypes: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  byte: 'TINYINT',
  short: 'SMALLINT',
  integer: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  binary: 'BLOB',
};
