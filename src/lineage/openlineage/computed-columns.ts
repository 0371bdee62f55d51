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

/** The computed columns by table; all other columns come from the provider unchanged. */
export const computedColumns: Readonly<Partial<Record<Dataset, Readonly<Record<string, ComputedFrom>>>>> = {
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
    spot_price: fromSnapshots('underlying_price'),
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
    iv_rank: volatilityInputs,
    iv_percentile: volatilityInputs,
    iv_days: volatilityInputs,
    vix: { table: 'quotes', columns: ['last', 'bid', 'ask', 'close'] },
    trend: { table: 'equity_bars', columns: ['close'] },
    session: fromSnapshots('ts'),
    strikes_expected: { table: 'chains', columns: ['expiry', 'strike'] },
    strikes_held: fromSnapshots('expiry', 'strike'),
    expiries_expected: { table: 'chains', columns: ['expiry'] },
    expiries_held: fromSnapshots('expiry'),
    missing_expiries: { table: 'chains', columns: ['expiry'] },
  },
};
