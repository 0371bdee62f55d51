import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowKeyColumns } from '../../core/tables/row-key.js';
import { getColumns } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { readAllRows, openEngine } from '../parquet/engine.js';
import { quoteIdentifier, quoteLiteral } from '../parquet/sql.js';
import { createJsonDecoder } from '../reader/json-values.js';
import { listQuarantineFiles, resolveState } from './quarantine-files.js';

/** Rows that one rule took out of a table at one time. */
export interface QuarantinedRows {
  readonly id: string;
  readonly dataset: Dataset;
  readonly rule: string;
  /** `released`: back in their table. */
  readonly state: 'quarantined' | 'released';
  readonly at: string;
  readonly rows: number;
  readonly symbols: readonly string[];
  /** The first rows, as far as they were asked for. */
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

/** Reads what is in quarantine, oldest first, and with `includesReleased` also what was. */
export async function readQuarantine(
  lake: string,
  { examples, includesReleased = false }: { readonly examples: number; readonly includesReleased?: boolean },
): Promise<readonly QuarantinedRows[]> {
  const files = await listQuarantineFiles(lake);
  if (files.length === 0) return [];
  const spillFolder = join(tmpdir(), `pipe-quarantine-${String(process.pid)}`);
  const engine = await openEngine({ memoryLimit: '500MB', spillFolder, preserveOrder: false });
  const query = async (sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    readAllRows(await engine.connection.run(sql), createJsonDecoder(engine));
  try {
    const found: QuarantinedRows[] = [];
    for (const file of files) {
      const state = await resolveState(lake, file);
      if (state === 'void' || (state === 'released' && !includesReleased)) continue;
      const source = `read_parquet(${quoteLiteral(file.path)}, hive_partitioning = false)`;
      const [summary] = await query(
        `SELECT any_value(quality_rule) AS rule, min(quarantined_at) AS since, count(*)::INTEGER AS row_count, list_sort(list(DISTINCT symbol)) AS symbols FROM ${source}`,
      );
      const order = rowKeyColumns(file.dataset).map(quoteIdentifier).join(', ');
      const columns = [...new Set([...rowKeyColumns(file.dataset), ...Object.keys(getColumns(file.dataset))])];
      const names = columns.map(quoteIdentifier).join(', ');
      const { symbols } = summary ?? {};
      found.push({
        id: file.id,
        dataset: file.dataset,
        rule: String(summary?.['rule']),
        state,
        at: String(summary?.['since']),
        rows: Number(summary?.['row_count'] ?? 0),
        symbols: Array.isArray(symbols) ? symbols.map(String) : [],
        examples:
          examples === 0
            ? []
            : await query(`SELECT ${names} FROM ${source} ORDER BY ${order} LIMIT ${String(examples)}`),
      });
    }
    return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  } finally {
    engine.close();
  }
}
