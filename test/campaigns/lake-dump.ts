import { datasets } from '../../src/core/tables.js';
import { openLakeReader } from '../../src/lake/reader.js';

/** Everything a lake holds and claims, but for what differs between any two runs: ids and moments. */
export interface LakeDump {
  readonly rows: Readonly<Record<string, readonly string[]>>;
  /** `provider series start end state`, joined windows, sorted. */
  readonly coverage: readonly string[];
}

/** Who settled what: one line for every fact ever committed. */
export interface SettledFact {
  readonly run: string;
  readonly key: string;
}

export async function dumpLake(folder: string): Promise<LakeDump> {
  const reader = await openLakeReader(folder);
  try {
    const rows: Record<string, readonly string[]> = {};
    for (const dataset of datasets) {
      const moments = dataset === 'contracts' || dataset === 'chains' ? 'run_id, request_id, as_of' : 'run_id, request_id';
      const partitions = dataset === 'chains' ? ', yearmonth' : '';
      const { rows: found } = await reader.query(`SELECT * EXCLUDE (${moments}${partitions}) FROM ${dataset} ORDER BY ALL`);
      rows[dataset] = found.map((row) => JSON.stringify(row));
    }
    const state = await reader.state();
    const coverage: string[] = [];
    for (const { provider, series } of state.series()) {
      const isPoint = series.startsWith('contracts/') || series.startsWith('chains/');
      for (const window of state.coverage(provider, series)) {
        coverage.push(`${provider} ${series} ${isPoint ? 'point' : `${String(window.start)} ${String(window.end)}`} ${window.state}`);
      }
    }
    return { rows, coverage: coverage.sort() };
  } finally {
    await reader.close();
  }
}

export async function settledFacts(folder: string): Promise<readonly SettledFact[]> {
  const reader = await openLakeReader(folder);
  const facts: SettledFact[] = [];
  try {
    for await (const fact of reader.facts({})) {
      const isPoint = fact.dataset === 'contracts' || fact.dataset === 'chains';
      const span = isPoint ? 'point' : `${String(fact.window.start)} ${String(fact.window.end)}`;
      facts.push({ run: fact.requestId.split('/')[0] ?? '', key: `${fact.provider} ${fact.series} ${span}` });
    }
  } finally {
    await reader.close();
  }
  return facts;
}
