import type { Dataset } from '../../../core/tables/tables.js';
import type { Duration } from '../../../core/time/time.js';

/** A system that receives copies of tables after every run. */
export type SinkSettings =
  CsvSinkSettings | PostgresSinkSettings | InfluxSinkSettings | HttpSinkSettings | DisabledSink;

export type SinkKind = Exclude<SinkSettings['kind'], 'disabled'>;

interface SinkBase {
  readonly name: string;
  readonly tables: readonly CopiedTable[];
}

/** A table with the columns and symbols to copy. */
export interface CopiedTable {
  readonly dataset: Dataset;
  /** In the order of the table, with those that identify a row. */
  readonly columns: readonly string[];
  /** Null for all symbols. */
  readonly symbols: readonly string[] | null;
}

export interface CsvSinkSettings extends SinkBase {
  readonly kind: 'csv';
  /** The base directory, relative to the working directory. */
  readonly folder: string;
  readonly gzip: boolean;
}

export interface PostgresSinkSettings extends SinkBase {
  readonly kind: 'postgres';
  /** A secret. */
  readonly url: string;
  /** For one statement. */
  readonly timeout: Duration;
}

export interface InfluxSinkSettings extends SinkBase {
  readonly kind: 'influx';
  /** May contain user and password. */
  readonly url: string;
  readonly target:
    | { readonly kind: 'database'; readonly database: string }
    | {
        readonly kind: 'bucket';
        readonly bucket: string;
        readonly org: string | null;
        /** A secret. */
        readonly token: string | null;
      };
  readonly precision: 'ns' | 'us' | 'ms';
  /** For one request. */
  readonly timeout: Duration;
}

export interface HttpSinkSettings extends SinkBase {
  readonly kind: 'http';
  /** May contain user and password. */
  readonly url: string;
  /** Where `pipe sink verify` reads what the receiver has; null if it cannot. */
  readonly readUrl: string | null;
  /** The key of the signatures. */
  readonly secret: string;
  /** For one request. */
  readonly timeout: Duration;
}

/** A sink with unset environment variables; it receives nothing. */
export interface DisabledSink {
  readonly kind: 'disabled';
  readonly name: string;
  readonly reason: string;
}
