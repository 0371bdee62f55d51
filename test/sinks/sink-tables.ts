import { rowKeyColumns } from '../../src/core/tables/row-key.js';
import { getColumns } from '../../src/core/tables/tables.js';
import type { Dataset } from '../../src/core/tables/tables.js';
import type { TableSelection } from '../../src/sinks/selection.js';

/** A selection of a table: all columns, or some with those of the key. */
export function tableOptions(
  dataset: Dataset,
  columns: readonly string[] | null = null,
  symbols: readonly string[] | null = null,
): TableSelection {
  const key = rowKeyColumns(dataset);
  const all = Object.keys(getColumns(dataset));
  return {
    dataset,
    columns: columns === null ? all : all.filter((name) => columns.includes(name) || key.includes(name)),
    symbols,
  };
}

export const Type = {
  bars: tableOptions('equity_bars'),
  optionBars: tableOptions('option_bars'),
  chains: tableOptions('chains'),
  contracts: tableOptions('contracts'),
} as const;
