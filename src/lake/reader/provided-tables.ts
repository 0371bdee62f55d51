import type { ProvidedTable } from '../../core/tables/query-tables.js';
import type { Engine } from '../parquet/engine.js';
import { quoteIdentifier, quoteLiteral } from '../parquet/sql.js';

/** Creates a temporary table of rows that are known outside of the lake. They cross as one JSON text. */
export async function stageProvidedTable(
  { run }: Pick<Engine, 'run'>,
  { name, columns, rows }: ProvidedTable,
): Promise<void> {
  const types = Object.entries(columns);
  const structure = JSON.stringify([Object.fromEntries(types)]);
  const selected = types.map(
    ([column, type]) => `CAST(r.${quoteIdentifier(column)} AS ${type}) AS ${quoteIdentifier(column)}`,
  );
  await run(
    `CREATE OR REPLACE TEMP TABLE ${quoteIdentifier(name)} AS SELECT ${selected.join(', ')}
     FROM (SELECT unnest(from_json(${quoteLiteral(JSON.stringify(rows))}, ${quoteLiteral(structure)})) AS r)`,
    name,
  );
}

/** One row for each request, from its facts. */
export const requestsViewSql = `CREATE OR REPLACE TEMP VIEW requests AS
  SELECT request_id, run_id, dataset, provider, symbol, series, step,
    min(start) AS start, max("end") AS "end", CAST(sum("rows") AS BIGINT) AS "rows", count(*) AS windows,
    string_agg(DISTINCT state, ', ' ORDER BY state) AS states, max(reason) AS reason,
    min(requested_at) AS requested_at, max(committed_at) AS committed_at
  FROM facts GROUP BY request_id, run_id, dataset, provider, symbol, series, step`;
