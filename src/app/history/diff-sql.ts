import { rowKeyColumns, seriesColumns } from '../../core/tables/row-key.js';
import { getColumns, tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { sqlString } from '../../queries/sql.js';

/** The columns whose values are compared: all but those that name the row, its window, its request and the day of its contract. */
export function comparedColumns(dataset: Dataset): readonly string[] {
  const keys = rowKeyColumns(dataset);
  return Object.keys(getColumns(dataset)).filter(
    (name) => !keys.includes(name) && !['session', 'run_id', 'request_id', 'con_id_date'].includes(name),
  );
}

/** The columns that name a series of a row: one group of windows for each. */
export function groupColumns(dataset: Dataset): readonly string[] {
  return ['provider', ...seriesColumns[dataset]];
}

/**
 * A statement with one row for each window of a series in which two versions of the rows of a symbol differ: how many rows were
 * added, removed and changed, by which requests, and for each compared column the first old and new value.
 */
export function buildDiffSql(dataset: Dataset, symbol: string, before: string, after: string): string {
  const time = quote(tables[dataset].time);
  const keys = rowKeyColumns(dataset).map(quote);
  const columns = getColumns(dataset);
  const compared = comparedColumns(dataset);
  const isSpan = tables[dataset].kind === 'span';
  const rows = (source: string): string => `SELECT * FROM ${source} AS rows WHERE symbol = ${sqlString(symbol)}`;
  const isChanged = (name: string): string => `(b.${quote(name)} IS DISTINCT FROM a.${quote(name)})`;
  const joined = [
    ...keys.map((key) => `coalesce(b.${key}, a.${key}) AS ${key}`),
    `CASE WHEN b.request_id IS NULL THEN 'added' WHEN a.request_id IS NULL THEN 'removed'
      WHEN ${compared.map(isChanged).join(' OR ')} THEN 'changed' ELSE 'same' END AS change`,
    ...(isSpan ? ['coalesce(b.session, a.session)::VARCHAR AS "window"'] : []),
    'b.request_id AS before_request, a.request_id AS after_request',
    ...compared.flatMap((name) => [
      `b.${quote(name)} AS ${quote(`${name} before`)}`,
      `a.${quote(name)} AS ${quote(`${name} after`)}`,
    ]),
  ];
  const perColumn = compared.flatMap((name) => {
    const [old, fresh] = [quote(`${name} before`), quote(`${name} after`)];
    const differs = `FILTER (change = 'changed' AND ${old} IS DISTINCT FROM ${fresh})`;
    const ratio =
      columns[name]?.type === 'number' || columns[name]?.type === 'integer'
        ? `CASE WHEN ${old} <> 0 THEN ${fresh} / ${old} END`
        : 'NULL::DOUBLE';
    return [
      `count(*) ${differs}::DOUBLE AS ${quote(`${name} rows`)}`,
      `first(${old} ORDER BY ${time}) ${differs} AS ${quote(`${name} old`)}`,
      `first(${fresh} ORDER BY ${time}) ${differs} AS ${quote(`${name} new`)}`,
      `min(${ratio}) ${differs} AS ${quote(`${name} low`)}`,
      `max(${ratio}) ${differs} AS ${quote(`${name} high`)}`,
    ];
  });
  const counts = ['added', 'removed', 'changed'].map(
    (change) => `count(*) FILTER (change = '${change}')::DOUBLE AS ${change}`,
  );
  const window = isSpan ? '"window"' : `strftime(${time}, '%Y-%m-%dT%H:%M:%S.%gZ')`;
  const groups = groupColumns(dataset).map(quote).join(', ');
  return `WITH before_rows AS (${rows(before)}), after_rows AS (${rows(after)}), joined AS (
      SELECT ${joined.join(', ')}
      FROM before_rows b FULL JOIN after_rows a ON ${keys.map((key) => `b.${key} IS NOT DISTINCT FROM a.${key}`).join(' AND ')}
    )
    SELECT ${groups}, ${window} AS "window", ${counts.join(', ')},
      count(*) FILTER (change = 'same' AND before_request <> after_request)::DOUBLE AS confirmed,
      list(DISTINCT before_request) FILTER (change IN ('removed', 'changed')) AS before_requests,
      list(DISTINCT after_request) FILTER (change IN ('added', 'changed')) AS after_requests,
      ${perColumn.join(', ')}
    FROM joined GROUP BY ${groups}, ${window}
    HAVING count(*) FILTER (change <> 'same') > 0
    ORDER BY ${groups}, ${window}`;
}

function quote(name: string): string {
  return `"${name}"`;
}
