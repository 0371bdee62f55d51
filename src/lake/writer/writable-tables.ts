import { join } from 'node:path';
import type { CommitInfo, FetchResult } from '../../core/fetch-result.js';
import type { RunEventBody } from '../../core/events.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { CommitContext } from '../commit/commit-batch.js';
import type { CommittedSnapshot } from '../delta/snapshot.js';
import type { TableLog } from '../delta/table-log.js';

/** The tables of a lake, open for one process to write. */
export interface WritableTables {
  readonly folder: string;
  readonly context: CommitContext;
  readonly emit: (event: RunEventBody) => void;
  /** The tables that this process has changed. */
  readonly changed: ReadonlySet<Dataset>;
  log(dataset: Dataset): TableLog;
  /** Throws a `LakeError` where a table has columns that this program does not know. */
  expectKnownSchema(dataset: Dataset): Promise<void>;
  /** Commits deliveries of one table, for the run that received them; answers with the number of rows. */
  commit(author: CommitInfo, dataset: Dataset, results: readonly FetchResult[]): Promise<number>;
  /** To be called with what every commit made: writes a checkpoint when one is due. */
  afterCommit(dataset: Dataset, snapshot: CommittedSnapshot): Promise<void>;
  close(): Promise<void>;
}

/** Where writers keep what is not yet part of a table. */
export function stagingFolder(lake: string): string {
  return join(lake, '_writing');
}
