import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { isNotFound } from '../../platform/error-message.js';
import { readCommit } from '../delta/commit-file.js';
import { createFolder, syncFolder } from '../delta/durable-files.js';
import { tableFolder } from '../delta/table-log.js';
import { toLakeError } from '../lake-error.js';

/*
 * Quarantined rows are Parquet files in `<lake>/_quarantine/<table>/`. A file is written before the commit that removes its rows
 * from the table, and gets its final name after it; the commit names it, so that a crash between the steps leaves no doubt:
 *
 *   <id>@<version>.pending.parquet     its rows are in quarantine if a commit after the version names the id
 *   <id>.parquet                       its rows are in quarantine
 *   <id>@<version>.releasing.parquet   its rows are back in the table if a commit after the version names the id
 *   <id>.released.parquet              its rows are back; rules do not quarantine them again
 */

export type QuarantineState = 'pending' | 'quarantined' | 'releasing' | 'released';

export interface QuarantineFile {
  readonly dataset: Dataset;
  readonly id: string;
  readonly state: QuarantineState;
  /** The version of the table before the commit; null for files with their final name. */
  readonly version: number | null;
  /** Absolute. */
  readonly path: string;
}

/** The parameters of the commits that move rows. */
export const quarantineParameter = 'pipe.quarantine';
export const releaseParameter = 'pipe.release';

export function quarantineFolder(lake: string, dataset: Dataset): string {
  return join(lake, '_quarantine', dataset);
}

export function quarantinePath(
  lake: string,
  dataset: Dataset,
  id: string,
  state: QuarantineState,
  version: number | null = null,
): string {
  const at = version === null ? '' : `@${String(version)}`;
  const ending = state === 'quarantined' ? '' : `.${state}`;
  return join(quarantineFolder(lake, dataset), `${id}${at}${ending}.parquet`);
}

const namePattern = /^([A-Za-z0-9-]+)(?:@(-?\d+))?(?:\.(pending|releasing|released))?\.parquet$/;

/** Every file of the quarantine, as its name says. */
export async function listQuarantineFiles(lake: string): Promise<readonly QuarantineFile[]> {
  const files: QuarantineFile[] = [];
  for (const dataset of datasets) {
    const folder = quarantineFolder(lake, dataset);
    for (const name of await listNames(folder)) {
      const match = namePattern.exec(name);
      if (match?.[1] === undefined) continue;
      const version = match[2] === undefined ? null : Number(match[2]);
      const state = readState(match[3]);
      files.push({ dataset, id: match[1], state, version, path: join(folder, name) });
    }
  }
  return files.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The files of the rows of a table that were put back. */
export async function listReleased(lake: string, dataset: Dataset): Promise<readonly string[]> {
  const files = (await listQuarantineFiles(lake)).filter((file) => file.dataset === dataset);
  return files.filter(({ state }) => state === 'released').map(({ path }) => path);
}

function readState(text: string | undefined): QuarantineState {
  return text === 'pending' || text === 'releasing' || text === 'released' ? text : 'quarantined';
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw toLakeError(error, folder);
  }
}

/** The state of a file after looking for the commit that it waits for. */
export async function resolveState(lake: string, file: QuarantineFile): Promise<'quarantined' | 'released' | 'void'> {
  if (file.state === 'quarantined' || file.state === 'released') return file.state;
  const parameter = file.state === 'pending' ? quarantineParameter : releaseParameter;
  const isCommitted = await findCommit(lake, file, parameter);
  if (file.state === 'pending') return isCommitted ? 'quarantined' : 'void';
  return isCommitted ? 'released' : 'quarantined';
}

async function findCommit(lake: string, { dataset, id, version }: QuarantineFile, parameter: string): Promise<boolean> {
  const needle = `${JSON.stringify(parameter)}:${JSON.stringify(id)}`;
  const table = tableFolder(lake, dataset);
  for (let next = (version ?? -1) + 1; ; next++) {
    const content = await readCommit(table, next);
    if (content === null) return false;
    if (content.includes(needle)) return true;
  }
}

/** Ends what crashed processes have begun; no process may be moving rows meanwhile. */
export async function settleQuarantine(lake: string): Promise<void> {
  for (const file of await listQuarantineFiles(lake)) {
    if (file.state === 'quarantined' || file.state === 'released') continue;
    const state = await resolveState(lake, file);
    if (state === 'void') await rm(file.path, { force: true });
    else await moveFile(file.path, quarantinePath(lake, file.dataset, file.id, state));
  }
}

/** Renames a file durably. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
    await syncFolder(join(to, '..'));
  } catch (error) {
    throw toLakeError(error, to);
  }
}

export async function createQuarantineFolder(lake: string, dataset: Dataset): Promise<void> {
  const folder = quarantineFolder(lake, dataset);
  try {
    await createFolder(folder);
  } catch (error) {
    throw toLakeError(error, folder);
  }
}
