import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FetchResult } from '../../core/fetch-result.js';
import type { RequestId } from '../../core/request.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { pluralize } from '../../platform/format.js';
import type { Recovery } from '../api.js';
import { parseCommit } from '../coverage/parse-commit.js';
import { readTableCoverage } from '../coverage/table-coverage.js';
import { readCommit } from '../delta/commit-file.js';
import { listVersions } from '../delta/log-listing.js';
import { tableFolder } from '../delta/table-log.js';
import { isDamage } from '../lake-error.js';
import { findAbandonedSpools, claimSpool } from '../spool/abandoned-spools.js';
import type { ClaimedSpool } from '../spool/abandoned-spools.js';
import { getProcessIdentity } from '../locks/process-identity.js';
import { stagingFolder } from './writable-tables.js';
import type { WritableTables } from './writable-tables.js';

export type RecoveredSpools = Omit<Recovery, 'damage'>;

/** Commits the spools of crashed runs, each under the id of the run that received it. */
export async function claimSpools(tables: WritableTables, spoolFolder: string): Promise<RecoveredSpools> {
  const abandoned = await findAbandonedSpools(spoolFolder);
  const result = { results: 0, rows: 0, runs: new Array<string>(), tornBytes: 0 };
  for (const spool of abandoned) {
    const claimed = await claimSpool(spool, getProcessIdentity());
    if (claimed === null) continue;
    try {
      const { results, rows, tornBytes, isComplete } = await commitSpool(tables, claimed);
      result.results += results;
      result.rows += rows;
      result.tornBytes += tornBytes;
      if (results > 0 || isComplete) result.runs.push(claimed.runId);
      if (!isComplete) {
        await claimed.release();
        continue;
      }
    } catch (error) {
      await claimed.release();
      throw error;
    }
    await claimed.remove();
    await removeStaging(tables, claimed.runId);
  }
  return result;
}

interface CommittedSpool extends Omit<RecoveredSpools, 'runs'> {
  /** False if results of a table that cannot be written remain in the spool. */
  readonly isComplete: boolean;
}

async function commitSpool(tables: WritableTables, spool: ClaimedSpool): Promise<CommittedSpool> {
  const committedRequests = new Map<Dataset, Set<RequestId>>();
  const damaged = new Map<Dataset, string>();
  for (const dataset of datasets) {
    const table = tableFolder(tables.folder, dataset);
    try {
      await tables.expectKnownSchema(dataset);
      // A checkpoint of the log may cover a damaged commit that coverage still needs.
      await readTableCoverage(table, dataset, { files: 'trust' });
      committedRequests.set(
        dataset,
        await readCommittedRequests(table, spool.runId, spool.startVersions.get(dataset) ?? null),
      );
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.set(dataset, error.message);
    }
  }
  const result = { results: 0, rows: 0, tornBytes: 0, isComplete: true };
  for await (const { results, tornBytes, damage } of spool.read()) {
    result.tornBytes += tornBytes;
    for (const { path, offset, bytes, problem } of damage) {
      tables.emit({
        type: 'warning',
        message: `${path}: ${bytes} bytes at ${offset} cannot be read (${problem}); their data is requested again`,
      });
    }
    for (const dataset of datasets) {
      const committed = committedRequests.get(dataset);
      const uncommitted = results.filter(
        (one) => one.series.dataset === dataset && committed?.has(one.requestId) !== true,
      );
      if (uncommitted.length === 0) continue;
      const problem = damaged.get(dataset);
      if (problem !== undefined) {
        const count = pluralize(uncommitted.length, 'received result');
        tables.emit({
          type: 'warning',
          message: `${count} of ${dataset} cannot be stored and stay in the spool: ${problem}`,
        });
        result.isComplete = false;
        continue;
      }
      result.rows += await tables.commit(spool.author, dataset, deduplicate(uncommitted));
      result.results += uncommitted.length;
      // A copy of a segment contains the same results again.
      for (const { requestId } of uncommitted) committed?.add(requestId);
    }
  }
  return result;
}

/** A result may have been appended twice if its first append failed half-way. */
function deduplicate(results: readonly FetchResult[]): readonly FetchResult[] {
  return [...new Map(results.map((fetchResult) => [fetchResult.requestId, fetchResult])).values()];
}

/** The requests of a run in a table's log; none of its commits has a version up to `startVersion`. */
async function readCommittedRequests(
  table: string,
  runId: string,
  startVersion: number | null,
): Promise<Set<RequestId>> {
  const requests = new Set<RequestId>();
  for (const version of await listVersions(table)) {
    if (startVersion !== null && version <= startVersion) continue;
    const content = await readCommit(table, version);
    // Most commits are of other runs; searching for the id costs far less than parsing their coverage.
    if (content?.includes(runId) !== true) continue;
    const { author, groups } = parseCommit(content, table, version, 'skip');
    if (author?.runId !== runId) continue;
    for (const { size, fact } of groups) for (let row = 0; row < size; row++) requests.add(fact(row).requestId);
  }
  return requests;
}

/** Deletes files that the dead run had not committed. */
async function removeStaging({ folder: lake, context }: WritableTables, runId: string): Promise<void> {
  const folder = stagingFolder(lake);
  const ownStaging = basename(context.names.staging);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith(`${runId}-`) && name !== ownStaging)
      await rm(join(folder, name), { recursive: true, force: true });
  }
}
