import type { Dataset } from '../../core/tables/tables.js';
import { LakeError, isDamage } from '../lake-error.js';
import type { Metadata, Protocol } from './actions.js';
import { evolveMetadata } from './schema-evolution.js';
import { minimumProtocol } from './schema.js';

/** The protocol and the properties of a table, with the last commit that changed them. */
export interface TableHeader {
  readonly protocol: Protocol | null;
  readonly metadata: Metadata | null;
  /** Null if it is not known which commit changed them last. */
  readonly changedBy: { readonly version: number; readonly isOwn: boolean } | null;
}

/** Why a table can be read but not written. */
export interface WriteRefusal {
  readonly problem: string;
  /** The next step for the user. */
  readonly hint: string;
}

/**
 * Finds the reason why this program must not write to a table: a protocol with rules that it does not know, a table that permits no
 * removal of rows, or columns that its files would lose. Null for a table that can be written.
 */
export function findWriteRefusal(dataset: Dataset, header: TableHeader): WriteRefusal | null {
  const refusal = findTableRefusal(dataset, header);
  const { metadata, changedBy } = header;
  if (refusal !== null || metadata === null) return refusal;
  try {
    evolveMetadata(dataset, metadata, dataset);
    return null;
  } catch (error) {
    if (!isDamage(error)) throw error;
    const problem = error.message.replace(`${dataset}: `, '');
    return { problem, hint: changedBy?.isOwn === false ? describeUndo(dataset, changedBy) : error.hint };
  }
}

/** Finds the reason in the protocol and the properties of any table, also of a custom step. */
export function findTableRefusal(dataset: string, { protocol, metadata, changedBy }: TableHeader): WriteRefusal | null {
  if (protocol !== null && protocol.minWriterVersion > minimumProtocol.minWriterVersion) {
    const features = protocol.writerFeatures ?? [];
    const named = features.length === 0 ? '' : ` (${features.join(', ')})`;
    return {
      problem: `another program raised the Delta protocol to writer ${String(protocol.minWriterVersion)}${named}; pipe writes with writer 2`,
      hint: describeUndo(dataset, changedBy),
    };
  }
  if (metadata === null) return null;
  if (metadata.configuration['delta.appendOnly']?.toLowerCase() === 'true') {
    return {
      problem: 'the table property delta.appendOnly is true, and pipe replaces rows that a provider revises',
      hint: `set delta.appendOnly of ${dataset} to false with the program that set it; reading still works`,
    };
  }
  return null;
}

function describeUndo(dataset: string, changedBy: TableHeader['changedBy']): string {
  const before =
    changedBy === null ? 'the version before the change' : `version ${String(Math.max(0, changedBy.version - 1))}`;
  return (
    `restore ${before} with the program that changed it, in delta-rs: DeltaTable('${dataset}').restore(…, protocol_downgrade_allowed=True); ` +
    'or move the folder away, and the next run fetches its data again; reading still works'
  );
}

/** The error of an attempt to write to a table that refuses it. */
export function toWriteError(path: string, { problem, hint }: WriteRefusal): LakeError {
  return new LakeError('newer', path, `${path}: ${problem}`, hint);
}
