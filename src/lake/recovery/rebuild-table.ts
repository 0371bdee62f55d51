import { join } from 'node:path';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { RunId } from '../../core/request.js';
import { pluralize } from '../../platform/format.js';
import { encodeFacts } from '../coverage/fact-encoding.js';
import { createTableFold } from '../coverage/table-fold.js';
import { toAddAction, toMetadataAction, toProtocolAction, toRemoveAction } from '../delta/actions.js';
import { sealCommit } from '../delta/commit-file.js';
import { createFolder, putIfAbsent } from '../delta/durable-files.js';
import { commitPath, logFolder } from '../delta/paths.js';
import { buildDatasetMetadata, minimumProtocol } from '../delta/schema.js';
import { applyVersions, emptySnapshot } from '../delta/snapshot.js';
import type { Snapshot } from '../delta/snapshot.js';
import { LakeError } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { quoteLiterals } from '../parquet/sql.js';
import type { WritableTables } from '../writer/writable-tables.js';
import type { ExaminedTable } from './examine-table.js';
import { quarantineFile } from './quarantine-file.js';
import { adoptLostFiles, filterPresent, findTarget, foldReadable, listReadable } from './rebuild-files.js';
import type { Target } from './rebuild-files.js';
import type { FindRecordedRequests } from './recorded-facts.js';
import { collectFacts } from './restate-facts.js';

/** What is known of a table after some of its commits were lost. */
export interface RebuiltTable {
  /** The versions whose content is lost. */
  readonly lost: readonly number[];
  /** The files whose rows certainly belong to the table. */
  readonly files: number;
  /** From what the list of files is known: `coverage checkpoint of version 40`. */
  readonly filesFrom: string;
  /** From what the coverage is known. */
  readonly coverageFrom: string;
  /** The windows that are `missing` from now on, and their series. */
  readonly missingWindows: number;
  readonly missingSeries: number;
  /** The requests of lost commits whose facts the records of runs have. */
  readonly restoredRequests: number;
}

export interface RebuildOptions {
  readonly author: CommitInfo;
  /** The name and version of the program. */
  readonly program: string;
  readonly findRequests: FindRecordedRequests;
}

/**
 * Replaces lost commits by empty ones, and appends one that makes the table what its checkpoints and its files prove. Windows
 * whose facts are lost become `missing`; no file is deleted.
 */
export async function rebuildTable(
  examined: ExaminedTable,
  viewFiles: readonly string[],
  tables: WritableTables,
  { author, program, findRequests }: RebuildOptions,
): Promise<RebuiltTable> {
  const { table, dataset, lost } = examined;
  const engine = await tables.context.engine();
  const replay = await replayReadable(examined);
  const plain = await foldReadable(examined, createTableFold(dataset), -1);
  const named = await findTarget(examined, viewFiles, engine);
  const recorded = await findRequests(dataset, lost, await findWriters(examined, named, engine));
  const target = await adoptLostFiles(examined, named, engine, recorded);
  const facts = await collectFacts({ examined, target, plain, engine, requestId: `${author.runId}/0`, recorded });

  await createFolder(logFolder(table));
  const commitInfo = (coverage: object): object => ({
    commitInfo: {
      timestamp: tables.context.now(),
      operation: 'REPAIR',
      operationParameters: { reason: 'commits lost' },
      engineInfo: program,
      pipe: { run: author.runId, pipeline: author.pipeline, ...coverage },
    },
  });
  const put = async (version: number, lines: readonly object[]): Promise<void> => {
    const { names } = tables.context;
    if (
      !(await putIfAbsent(
        commitPath(table, version),
        sealCommit(table, version, lines),
        join(names.staging, names.next()),
      ))
    )
      throw changedError(table);
  };
  for (const version of lost) await quarantineFile(commitPath(table, version));
  for (const [index, version] of lost.entries()) {
    const isFirst = index === 0 && replay.metadata === null;
    const { protocol, metadata } = findMetadata(examined);
    await put(version, [
      commitInfo({}),
      ...(isFirst
        ? [
            toProtocolAction(protocol),
            toMetadataAction(metadata ?? buildDatasetMetadata(dataset, author.runId, tables.context.now())),
          ]
        : []),
    ]);
  }
  const newest = Math.max(examined.newest ?? 0, ...lost);
  const now = tables.context.now();
  const removed = [...replay.files.values()].filter(({ path }) => !target.files.has(path));
  const added = [...target.files.values()].filter(({ path }) => !replay.files.has(path));
  await put(newest + 1, [
    commitInfo({ coverage: encodeFacts(facts, tables.context.getTimeZone) }),
    ...removed.map((file) => toRemoveAction(file, now, false)),
    ...added.map((file) => toAddAction(file, false)),
  ]);
  const missing = facts.filter(({ fact }) => fact.state === 'missing');
  return {
    lost,
    files: target.files.size,
    filesFrom: target.filesFrom,
    coverageFrom: target.coverageFrom,
    missingWindows: missing.length,
    restoredRequests: new Set(facts.map(({ fact }) => fact.requestId).filter((id) => recorded.has(id))).size,
    missingSeries: new Set(missing.map(({ fact }) => fact.series)).size,
  };
}

/** The runs whose rows are in the files of a table. */
async function findWriters(
  { table, dataset, unknownFiles }: ExaminedTable,
  { files }: Target,
  engine: Engine,
): Promise<ReadonlySet<RunId>> {
  const runs = new Set<RunId>();
  const paths = [...(await filterPresent(table, [...files.values()])).map(({ path }) => path), ...unknownFiles];
  for (const path of new Set(paths)) {
    const source = quoteLiterals([join(table, path)]);
    const query = `SELECT DISTINCT split_part(request_id, '/', 1) AS run FROM read_parquet(${source})`;
    // A damaged file names no run.
    const rows = await engine.queryRows(query, dataset).catch(() => []);
    for (const { run } of rows) runs.add(String(run));
  }
  return runs;
}

function changedError(table: string): LakeError {
  return new LakeError(
    'malformed',
    table,
    `${table}: another process changed the log during its repair`,
    'repair it again',
  );
}

/** The table by its readable commits alone, as readers of the repaired log see it before the last commit. */
function replayReadable(examined: ExaminedTable): Promise<Snapshot> {
  return applyVersions(examined.table, emptySnapshot, listReadable(examined));
}

function findMetadata({ deltaCheckpoints }: ExaminedTable): {
  readonly protocol: NonNullable<Snapshot['protocol']>;
  readonly metadata: Snapshot['metadata'];
} {
  const snapshot = deltaCheckpoints.find((checkpoint) => checkpoint.snapshot !== null)?.snapshot;
  return { protocol: snapshot?.protocol ?? minimumProtocol, metadata: snapshot?.metadata ?? null };
}

/** A line for people: `versions 3–5 are lost; files from …`. */
export function describeRebuild({
  lost,
  files,
  filesFrom,
  coverageFrom,
  missingWindows,
  missingSeries,
  restoredRequests,
}: RebuiltTable): string {
  const versions = pluralize(lost.length, 'commit');
  const missing =
    missingWindows === 0
      ? 'no window became missing'
      : `${pluralize(missingWindows, 'window')} of ${pluralize(missingSeries, 'series', 'series')} became missing`;
  const fromRecords =
    restoredRequests === 0 ? '' : ` and ${pluralize(restoredRequests, 'request')} in the records of runs`;
  return `${versions} lost (${listVersions(lost)}); ${pluralize(files, 'file')} certain from ${filesFrom}, coverage from ${coverageFrom}${fromRecords}; ${missing}`;
}

function listVersions(lost: readonly number[]): string {
  const shown = lost.slice(0, 5).join(', ');
  return lost.length > 5 ? `${shown} and ${String(lost.length - 5)} more` : shown;
}
