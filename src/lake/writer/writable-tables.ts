import { join } from 'node:path';
import type { CommitInfo, FetchResult } from '../../core/fetch-result.js';
import type { RunEventBody } from '../../core/events.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { CommitContext } from '../commit/commit-batch.js';
import type { CommittedSnapshot } from '../delta/snapshot.js';
import type { TableLog } from '../delta/table-log.js';

/** The tables of a lake, opened for writing by one process. */
export interface WritableTables {
  readonly folder: string;
  readonly context: CommitContext;
  readonly emit: (event: RunEventBody) => void;
  /** The tables that this process has changed. */
  readonly changed: ReadonlySet<Dataset>;
  log(dataset: Dataset): TableLog;
  /** Throws a `LakeError` if this program must not write to a table, such as one with columns that it does not know. */
  expectKnownSchema(dataset: Dataset): Promise<void>;
  /** Commits results of one table, for the run that received them; returns the number of rows. */
  commit(author: CommitInfo, dataset: Dataset, results: readonly FetchResult[]): Promise<number>;
  /** Must be called after every commit: writes checkpoints that are due. */
  afterCommit(dataset: Dataset, snapshot: CommittedSnapshot): Promise<void>;
  close(): Promise<void>;
}

/** The folder for files that are not yet part of a table. */
export function stagingFolder(lake: string): string {
  return join(lake, '_writing');
}
