import { isRecord } from '../../platform/json.js';
import type { JsonObject } from '../../platform/json.js';
import { LakeError, malformedError } from '../lake-error.js';
import { decodeLogPath, encodeLogPath } from './paths.js';

/** A data file that belongs to the table. */
export interface LiveFile {
  /** On disk, relative to the table's folder, with `/`. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  /** The statistics as in the log, as JSON text; null without statistics. */
  readonly stats: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** A data file that no longer belongs to the table and stays on disk for readers that still use it. */
export interface Tombstone {
  readonly path: string;
  readonly deletionTimestamp: number;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
}

export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  /** Named from reader 3 and writer 7 on. */
  readonly readerFeatures?: readonly string[];
  readonly writerFeatures?: readonly string[];
}

export interface Metadata {
  readonly id: string;
  /** The name and description that another program may have given; null without. */
  readonly name: string | null;
  readonly description: string | null;
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
  readonly createdTime: number | null;
}

/** The progress marker of another writer; checkpoints preserve it. */
export interface Transaction {
  readonly appId: string;
  readonly version: number;
}

/** A line of a commit that affects the state of the table. */
export type Action =
  | { readonly type: 'add'; readonly file: LiveFile }
  | { readonly type: 'remove'; readonly tombstone: Tombstone }
  | { readonly type: 'protocol'; readonly protocol: Protocol }
  | { readonly type: 'metadata'; readonly metadata: Metadata }
  | { readonly type: 'transaction'; readonly transaction: Transaction };

/** Parses a line of a commit; null for lines that do not affect the state of the table, such as `commitInfo`. */
export function parseAction(line: unknown, location: string): Action | null {
  if (!isRecord(line)) throw malformedError(location, 'expected a JSON object');
  const { add, remove, protocol, metaData, txn } = line;
  if (isRecord(add)) return { type: 'add', file: parseLiveFile(add, location) };
  if (isRecord(remove)) return { type: 'remove', tombstone: parseTombstone(remove, location) };
  if (isRecord(protocol)) return { type: 'protocol', protocol: parseProtocol(protocol, location) };
  if (isRecord(metaData)) return { type: 'metadata', metadata: parseMetadata(metaData, location) };
  if (isRecord(txn)) {
    return {
      type: 'transaction',
      transaction: { appId: textField(txn, 'appId', location), version: numberField(txn, 'version', location) },
    };
  }
  return null;
}

function parseLiveFile(add: JsonObject, location: string): LiveFile {
  if (isRecord(add['deletionVector'])) {
    throw new LakeError(
      'newer',
      location,
      `${location}: another program deleted rows with a deletion vector, which pipe cannot read`,
      'purge the deletion vectors with that program (REORG TABLE … APPLY (PURGE)), or restore the version before',
    );
  }
  return {
    path: decodeLogPath(textField(add, 'path', location)),
    partitionValues: parsePartitionValues(add['partitionValues']),
    size: numberField(add, 'size', location),
    modificationTime: numberField(add, 'modificationTime', location),
    stats: typeof add['stats'] === 'string' ? add['stats'] : null,
    tags: parseTextMap(add['tags']),
  };
}

function parseTombstone(remove: JsonObject, location: string): Tombstone {
  const { deletionTimestamp, size } = remove;
  return {
    path: decodeLogPath(textField(remove, 'path', location)),
    deletionTimestamp: typeof deletionTimestamp === 'number' ? deletionTimestamp : 0,
    partitionValues: parsePartitionValues(remove['partitionValues']),
    size: typeof size === 'number' ? size : 0,
  };
}

/** Reader features that change nothing for a reader of Parquet files without deletion vectors, which are named file by file. */
const readableFeatures: ReadonlySet<string> = new Set(['deletionVectors', 'vacuumProtocolCheck', 'v2Checkpoint']);

/** Throws if the table cannot be read; one that cannot be written is for `findWriteRefusal`. */
function parseProtocol(protocol: JsonObject, location: string): Protocol {
  const minReaderVersion = numberField(protocol, 'minReaderVersion', location);
  const minWriterVersion = numberField(protocol, 'minWriterVersion', location);
  const { readerFeatures, writerFeatures } = protocol;
  const unknown = parseTexts(readerFeatures).filter((feature) => !readableFeatures.has(feature));
  const namesFeatures = minReaderVersion === 3 && Array.isArray(readerFeatures);
  if (minReaderVersion > 1 && (!namesFeatures || unknown.length > 0)) {
    throw new LakeError(
      'newer',
      location,
      `${location}: another program upgraded the table to reader ${String(minReaderVersion)} of the Delta protocol` +
        `${unknown.length === 0 ? '' : ` (${unknown.join(', ')})`}; pipe reads with reader 1`,
      'restore the version before with that program, or move the folder of the table away: the next run fetches its data again',
    );
  }
  return {
    minReaderVersion,
    minWriterVersion,
    ...(Array.isArray(readerFeatures) ? { readerFeatures: parseTexts(readerFeatures) } : {}),
    ...(Array.isArray(writerFeatures) ? { writerFeatures: parseTexts(writerFeatures) } : {}),
  };
}

function parseMetadata(metadata: JsonObject, location: string): Metadata {
  const { name, description, partitionColumns, createdTime } = metadata;
  return {
    id: textField(metadata, 'id', location),
    name: typeof name === 'string' ? name : null,
    description: typeof description === 'string' ? description : null,
    schemaString: textField(metadata, 'schemaString', location),
    partitionColumns: parseTexts(partitionColumns),
    configuration: parseTextMap(metadata['configuration']),
    createdTime: typeof createdTime === 'number' ? createdTime : null,
  };
}

/** The line of a commit that adds a file. */
export function toAddAction(file: LiveFile, dataChange: boolean): object {
  const { path, partitionValues, size, modificationTime, stats, tags } = file;
  return {
    add: {
      path: encodeLogPath(path),
      partitionValues,
      size,
      modificationTime,
      dataChange,
      ...(stats === null ? {} : { stats }),
      tags,
    },
  };
}

/** The line of a commit that removes a file. */
export function toRemoveAction(file: LiveFile | Tombstone, deletionTimestamp: number, dataChange: boolean): object {
  const { path, partitionValues, size } = file;
  return {
    remove: {
      path: encodeLogPath(path),
      deletionTimestamp,
      dataChange,
      extendedFileMetadata: true,
      partitionValues,
      size,
    },
  };
}

export function toProtocolAction(protocol: Protocol): object {
  return { protocol };
}

export function toMetadataAction(metadata: Metadata): object {
  const { name, description, createdTime, ...rest } = metadata;
  return {
    metaData: {
      ...rest,
      ...(name === null ? {} : { name }),
      ...(description === null ? {} : { description }),
      format: { provider: 'parquet', options: {} },
      ...(createdTime === null ? {} : { createdTime }),
    },
  };
}

export function toTransactionAction(transaction: Transaction): object {
  return { txn: transaction };
}

function textField(object: JsonObject, name: string, location: string): string {
  const value = object[name];
  if (typeof value !== 'string') throw malformedError(location, `expected "${name}" to be text`);
  return value;
}

/** Accepts numbers in quotes, as other writers may write 64-bit numbers. */
function numberField(object: JsonObject, name: string, location: string): number {
  const value = Number(object[name] ?? NaN);
  if (!Number.isFinite(value)) throw malformedError(location, `expected "${name}" to be a number`);
  return value;
}

function parsePartitionValues(value: unknown): Readonly<Record<string, string | null>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, typeof part === 'string' ? part : null]),
  );
}

function parseTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}

function parseTextMap(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  const result: Record<string, string> = {};
  for (const [name, part] of Object.entries(value)) if (typeof part === 'string') result[name] = part;
  return result;
}
