import { relative, sep } from 'node:path';
import type { Author } from '../core/delivery.js';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { DamagedFile } from './contract.js';
import { encodeFacts } from './coverage/encoding.js';
import { readTableCoverage } from './coverage/state.js';
import { removeLine } from './delta/actions.js';
import type { LiveFile } from './delta/actions.js';
import { tableFolder } from './delta/table-log.js';
import { LakeError } from './lake-error.js';
import { setAside } from './verify-repair.js';
import type { WritableTables } from './writable-tables.js';

/**
 * Takes files that are gone or not what was written out of the tables, and says in the same commits which windows went with
 * them, so that they are asked for again and other readers of the lake are not stopped.
 */
export async function repairTables(tables: WritableTables, author: Author): Promise<readonly DamagedFile[]> {
  const damage: DamagedFile[] = [];
  for (const dataset of datasets) damage.push(...(await repairTable(tables, author, dataset)));
  return damage;
}

/**
 * Does something that reads files of a table. Should one of them turn out not to be what was written, it is set aside, taken
 * out of the table like one that is gone, and the work is done again without it: one flipped bit must not stop every run.
 */
export async function withoutDamage<T>(
  tables: WritableTables,
  author: Author,
  dataset: Dataset,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const file =
        error instanceof LakeError && error.kind === 'malformed' ? await liveFileAt(tables, dataset, error.path) : null;
      if (file === null) throw error;
      const damage = { problem: 'wrong content', detail: 'found when its rows were to go into another file' } as const;
      await setAside(tables.folder, [{ dataset, path: file.path, bytes: file.size, damage }]);
      tables.emit({ type: 'damage-found', dataset, path: file.path, problem: damage.problem });
      await repairTable(tables, author, dataset);
    }
  }
}

async function liveFileAt(tables: WritableTables, dataset: Dataset, path: string): Promise<LiveFile | null> {
  const { files } = await tables.log(dataset).refresh();
  return files.get(relative(tableFolder(tables.folder, dataset), path).split(sep).join('/')) ?? null;
}

async function repairTable(tables: WritableTables, author: Author, dataset: Dataset): Promise<readonly DamagedFile[]> {
  const table = tableFolder(tables.folder, dataset);
  const first = await readTableCoverage(table, dataset);
  if (first.damage.length === 0) return [];
  const { now, zoneOf } = tables.workshop;
  const snapshot = await tables.log(dataset).append(async (current) => {
    const coverage = first.version === current.version ? first : await readTableCoverage(table, dataset);
    const gone = coverage.damage.flatMap(({ path }) => current.files.get(path) ?? []);
    if (gone.length === 0) return null;
    // No request was made for this: the number 0 is given to none.
    const facts = coverage.corrections(`${author.runId}/0`);
    return {
      author,
      operation: 'REPAIR',
      parameters: { reason: 'files missing or damaged' },
      coverage: encodeFacts(facts, zoneOf),
      lines: () => gone.map((file) => removeLine(file, now(), true)),
    };
  });
  if (snapshot !== null) await tables.committed(dataset, snapshot);
  return first.damage;
}
