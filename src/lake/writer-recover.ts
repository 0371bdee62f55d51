import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Delivery } from '../core/delivery.js';
import type { RequestId } from '../core/request.js';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { Recovery } from './contract.js';
import { commitFrom } from './coverage/commits.js';
import { readCommit } from './delta/commit-file.js';
import { logFolder, versionOfCommitName } from './delta/paths.js';
import { tableFolder } from './delta/table-log.js';
import { lakeErrorOf, systemCode } from './lake-error.js';
import { abandonedSpools, claimSpool } from './spool/abandoned.js';
import type { ClaimedSpool } from './spool/abandoned.js';
import { thisProcess } from './spool/owner.js';
import { stagingFolder } from './writable-tables.js';
import type { WritableTables } from './writable-tables.js';

/** What was taken over from runs that no longer exist. */
export type TakenOver = Omit<Recovery, 'damage'>;

/** Commits what crashed runs received, each under the name of the run that asked. */
export async function takeOverSpools(tables: WritableTables, spoolFolder: string): Promise<TakenOver> {
  const abandoned = await abandonedSpools(spoolFolder);
  const result = { deliveries: 0, rows: 0, runs: new Array<string>(), tornBytes: 0 };
  for (const spool of abandoned) {
    const claimed = await claimSpool(spool, thisProcess());
    if (claimed === null) continue;
    try {
      const { deliveries, rows, tornBytes } = await commitSpool(tables, claimed);
      result.deliveries += deliveries;
      result.rows += rows;
      result.tornBytes += tornBytes;
      result.runs.push(claimed.runId);
    } catch (error) {
      await claimed.release();
      throw error;
    }
    await claimed.remove();
    await removeStaging(tables, claimed.runId);
  }
  return result;
}

async function commitSpool(tables: WritableTables, spool: ClaimedSpool): Promise<Omit<TakenOver, 'runs'>> {
  const committed = new Map<Dataset, Set<RequestId>>();
  for (const dataset of datasets) {
    const table = tableFolder(tables.folder, dataset);
    committed.set(dataset, await committedRequests(table, spool.runId, spool.reached.get(dataset) ?? -1));
  }
  const result = { deliveries: 0, rows: 0, tornBytes: 0 };
  for await (const { deliveries, tornBytes, damage } of spool.read()) {
    result.tornBytes += tornBytes;
    for (const { path, offset, bytes, problem } of damage) {
      tables.emit({
        type: 'warned',
        message: `${path}: ${bytes} bytes at ${offset} cannot be read (${problem}); they are asked for again`,
      });
    }
    for (const dataset of datasets) {
      const known = committed.get(dataset);
      const open = deliveries.filter((one) => one.series.dataset === dataset && known?.has(one.requestId) !== true);
      if (open.length === 0) continue;
      result.rows += await tables.commit(spool.author, dataset, withoutRepetitions(open));
      result.deliveries += open.length;
      // A segment that somebody has copied says the same once more.
      for (const { requestId } of open) known?.add(requestId);
    }
  }
  return result;
}

/** A delivery whose first append failed half-way may have been appended twice. */
function withoutRepetitions(deliveries: readonly Delivery[]): readonly Delivery[] {
  return [...new Map(deliveries.map((delivery) => [delivery.requestId, delivery])).values()];
}

/** The requests of a run that a table's log already holds, none of them up to a version. */
async function committedRequests(table: string, runId: string, reached: number): Promise<Set<RequestId>> {
  const requests = new Set<RequestId>();
  for (const version of await versionsOf(table)) {
    if (version <= reached) continue;
    const content = await readCommit(table, version);
    // Most commits are of other runs; looking for the id costs far less than reading their coverage.
    if (content?.includes(runId) !== true) continue;
    const { author, groups } = commitFrom(content, table, version, 'skip');
    if (author?.runId !== runId) continue;
    for (const { size, fact } of groups) for (let row = 0; row < size; row++) requests.add(fact(row).requestId);
  }
  return requests;
}

async function versionsOf(table: string): Promise<readonly number[]> {
  try {
    const names = await readdir(logFolder(table));
    return names
      .map(versionOfCommitName)
      .filter((version) => version !== null)
      .toSorted((a, b) => a - b);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw lakeErrorOf(error, logFolder(table));
  }
}

/** Files that the dead run had begun to write and nothing names. */
async function removeStaging({ folder: lake, workshop }: WritableTables, runId: string): Promise<void> {
  const folder = stagingFolder(lake);
  const own = basename(workshop.names.staging);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith(`${runId}-`) && name !== own) await rm(join(folder, name), { recursive: true, force: true });
  }
}
