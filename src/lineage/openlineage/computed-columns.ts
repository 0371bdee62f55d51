import type { Dataset } from '../../core/tables/tables.js';

/** The inputs of a computed column: columns of the provider's response or of a table in the lake. */
export interface ComputedFrom {
  /** Null for the provider's response. */
  readonly table: Dataset | null;
  readonly columns: readonly string[];
}

const fromModel: ComputedFrom = {
  table: null,
  columns: ['bid', 'ask', 'last', 'strike', 'right', 'underlying_price', 'provider_iv'],
};
const fromSnapshots = (...columns: readonly string[]): ComputedFrom => ({ table: 'option_snapshots', columns });
const strikeInputs = fromSnapshots('strike', 'right');
const moneynessInputs = fromSnapshots('strike', 'right', 'underlying_price');
const volatilityInputs = fromSnapshots('iv', 'strike', 'expiry', 'right', 'underlying_price');

/** Rank and percentile compare the volatility of the chain with those of earlier overviews. */
const rankInputs: readonly ComputedFrom[] = [
  volatilityInputs,
  { table: 'overviews', columns: ['atm_iv', 'atm_iv_days', 'session'] },
];
/** The price comes from the snapshots, else from a quote or a close. */
const priceInputs: readonly ComputedFrom[] = [
  fromSnapshots('underlying_price'),
  { table: 'quotes', columns: ['last', 'bid', 'ask', 'close'] },
  { table: 'equity_bars', columns: ['close'] },
];

/** The computed columns by table; all other columns come from the provider unchanged. */
export const computedColumns: Readonly<
  Partial<Record<Dataset, Readonly<Record<string, ComputedFrom | readonly ComputedFrom[]>>>>
> = {
  option_snapshots: {
    iv: fromModel,
    delta: fromModel,
    gamma: fromModel,
    theta: fromModel,
    vega: fromModel,
    rho: fromModel,
    iv_source: fromModel,
    iv_reason: fromModel,
  },
  overviews: {
    spot_price: priceInputs,
    pcr_oi: fromSnapshots('open_interest', 'right'),
    pcr_volume: fromSnapshots('volume', 'right'),
    atm_iv: volatilityInputs,
    call_count: strikeInputs,
    put_count: strikeInputs,
    total_call_oi: fromSnapshots('open_interest', 'right'),
    total_put_oi: fromSnapshots('open_interest', 'right'),
    calls_itm: moneynessInputs,
    calls_otm: moneynessInputs,
    puts_itm: moneynessInputs,
    puts_otm: moneynessInputs,
    iv_rank: rankInputs,
    iv_percentile: rankInputs,
    iv_days: rankInputs,
    vix: { table: 'quotes', columns: ['last', 'bid', 'ask', 'close'] },
    trend: { table: 'equity_bars', columns: ['close'] },
    session: fromSnapshots('ts'),
    strikes_expected: { table: 'chains', columns: ['expiry', 'strike'] },
    strikes_held: fromSnapshots('expiry', 'strike'),
    expiries_expected: { table: 'chains', columns: ['expiry'] },
    expiries_held: fromSnapshots('expiry'),
    missing_expiries: { table: 'chains', columns: ['expiry'] },
    atm_iv_reason: volatilityInputs,
  },
};

/** The inputs of a computed column. */
export function listInputs(computed: ComputedFrom | readonly ComputedFrom[]): readonly ComputedFrom[] {
  return 'columns' in computed ? [computed] : computed;
}

/** The tables that a computed table is read from; earlier rows of its own are among them. */
export function listComputedInputs(dataset: Dataset): readonly Dataset[] {
  const inputs = Object.values(computedColumns[dataset] ?? {}).flatMap(listInputs);
  return [...new Set(inputs.flatMap(({ table }) => table ?? []))];
}
