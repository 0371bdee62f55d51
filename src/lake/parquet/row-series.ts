import { escapePart } from '../../core/series.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import { expectProvider } from '../coverage/fact-decoding.js';
import type { LiveFile } from '../delta/actions.js';
import { rowKeyColumns, seriesColumns } from '../../core/tables/row-key.js';
import { timeColumn } from '../delta/schema.js';
import type { Engine } from './engine.js';
import { quoteIdentifier } from './sql.js';
import { buildTableSource } from './table-source.js';

/** The rows of one series that one request returned on one day in UTC. */
export interface RowGroup {
  readonly provider: ProviderName;
  readonly series: SeriesName;
  readonly requestId: string;
  /** The first instant and the instant behind the last one. */
  readonly start: number;
  readonly end: number;
  readonly rows: number;
}

/** The rows of files whose keys other files do not have, as the source of a query. */
export function buildRowDifference(
  dataset: Dataset,
  table: string,
  files: readonly LiveFile[],
  others: readonly LiveFile[],
): string {
  if (others.length === 0) return buildTableSource(dataset, table, files);
  const keys = rowKeyColumns(dataset).map(
    (name) => `gone.${quoteIdentifier(name)} IS NOT DISTINCT FROM held.${quoteIdentifier(name)}`,
  );
  return (
    `(SELECT gone.* FROM ${buildTableSource(dataset, table, files)} AS gone ` +
    `ANTI JOIN ${buildTableSource(dataset, table, others)} AS held ON ${keys.join(' AND ')})`
  );
}

/** Groups the rows of a source by series, request and day, in the order of time. */
export async function groupRows(engine: Engine, dataset: Dataset, source: string): Promise<readonly RowGroup[]> {
  const time = quoteIdentifier(timeColumn(dataset));
  const columns = ['symbol', 'provider', ...seriesColumns[dataset], 'request_id'].map(quoteIdentifier).join(', ');
  const rows = await engine.queryRows(
    `SELECT ${columns}, CAST(${time} AS DATE) AS day, epoch_ms(min(${time}))::DOUBLE AS first_ms, ` +
      `epoch_ms(max(${time}))::DOUBLE AS last_ms, count(*)::DOUBLE AS row_count FROM ${source} GROUP BY ALL ORDER BY first_ms`,
    dataset,
  );
  return rows.map((row) => ({
    provider: expectProvider(row['provider'], dataset),
    series: formatRowSeries(dataset, row),
    requestId: String(row['request_id']),
    start: Number(row['first_ms']),
    end: Number(row['last_ms']) + 1,
    rows: Number(row['row_count']),
  }));
}

/** The rows of files, each with the position of its file. */
export function buildNamedSource(dataset: Dataset, table: string, files: readonly LiveFile[]): string {
  const selects = files.map(
    (file, index) => `SELECT ${String(index)} AS file_number, * FROM ${buildTableSource(dataset, table, [file])}`,
  );
  return `(${selects.join(' UNION ALL BY NAME ')})`;
}

export function formatRowSeries(dataset: Dataset, row: Readonly<Record<string, unknown>>): SeriesName {
  const text = (name: string): string => String(row[name]);
  const symbol = escapePart(text('symbol'));
  const bars = (): string => `${text('bar_size')}/${text('what')}/${row['use_rth'] === true ? 'rth' : 'all'}`;
  switch (dataset) {
    case 'contracts':
    case 'chains':
    case 'quotes':
    case 'overviews':
      return `${dataset}/${symbol}`;
    case 'history_starts':
      return `${dataset}/${symbol}/${text('what')}/${row['use_rth'] === true ? 'rth' : 'all'}`;
    case 'option_snapshots':
      // Rows do not say in which part of an expiry they were requested.
      return `${dataset}/${symbol}/${text('expiry')}/1`;
    case 'equity_bars':
    case 'corporate_actions':
      return `${dataset}/${symbol}/${bars()}`;
    case 'option_bars': {
      const { trading_class: tradingClass } = row;
      const suffix = typeof tradingClass === 'string' ? `/${escapePart(tradingClass)}` : '';
      return `${dataset}/${symbol}/${text('expiry')}/${String(Number(row['strike']))}/${text('right')}/${bars()}${suffix}`;
    }
  }
}

/** A series without what its rows do not say: the part of an expiry. */
export function toRowSeries(series: SeriesName): SeriesName {
  return series.startsWith('option_snapshots/') ? series.replace(/\/\d+$/, '/1') : series;
}
