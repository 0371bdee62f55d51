import { posix } from 'node:path';
import type { AnswererName } from '../core/series.js';
import { columnsOf, tables } from '../core/tables.js';
import type { Column, Dataset } from '../core/tables.js';
import { computedColumns } from './computed-columns.js';
import type { FacetMaker } from './facets.js';
import type { Facets, OpenLineageDataset } from './openlineage-types.js';

const descriptions: Readonly<Record<Dataset, string>> = {
  contracts: 'What each symbol is, as of when it was asked',
  chains: 'The options listed on each symbol, as of when they were asked',
  equity_bars: 'Bars of the symbols themselves',
  option_bars: 'Bars of single options',
  history_starts: 'When the history of each symbol begins at its source',
  quotes: 'What was last traded and quoted, as of when it was asked',
  overviews: 'What the options of each symbol say as a whole, computed from their snapshots',
  option_snapshots: 'What single options were worth, as of when they were asked',
};

/** Rows are kept by the name under which every engine that reads the folder knows them, so that graphs join. */
export function tableName(lake: string, dataset: string): { readonly namespace: string; readonly name: string } {
  return { namespace: 'file', name: posix.join(lake.replaceAll('\\', '/'), dataset) };
}

/** What a provider answers from: not a table of ours, so it has a namespace of its own. */
export function sourceName(
  provider: AnswererName,
  dataset: Dataset,
): { readonly namespace: string; readonly name: string } {
  return { namespace: `market-data://${provider}`, name: dataset };
}

/** A table of the lake. */
export function tableDataset(lake: string, dataset: Dataset, facet: FacetMaker, more: Facets = {}): OpenLineageDataset {
  return {
    ...tableName(lake, dataset),
    facets: {
      documentation: facet('datasetDocumentation', { description: descriptions[dataset] }),
      schema: facet('schema', { fields: fields(dataset, () => true) }),
      storage: facet('storage', { storageLayer: 'delta', fileFormat: 'parquet' }),
      ...more,
    },
  };
}

/** What a provider can answer for one table. */
export function sourceDataset(provider: AnswererName, dataset: Dataset, facet: FacetMaker): OpenLineageDataset {
  return {
    ...sourceName(provider, dataset),
    facets: {
      dataSource: facet('dataSource', { name: provider, uri: `market-data://${provider}` }),
      schema: facet('schema', { fields: fields(dataset, (column) => column.from === 'answer') }),
    },
  };
}

const typeNames: Readonly<Record<Column['type'], string>> = {
  text: 'string',
  number: 'double',
  integer: 'long',
  boolean: 'boolean',
  timestamp: 'timestamp',
  date: 'date',
};

function fields(dataset: Dataset, wanted: (column: Column) => boolean): readonly object[] {
  return Object.entries(columnsOf(dataset))
    .filter(([, column]) => wanted(column))
    .map(([name, { type }], index) => ({ name, type: typeNames[type], ordinal_position: index + 1 }));
}

/**
 * Where the columns of a step's table come from: its answers word for word from the provider, what is computed from what it
 * is computed from, and what names an option from the chain it was found in. Which options are asked for depends on the chain and on the price of the symbol.
 */
export function columnLineage(
  lake: string,
  provider: AnswererName,
  dataset: Dataset,
  upstream: readonly Dataset[],
  facet: FacetMaker,
): Facets {
  const identity = [{ type: 'DIRECT', subtype: 'IDENTITY' }];
  const computation = [{ type: 'DIRECT', subtype: 'TRANSFORMATION' }];
  const filter = (description: string): object[] => [{ type: 'INDIRECT', subtype: 'FILTER', description }];
  const fromChain = dataset === 'option_bars' && upstream.includes('chains');
  const columns: Record<string, object> = {};
  for (const [name, column] of Object.entries(columnsOf(dataset))) {
    const computed = computedColumns[dataset]?.[name];
    if (computed !== undefined) {
      const { table } = computed;
      const origin = table === null ? sourceName(provider, dataset) : tableName(lake, table);
      columns[name] = {
        inputFields: computed.columns.map((field) => ({ ...origin, field, transformations: computation })),
      };
    } else if (column.from === 'answer') {
      columns[name] = { inputFields: [{ ...sourceName(provider, dataset), field: name, transformations: identity }] };
    } else if (
      fromChain &&
      column.from === 'series' &&
      name !== 'symbol' &&
      name in tables.chains.columns &&
      name !== 'provider'
    ) {
      columns[name] = { inputFields: [{ ...tableName(lake, 'chains'), field: name, transformations: identity }] };
    }
  }
  const whole = [
    ...(fromChain
      ? ['expiry', 'strike', 'right'].map((field) => ({
          ...tableName(lake, 'chains'),
          field,
          transformations: filter('the options that are listed'),
        }))
      : []),
    ...(dataset === 'option_bars' && upstream.includes('equity_bars')
      ? [
          {
            ...tableName(lake, 'equity_bars'),
            field: 'close',
            transformations: filter('the strikes nearest to the money'),
          },
        ]
      : []),
  ];
  return {
    columnLineage: facet('columnLineage', { fields: columns, ...(whole.length === 0 ? {} : { dataset: whole }) }),
  };
}
