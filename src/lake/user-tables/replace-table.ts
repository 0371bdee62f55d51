import { join } from 'node:path';
import type { CommitInfo } from '../../core/fetch-result.js';
import { ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { ColumnLineage, TableVersions } from '../../core/tables/user-tables.js';
import type { CustomStepRef, StatementProblem, UserTableCommit } from '../api.js';
import type { CommitContext } from '../commit/commit-batch.js';
import { createCheckpointReader } from '../delta/checkpoint.js';
import { advanceSnapshot, emptySnapshot, readSnapshot } from '../delta/snapshot.js';
import type { CommittedSnapshot, Snapshot } from '../delta/snapshot.js';
import { appendCommit } from '../delta/table-log.js';
import { findTableRefusal, toWriteError } from '../delta/write-refusal.js';
import { toLakeError } from '../lake-error.js';
import { trimLog } from '../maintenance/trim-log.js';
import type { Engine } from '../parquet/engine.js';
import { discard, getRelativePath, publish } from '../parquet/parquet-files.js';
import type { WritableTables } from '../writer/writable-tables.js';
import { buildReplaceCommit, columnsForEvent } from './replace-commit.js';
import { writeResult } from './result-file.js';

export interface UserTablesDeps {
  readonly tables: WritableTables;
  readonly author: CommitInfo;
  readonly program: string;
  readonly onChange: () => void;
}

/** The name of the view of a step's statement. */
export const resultView = 'result of the step';

/** Replaces a table by the rows of `resultView`, in one commit. */
export async function replaceTable(
  { tables: { folder, context }, author, program, onChange }: UserTablesDeps,
  engine: Engine,
  stepRef: CustomStepRef,
  dataset: string,
  inputs: TableVersions,
  traceLineage: (columns: readonly string[]) => Promise<ColumnLineage | null>,
): Promise<Result<UserTableCommit, StatementProblem>> {
  const written = await writeResult(engine, resultView, context.names);
  if (!written.ok) return written;
  const { columns, file } = written.value;
  const files = file === null ? [] : [file];
  const table = join(folder, dataset);
  const log = trackLog(table, context);
  let snapshot: CommittedSnapshot;
  try {
    await publish(table, files);
    snapshot = await log.append((current) => {
      const { protocol, metadata } = current;
      const refusal = findTableRefusal(dataset, { protocol, metadata, changedBy: null });
      if (refusal !== null) throw toWriteError(table, refusal);
      return buildReplaceCommit(
        { dataset, author, stepRef, program, now: context.now(), columns, inputs, file },
        current,
      );
    });
  } catch (error) {
    // The commit may have succeeded nevertheless: then the file belongs to the table.
    const named = await log.refresh().catch(() => null);
    if (file !== null && named?.files.has(getRelativePath(file)) === false) await discard(table, files);
    throw toLakeError(error, table);
  }
  onChange();
  const { version } = snapshot;
  await trimLog({
    engine: context.engine,
    table,
    version,
    now: context.now(),
    staging: context.names.staging,
  });
  return ok({
    version,
    rows: file?.rows ?? 0,
    files: files.length,
    bytes: file?.size ?? 0,
    columns: columnsForEvent(columns),
    inputs,
    columnLineage: await traceLineage(columns.map(({ name }) => name)),
  });
}

/** The log of a table, read once and then advanced. */
function trackLog(
  table: string,
  context: CommitContext,
): {
  refresh(): Promise<Snapshot>;
  append(buildText: (current: Snapshot) => string): Promise<CommittedSnapshot>;
} {
  let cached: Snapshot = emptySnapshot;
  const refresh = async (): Promise<Snapshot> => {
    const isNew = cached.version === null;
    cached = isNew
      ? await readSnapshot(table, createCheckpointReader(context.engine, 'live'))
      : await advanceSnapshot(table, cached);
    return cached;
  };
  const nextTemporaryPath = (): string => join(context.names.staging, context.names.next());
  return {
    refresh,
    async append(buildText) {
      const target = { folder: table, refresh, nextTemporaryPath };
      const snapshot = await appendCommit(target, (current) => Promise.resolve(buildText(current)));
      if (snapshot === null) throw new Error('a replacement is never abandoned');
      return snapshot;
    },
  };
}
