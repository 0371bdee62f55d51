import { parseSeriesName } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { CommittedFact } from '../api.js';
import type { Engine } from '../parquet/engine.js';
import { vectorSize } from '../parquet/sql.js';

/** The columns of `facts`; numbers reach DuckDB as plain doubles. */
const factColumns = [
  ['number', 'count'],
  ['dataset', 'text'],
  ['provider', 'text'],
  ['symbol', 'text'],
  ['series', 'text'],
  ['start', 'instant'],
  ['end', 'instant'],
  ['state', 'text'],
  ['rows', 'count'],
  ['reason', 'text'],
  ['request_id', 'text'],
  ['requested_at', 'instant'],
  ['step', 'text'],
  ['run_id', 'text'],
  ['version', 'count'],
  ['committed_at', 'instant'],
  ['empty_answers', 'count'],
] as const;

type Value = string | number | null;

/** The values of a fact, in the order of `factColumns`. */
function toValues(fact: CommittedFact, number: number): readonly Value[] {
  const { window, author } = fact;
  return [
    number,
    fact.dataset,
    fact.provider,
    parseSeriesName(fact.series).symbol,
    fact.series,
    window.start,
    window.end,
    fact.state,
    fact.rows,
    fact.reason ?? null,
    fact.requestId,
    fact.requestedAt,
    fact.step,
    author.runId,
    fact.version,
    fact.committedAt,
    fact.emptyAnswers ?? null,
  ];
}

/** States that replace the rows of their window; `rescaled` keeps them. */
const answeringStates = "('data', 'empty', 'provisional', 'missing')";

/**
 * Creates the table `facts`, with which SQL can compare rows; facts are given oldest first. `replaced` is true if a later fact
 * covers some of a fact's window: only otherwise all of its rows must exist.
 */
export async function stageFacts(
  engine: Engine,
  facts: AsyncIterable<CommittedFact>,
  getLastVersion: (dataset: Dataset) => number | null,
): Promise<void> {
  const types = factColumns.map(([name, kind]) => `"${name}" ${kind === 'text' ? 'VARCHAR' : 'DOUBLE'}`);
  await engine.run(`CREATE OR REPLACE TEMP TABLE staged_facts (${types.join(', ')})`, 'facts');
  await appendFacts(engine, facts, getLastVersion);
  // Few windows overlap; only those are compared with each other.
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE facts AS
     WITH answers AS (
       SELECT number, provider, series, start, "end" FROM staged_facts WHERE state IN ${answeringStates}
     ), latest AS (
       SELECT * FROM answers QUALIFY number = max(number) OVER (PARTITION BY provider, series, start, "end")
     ), overlapping AS (
       SELECT * FROM latest
       WINDOW in_order AS (PARTITION BY provider, series ORDER BY start, "end")
       QUALIFY coalesce(max("end") OVER (in_order ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > start, false)
         OR coalesce(lead(start) OVER in_order < "end", false)
     ), replaced_facts AS (
       (SELECT number FROM answers EXCEPT SELECT number FROM latest)
       UNION
       SELECT earlier.number FROM overlapping earlier JOIN overlapping later USING (provider, series)
       WHERE later.number > earlier.number AND later.start < earlier."end" AND later."end" > earlier.start
     )
     SELECT ${factColumns.map(([name, kind]) => castColumn(name, kind)).join(', ')}, number IN (FROM replaced_facts) AS replaced
     FROM staged_facts;
     DROP TABLE staged_facts`,
    'facts',
  );
}

function castColumn(name: string, kind: 'text' | 'count' | 'instant'): string {
  switch (kind) {
    case 'text':
      return `"${name}"`;
    case 'count':
      return `CAST("${name}" AS BIGINT) AS "${name}"`;
    case 'instant':
      return `make_timestamptz(CAST("${name}" AS BIGINT) * 1000) AS "${name}"`;
  }
}

async function appendFacts(
  { duckdb, connection }: Engine,
  facts: AsyncIterable<CommittedFact>,
  getLastVersion: (dataset: Dataset) => number | null,
): Promise<void> {
  const chunk = duckdb.DuckDBDataChunk.create(
    factColumns.map(([, kind]) => (kind === 'text' ? duckdb.VARCHAR : duckdb.DOUBLE)),
  );
  const appender = await connection.createAppender('staged_facts', null, 'temp');
  const vectors = factColumns.map((): Value[] => []);
  let bufferedRows = 0;
  const flush = (): void => {
    chunk.setColumns(vectors);
    appender.appendDataChunk(chunk);
    for (const vector of vectors) vector.length = 0;
    bufferedRows = 0;
  };
  let number = 0;
  for await (const fact of facts) {
    const lastVersion = getLastVersion(fact.dataset);
    if (lastVersion === null || fact.version > lastVersion) continue;
    for (const [column, value] of toValues(fact, number++).entries()) vectors[column]?.push(value);
    if (++bufferedRows === vectorSize) flush();
  }
  if (bufferedRows > 0) flush();
  appender.closeSync();
}
