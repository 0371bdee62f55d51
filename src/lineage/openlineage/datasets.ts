import { posix } from 'node:path';
import type { DataOrigin } from '../../core/series.js';
import { getColumns, tables } from '../../core/tables/tables.js';
import type { Column, Dataset } from '../../core/tables/tables.js';
import { computedColumns, listInputs } from './computed-columns.js';
import type { FacetFactory } from './facets.js';
import type { Facets, OpenLineageDataset } from './types.js';

const descriptions: Readonly<Record<Dataset, string>> = {
  contracts: 'Contract details of each symbol at the time of the request',
  chains: 'Listed options of each symbol at the time of the request',
  equity_bars: 'Price bars of equities',
  option_bars: 'Price bars of options',
  history_starts: 'First available time of each symbol at its provider',
  quotes: 'Last trade and quote of each symbol at the time of the request',
  overviews: 'Option statistics of each symbol, computed from option snapshots',
  option_snapshots: 'Quotes and Greeks of options at the time of the request',
  corporate_actions: 'Splits, dividends and revisions that repeated requests for stored bars showed',
};

/** The dataset name that query engines use for the same folder, so that their lineage graphs join ours. */
export function tableId(lake: string, dataset: string): { readonly namespace: string; readonly name: string } {
  return { namespace: 'file', name: posix.join(lake.replaceAll('\\', '/'), dataset) };
}

/** The dataset of a provider, in a separate namespace. */
export function providerTableId(
  provider: DataOrigin,
  dataset: Dataset,
): { readonly namespace: string; readonly name: string } {
  return { namespace: `market-data://${provider}`, name: dataset };
}

/** Describes a table of the lake. */
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
      schema: facet('schema', { fields: toSchemaFields(dataset, () => true) }),
      storage: facet('storage', { storageLayer: 'delta', fileFormat: 'parquet' }),
      ...extraFacets,
    },
  };
}

/** Describes the columns that a provider supplies for one table. */
export function toProviderDataset(provider: DataOrigin, dataset: Dataset, facet: FacetFactory): OpenLineageDataset {
  return {
    ...providerTableId(provider, dataset),
    facets: {
      dataSource: facet('dataSource', { name: provider, uri: `market-data://${provider}` }),
      schema: facet('schema', { fields: toSchemaFields(dataset, (column) => column.from === 'answer') }),
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

function toSchemaFields(dataset: Dataset, isIncluded: (column: Column) => boolean): readonly object[] {
  return Object.entries(getColumns(dataset))
    .filter(([, column]) => isIncluded(column))
    .map(([name, { type }], index) => ({ name, type: typeNames[type], ordinal_position: index + 1 }));
}

/**
 * Builds the facet of column lineage for the table of a step: columns come from the provider unchanged, from the inputs of a
 * computation, or, for the identity of an option, from its chain. The chain and the price of the symbol select the options.
 */
export function columnLineageFacet(
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
      columns[name] = {
        inputFields: listInputs(computed).flatMap(({ table, columns: fields }) => {
          const origin = table === null ? providerTableId(provider, dataset) : tableId(lake, table);
          return fields.map((field) => ({ ...origin, field, transformations: computation }));
        }),
      };
    } else if (column.from === 'answer' && provider !== 'pipe') {
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
          transformations: filter('listed options'),
        }))
      : []),
    ...(dataset === 'option_bars' && upstream.includes('equity_bars')
      ? [
          {
            ...tableId(lake, 'equity_bars'),
            field: 'close',
            transformations: filter('strikes nearest to the money'),
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
