import { posix } from 'node:path';
import type { DataOrigin } from '../../core/series.js';
import { getColumns, tables } from '../../core/tables/tables.js';
import type { Column, Dataset } from '../../core/tables/tables.js';
import { computedColumns } from './computed-columns.js';
import type { FacetFactory } from './facets.js';
import type { Facets, OpenLineageDataset } from './types.js';

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
export function tableId(lake: string, dataset: string): { readonly namespace: string; readonly name: string } {
  return { namespace: 'file', name: posix.join(lake.replaceAll('\\', '/'), dataset) };
}

/** What a provider answers from: not a table of ours, so it has a namespace of its own. */
export function providerTableId(
  provider: DataOrigin,
  dataset: Dataset,
): { readonly namespace: string; readonly name: string } {
  return { namespace: `market-data://${provider}`, name: dataset };
}

/** A table of the lake. */
export function toTableDataset(
  lake: string,
  dataset: Dataset,
  facet: FacetFactory,
  extraFacets: Facets = {},
): OpenLineageDataset {
  return {
    ...tableId(lake, dataset),
    facets: {
      documentation: facet('datasetDocumentation', { description: descriptions[dataset] }),
      schema: facet('schema', { fields: fields(dataset, () => true) }),
      storage: facet('storage', { storageLayer: 'delta', fileFormat: 'parquet' }),
      ...extraFacets,
    },
  };
}

/** What a provider can answer for one table. */
export function toProviderDataset(provider: DataOrigin, dataset: Dataset, facet: FacetFactory): OpenLineageDataset {
  return {
    ...providerTableId(provider, dataset),
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

function fields(dataset: Dataset, isIncluded: (column: Column) => boolean): readonly object[] {
  return Object.entries(getColumns(dataset))
    .filter(([, column]) => isIncluded(column))
    .map(([name, { type }], index) => ({ name, type: typeNames[type], ordinal_position: index + 1 }));
}

/**
 * Where the columns of a step's table come from: its answers word for word from the provider, what is computed from what it
 * is computed from, and what names an option from the chain it was found in. Which options are asked for depends on the chain and on the price of the symbol.
 */
export function columnLineage(
  lake: string,
  provider: DataOrigin,
  dataset: Dataset,
  upstream: readonly Dataset[],
  facet: FacetFactory,
): Facets {
  const identity = [{ type: 'DIRECT', subtype: 'IDENTITY' }];
  const computation = [{ type: 'DIRECT', subtype: 'TRANSFORMATION' }];
  const filter = (description: string): object[] => [{ type: 'INDIRECT', subtype: 'FILTER', description }];
  const fromChain = dataset === 'option_bars' && upstream.includes('chains');
  const columns: Record<string, object> = {};
  for (const [name, column] of Object.entries(getColumns(dataset))) {
    const computed = computedColumns[dataset]?.[name];
    if (computed !== undefined) {
      const { table } = computed;
      const origin = table === null ? providerTableId(provider, dataset) : tableId(lake, table);
      columns[name] = {
        inputFields: computed.columns.map((field) => ({ ...origin, field, transformations: computation })),
      };
    } else if (column.from === 'answer') {
      columns[name] = {
        inputFields: [{ ...providerTableId(provider, dataset), field: name, transformations: identity }],
      };
    } else if (
      fromChain &&
      column.from === 'series' &&
      name !== 'symbol' &&
      name in tables.chains.columns &&
      name !== 'provider'
    ) {
      columns[name] = { inputFields: [{ ...tableId(lake, 'chains'), field: name, transformations: identity }] };
    }
  }
  const rowSelection = [
    ...(fromChain
      ? ['expiry', 'strike', 'right'].map((field) => ({
          ...tableId(lake, 'chains'),
          field,
          transformations: filter('the options that are listed'),
        }))
      : []),
    ...(dataset === 'option_bars' && upstream.includes('equity_bars')
      ? [
          {
            ...tableId(lake, 'equity_bars'),
            field: 'close',
            transformations: filter('the strikes nearest to the money'),
          },
        ]
      : []),
  ];
  return {
    columnLineage: facet('columnLineage', {
      fields: columns,
      ...(rowSelection.length === 0 ? {} : { dataset: rowSelection }),
    }),
  };
}
