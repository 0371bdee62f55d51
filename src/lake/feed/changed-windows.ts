import type { CoverageState } from '../../core/coverage.js';
import { parseSeriesName, unescapePart } from '../../core/series.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { seriesColumns } from '../../core/tables/row-key.js';
import type { Dataset } from '../../core/tables/tables.js';
import { normalize } from '../../core/time/window.js';
import type { Window } from '../../core/time/window.js';
import { parseCommit } from '../coverage/parse-commit.js';
import { corruptCommitError, hasCommit, readCommit } from '../delta/commit-file.js';

/** Windows of one series, in order and disjoint. */
export interface ChangedSeries {
  readonly provider: ProviderName;
  readonly series: SeriesName;
  readonly windows: readonly Window[];
}

/** The states that replace the rows of a window; after the others the lake has the rows that it had before. */
const replacingStates: ReadonlySet<CoverageState> = new Set(['data', 'empty', 'provisional', 'missing']);

/**
 * The windows whose rows the commits after a version replaced, from their facts: a merge has none. Null if a commit without facts
 * changed rows, so that any row may have changed.
 */
export async function readChangedSeries(
  table: string,
  after: number,
  until: number,
): Promise<readonly ChangedSeries[] | null> {
  const found = new Map<string, { provider: ProviderName; series: SeriesName; windows: Window[] }>();
  for (let version = after + 1; version <= until; version++) {
    const content = await readCommit(table, version);
    // Other engines remove commits before a checkpoint.
    if (content === null && version === after + 1 && !(await hasCommit(table, 0))) return null;
    if (content === null) throw corruptCommitError(table, version, 'this commit is missing while later ones exist');
    const commit = parseCommit(content, table, version, 'skip');
    const changesWithoutFacts = !commit.isOwn && content.includes('"dataChange":true');
    if (changesWithoutFacts || content.includes('"operation":"REPAIR"')) return null;
    for (const { state, size, fact } of commit.groups) {
      if (!replacingStates.has(state)) continue;
      for (let row = 0; row < size; row++) {
        const { provider, series, window } = fact(row);
        const key = `${provider}/${series}`;
        const known = found.get(key);
        if (known === undefined) found.set(key, { provider, series, windows: [window] });
        else known.windows.push(window);
      }
    }
  }
  return Array.from(found.values(), (changed) => ({ ...changed, windows: normalize(changed.windows) }));
}

/** The columns that identify the windows of a table. */
export function windowColumns(dataset: Dataset): readonly string[] {
  return ['symbol', 'provider', ...seriesColumns[dataset]];
}

/** The values of `windowColumns` for a series; null for a series without rows of its own, such as one option of a chain. */
export function toWindowValues(
  dataset: Dataset,
  provider: ProviderName,
  series: SeriesName,
): readonly (string | number | boolean | null)[] | null {
  const { symbol, parameters } = parseSeriesName(series);
  if (dataset === 'chains' && parameters !== '') return null;
  const parts = parameters.split('/');
  const values = seriesColumns[dataset].map((name, index) => {
    const part = parts[index];
    if (part === undefined) return null;
    if (name === 'use_rth') return part === 'rth';
    return name === 'strike' ? Number(part) : unescapePart(part);
  });
  return [symbol, provider, ...values];
}
