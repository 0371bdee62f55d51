import { join } from 'node:path';
import type { Author, Delivery } from '../core/delivery.js';
import type { RunEventBody } from '../core/events.js';
import type { Dataset } from '../core/tables.js';
import type { Workshop } from './commit.js';
import type { Snapshot } from './delta/snapshot.js';
import type { TableLog } from './delta/table-log.js';

/** The tables of a lake, open for one process to write. */
export interface WritableTables {
  readonly folder: string;
  readonly workshop: Workshop;
  readonly emit: (event: RunEventBody) => void;
  /** The tables that this process has changed. */
  readonly changed: ReadonlySet<Dataset>;
  log(dataset: Dataset): TableLog;
  /** Throws a `LakeError` where a table has columns that this program does not know. */
  expectKnown(dataset: Dataset): Promise<void>;
  /** Commits deliveries of one table, for the run that received them; answers with the number of rows. */
  commit(author: Author, dataset: Dataset, deliveries: readonly Delivery[]): Promise<number>;
  /** To be called with what every commit made: writes a checkpoint when one is due. */
  committed(dataset: Dataset, snapshot: Snapshot): Promise<void>;
  close(): Promise<void>;
}

/** Where writers keep what is not yet part of a table. */
export function stagingFolder(lake: string): string {
  return join(lake, '_writing');
}
