import { malformed } from '../lake-error.js';
import { pathFromLog, pathToLog } from './paths.js';

/** A data file that belongs to the table. */
export interface LiveFile {
  /** On disk, relative to the table's folder, with `/`. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  /** The statistics as the log has them, JSON in a text; null where their writer gave none. */
  readonly stats: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** A data file that no longer belongs to the table, kept on disk for readers that still use it. */
export interface Tombstone {
  readonly path: string;
  readonly deletionTimestamp: number;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
}

export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
}

/** What the table is: its schema among other things. */
export interface Metadata {
  readonly id: string;
  /** What other programs may have called and described it; null where none has. */
  readonly name: string | null;
  readonly description: string | null;
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
  readonly createdTime: number | null;
}

/** The progress mark of some other writer; carried along in checkpoints. */
export interface Transaction {
  readonly appId: string;
  readonly version: number;
}

/** One line of a commit, as far as it concerns which files are live. */
export type Action =
  | { readonly type: 'add'; readonly file: LiveFile }
  | { readonly type: 'remove'; readonly tombstone: Tombstone }
  | { readonly type: 'protocol'; readonly protocol: Protocol }
  | { readonly type: 'metadata'; readonly metadata: Metadata }
  | { readonly type: 'transaction'; readonly transaction: Transaction };

type JsonObject = Readonly<Record<string, unknown>>;

/** The action in a parsed line; null for kinds that do not change which files are live, such as `commitInfo`. */
export function actionOf(line: unknown, place: string): Action | null {
  if (!isObject(line)) throw malformed(place, 'expected a JSON object');
  const { add, remove, protocol, metaData, txn } = line;
  if (isObject(add)) return { type: 'add', file: liveFileOf(add, place) };
  if (isObject(remove)) return { type: 'remove', tombstone: tombstoneOf(remove, place) };
  if (isObject(protocol)) return { type: 'protocol', protocol: protocolOf(protocol, place) };
  if (isObject(metaData)) return { type: 'metadata', metadata: metadataOf(metaData, place) };
  if (isObject(txn)) {
    return {
      type: 'transaction',
      transaction: { appId: text(txn, 'appId', place), version: number(txn, 'version', place) },
    };
  }
  return null;
}

function liveFileOf(add: JsonObject, place: string): LiveFile {
  if (isObject(add['deletionVector']))
    throw malformed(place, 'the file has a deletion vector, which this version cannot read');
  return {
    path: pathFromLog(text(add, 'path', place)),
    partitionValues: partitionValuesOf(add['partitionValues']),
    size: number(add, 'size', place),
    modificationTime: number(add, 'modificationTime', place),
    stats: typeof add['stats'] === 'string' ? add['stats'] : null,
    tags: textsOf(add['tags']),
  };
}

function tombstoneOf(remove: JsonObject, place: string): Tombstone {
  const { deletionTimestamp, size } = remove;
  return {
    path: pathFromLog(text(remove, 'path', place)),
    deletionTimestamp: typeof deletionTimestamp === 'number' ? deletionTimestamp : 0,
    partitionValues: partitionValuesOf(remove['partitionValues']),
    size: typeof size === 'number' ? size : 0,
  };
}

function protocolOf(protocol: JsonObject, place: string): Protocol {
  const minReaderVersion = number(protocol, 'minReaderVersion', place);
  const minWriterVersion = number(protocol, 'minWriterVersion', place);
  if (minReaderVersion > 1 || minWriterVersion > 2) {
    throw malformed(
      place,
      `another program raised the table to reader ${minReaderVersion} and writer ${minWriterVersion} of the Delta protocol; ` +
        'pipe works with reader 1 and writer 2',
    );
  }
  return { minReaderVersion, minWriterVersion };
}

function metadataOf(metadata: JsonObject, place: string): Metadata {
  const { name, description, partitionColumns, createdTime } = metadata;
  return {
    id: text(metadata, 'id', place),
    name: typeof name === 'string' ? name : null,
    description: typeof description === 'string' ? description : null,
    schemaString: text(metadata, 'schemaString', place),
    partitionColumns: Array.isArray(partitionColumns)
      ? partitionColumns.filter((column) => typeof column === 'string')
      : [],
    configuration: textsOf(metadata['configuration']),
    createdTime: typeof createdTime === 'number' ? createdTime : null,
  };
}

/** A line of a commit that takes a file into the table. */
export function addLine(file: LiveFile, dataChange: boolean): object {
  const { path, partitionValues, size, modificationTime, stats, tags } = file;
  return {
    add: {
      path: pathToLog(path),
      partitionValues,
      size,
      modificationTime,
      dataChange,
      ...(stats === null ? {} : { stats }),
      tags,
    },
  };
}

/** A line of a commit that takes a file out of the table. */
export function removeLine(file: LiveFile | Tombstone, deletionTimestamp: number, dataChange: boolean): object {
  const { path, partitionValues, size } = file;
  return {
    remove: { path: pathToLog(path), deletionTimestamp, dataChange, extendedFileMetadata: true, partitionValues, size },
  };
}

export function protocolLine(protocol: Protocol): object {
  return { protocol };
}

export function metadataLine(metadata: Metadata): object {
  const { name: title, description, createdTime, ...rest } = metadata;
  return {
    metaData: {
      ...rest,
      ...(title === null ? {} : { name: title }),
      ...(description === null ? {} : { description }),
      format: { provider: 'parquet', options: {} },
      ...(createdTime === null ? {} : { createdTime }),
    },
  };
}

export function transactionLine(transaction: Transaction): object {
  return { txn: transaction };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(object: JsonObject, name: string, place: string): string {
  const value = object[name];
  if (typeof value !== 'string') throw malformed(place, `expected "${name}" to be text`);
  return value;
}

/** Checkpoints read through JSON bring 64-bit numbers as numbers; other writers may quote them. */
function number(object: JsonObject, name: string, place: string): number {
  const value = Number(object[name] ?? NaN);
  if (!Number.isFinite(value)) throw malformed(place, `expected "${name}" to be a number`);
  return value;
}

function partitionValuesOf(value: unknown): Readonly<Record<string, string | null>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, typeof part === 'string' ? part : null]),
  );
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  const result: Record<string, string> = {};
  for (const [name, part] of Object.entries(value)) if (typeof part === 'string') result[name] = part;
  return result;
}
