import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import { errorMessage } from '../../platform/error-message.js';
import { LakeError } from '../lake-error.js';
import { createChunkDecoder } from './result-columns.js';
import type { ChunkDecoder, ConvertValue, WideValues } from './result-columns.js';

/** The DuckDB package: loaded at the first use, because loading it takes as long as the rest of the start. */
export type DuckDB = typeof import('@duckdb/node-api');

/** A DuckDB in memory. */
export interface Engine {
  readonly duckdb: DuckDB;
  readonly connection: DuckDBConnection;
  /** Runs a statement for its effect; errors name `path`. */
  run(sql: string, path: string): Promise<void>;
  /** Runs a statement for its rows, as JSON values: 64-bit numbers are text. */
  queryRows(sql: string, path: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Creates a decoder of results; see `createChunkDecoder`. */
  createDecoder(convert: ConvertValue, wide: WideValues): ChunkDecoder;
  /** Another connection to the same database, for statements at the same time. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

export interface EngineOptions {
  /** In DuckDB's notation, such as `300MB`. */
  readonly memoryLimit: string;
  /** The folder for sorts that do not fit into memory. */
  readonly spillFolder: string;
  /** True if joins keep the order of their left side, which writers rely on for the order of rows in files. */
  readonly preserveOrder: boolean;
}

/** Opens a DuckDB with settings that make files equal on every machine. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const duckdb = await import('@duckdb/node-api');
  const { bindings } = await import('./bindings.js');
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    memory_limit: options.memoryLimit,
    temp_directory: options.spillFolder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  if (options.preserveOrder) await connection.run("SET disabled_optimizers = 'join_order,build_side_probe_side'");
  return createEngine(duckdb, bindings, instance, connection);
}

function createEngine(
  duckdb: DuckDB,
  bindings: (typeof import('./bindings.js'))['bindings'],
  instance: DuckDBInstance,
  connection: DuckDBConnection,
): Engine {
  const createDecoder: Engine['createDecoder'] = (convert, wide) => createChunkDecoder(duckdb, bindings, convert, wide);
  const { JsonDuckDBValueConverter: toJson } = duckdb;
  const textDecoder = createDecoder((value, type) => toJson(value, type, toJson), { integer: String });
  return {
    duckdb,
    connection,
    async run(sql, path) {
      try {
        await connection.run(sql);
      } catch (error) {
        throw toEngineError(error, path);
      }
    },
    async queryRows(sql, path) {
      try {
        return await readAllRows(await connection.run(sql), textDecoder);
      } catch (error) {
        throw toEngineError(error, path);
      }
    },
    createDecoder,
    connect: () => instance.connect(),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** All rows of a result as objects. */
export async function readAllRows(
  result: DuckDBResult,
  decoder: ChunkDecoder,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const names = result.deduplicatedColumnNames();
  const parts: (readonly Record<string, unknown>[])[] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return parts.flat();
    parts.push(decoder.readRows(chunk, names));
  }
}

/** DuckDB reports problems of the disk only in messages; it has no error codes for them. */
const errorPatterns: readonly (readonly [RegExp, ConstructorParameters<typeof LakeError>[0], string, string])[] = [
  [
    /No space left on device|Disk quota exceeded|disk full/i,
    'no-space',
    'the disk is full',
    'free some space or move the lake with --data, then run again',
  ],
  [
    /Too many open files/i,
    'too-many-files',
    'too many open files',
    'raise the limit, such as ulimit -n 4096, then run again',
  ],
  [
    /Read-only file system/i,
    'read-only',
    'the file system is read-only',
    'mount the file system writable, or choose another folder with --data',
  ],
  [
    /Permission denied|Operation not permitted/i,
    'no-permission',
    'permission denied',
    'allow this user to read and write there, or choose another folder with --data',
  ],
  [
    /No files found|No such file or directory/i,
    'not-found',
    'a file is missing',
    'run again, and with --missing for older windows',
  ],
  [
    /not a parquet file|No magic bytes|too small to be a Parquet|Corrupt|corrupted|Snappy|ZSTD Decompression|TProtocolException|Invalid TType|thrift|don't know what type|Out of buffer/i,
    'malformed',
    'a Parquet file is damaged',
    'quarantine the file with `pipe check --repair`; then run again, and with --missing for older windows',
  ],
];

/** Converts an error of DuckDB. */
export function toEngineError(error: unknown, path: string): LakeError {
  if (error instanceof LakeError) return error;
  const message = errorMessage(error);
  for (const [pattern, kind, description, hint] of errorPatterns) {
    if (pattern.test(message))
      return new LakeError(
        kind,
        findPath(message) ?? path,
        `${findPath(message) ?? path}: ${description}`,
        hint,
        error,
      );
  }
  return new LakeError('io', path, `${path}: ${message}`, 'this may be a bug: report it with the log', error);
}

function findPath(message: string): string | undefined {
  return /["'](\/[^"']+|[A-Za-z]:\\[^"']+)["']/.exec(message)?.[1];
}
