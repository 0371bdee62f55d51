import { datasets } from '../../../src/core/tables/tables.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';

/** Contents and coverage of a lake without ids and times, which differ between runs. */
export interface LakeDump {
  readonly rows: Readonly<Record<string, readonly string[]>>;
  /** `provider series start end state` of merged windows, sorted. */
  readonly coverage: readonly string[];
}

export async function dumpLake(folder: string): Promise<LakeDump> {
  const reader = await openLakeReader(folder);
  try {
    const rows: Record<string, readonly string[]> = {};
    for (const dataset of datasets) {
      const excludedColumns =
        dataset === 'contracts' || dataset === 'chains' ? 'run_id, request_id, as_of' : 'run_id, request_id';
      const partitions = dataset === 'chains' ? ', yearmonth' : '';
      const { rows: found } = await reader.query(
        `SELECT * EXCLUDE (${excludedColumns}${partitions}) FROM ${dataset} ORDER BY ALL`,
      );
      rows[dataset] = found.map((row) => JSON.stringify(row));
    }
    const state = await reader.readState();
    const coverage: string[] = [];
    for (const { provider, series } of state.series()) {
      const isPoint = series.startsWith('contracts/') || series.startsWith('chains/');
      for (const window of state.coverage(provider, series)) {
        coverage.push(
          `${provider} ${series} ${isPoint ? 'point' : `${String(window.start)} ${String(window.end)}`} ${window.state}`,
        );
      }
    }
    return { rows, coverage: coverage.sort() };
  } finally {
    await reader.close();
  }
}

/** Returns `provider series start end` of every fact committed since an instant, oldest first. */
export async function readFactsSince(folder: string, since: number): Promise<readonly string[]> {
  const reader = await openLakeReader(folder);
  const facts: string[] = [];
  try {
    for await (const { provider, series, dataset, window, committedAt } of reader.readFacts({})) {
      if (committedAt < since) continue;
      const isPoint = dataset === 'contracts' || dataset === 'chains';
      facts.push(`${provider} ${series} ${isPoint ? 'point' : `${String(window.start)} ${String(window.end)}`}`);
    }
  } finally {
    await reader.close();
  }
  return facts;
}
