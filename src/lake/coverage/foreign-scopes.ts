import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deletedByOthers } from '../../core/loss-reasons.js';
import { addDays, day } from '../../core/time/time.js';
import { toZonedDate, toZonedInstant } from '../../core/time/time-zone.js';
import type { Window } from '../../core/time/window.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { LiveFile } from '../delta/actions.js';
import { isDamage } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { buildRowDifference, groupRows, toRowSeries } from '../parquet/row-series.js';
import type { RowGroup } from '../parquet/row-series.js';
import { toFileScope } from './file-scope.js';
import type { FileScope, SeriesOfRows } from './file-scope.js';
import type { ForeignChange } from './table-fold.js';

/**
 * The files that other programs removed, as the loss of the rows that their replacements do not have. `UPDATE` and `MERGE` keep
 * the keys of the rows and lose nothing; `DELETE`, `RESTORE` and overwriting lose the rows whose keys are gone. If the removed
 * files are no longer on disk, all of their rows count as lost.
 */
export async function findForeignScopes(
  table: string,
  dataset: Dataset,
  changes: readonly ForeignChange[],
  engine: () => Promise<Engine>,
): Promise<readonly FileScope[]> {
  const scopes: FileScope[] = [];
  for (const change of changes) {
    const deleted = change.added.length === 0 ? null : await findDeletedRows(table, dataset, change, engine);
    for (const file of change.removed) scopes.push(toForeignScope(file, dataset, change.version, deleted));
  }
  return scopes;
}

function toForeignScope(file: LiveFile, dataset: Dataset, version: number, deleted: DeletedRows | null): FileScope {
  const { kind } = tables[dataset];
  const scope = toFileScope(file, kind);
  const held = scope.commitVersions;
  return {
    ...scope,
    reason: `${deletedByOthers} in version ${version}`,
    // Later commits stored their rows in other files.
    commitVersions: { has: (commit) => commit < version && held?.has(commit) !== false },
    ...(deleted === null
      ? {}
      : {
          listDeletedDays: (series, zone) =>
            kind === 'point' ? listInstants(deleted, series) : listDays(deleted, series, zone),
        }),
  };
}

/** The deleted rows of each series. */
type DeletedRows = ReadonlyMap<string, readonly RowGroup[]>;

async function findDeletedRows(
  table: string,
  dataset: Dataset,
  { removed, added }: ForeignChange,
  engine: () => Promise<Engine>,
): Promise<DeletedRows | null> {
  for (const { path, size } of [...removed, ...added]) {
    const found = await stat(join(table, path)).catch(() => null);
    if (found?.size !== size) return null;
  }
  const source = buildRowDifference(dataset, table, removed, added);
  try {
    const deleted = new Map<string, RowGroup[]>();
    for (const group of await groupRows(await engine(), dataset, source)) {
      const key = seriesKeyOfRows(group);
      const groups = deleted.get(key);
      if (groups === undefined) deleted.set(key, [group]);
      else groups.push(group);
    }
    return deleted;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return null;
  }
}

function seriesKeyOfRows({ provider, series }: SeriesOfRows): string {
  return `${provider} ${toRowSeries(series)}`;
}

function listInstants(deleted: DeletedRows, series: SeriesOfRows): readonly Window[] {
  return deleted.get(seriesKeyOfRows(series)) ?? [];
}

/** The days of deleted rows, by the days of a zone; of UTC without one. */
function listDays(deleted: DeletedRows, series: SeriesOfRows, zone: string | null): readonly Window[] {
  return (deleted.get(seriesKeyOfRows(series)) ?? []).map(({ start, end }) => {
    if (zone === null) return { start: dayStart(start), end: dayStart(end - 1) + day };
    const last = toZonedDate(zone, end - 1);
    return { start: toZonedInstant(zone, toZonedDate(zone, start), 0), end: toZonedInstant(zone, addDays(last, 1), 0) };
  });
}

function dayStart(instant: number): number {
  return Math.floor(instant / day) * day;
}
