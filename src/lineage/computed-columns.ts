import type { Dataset } from '../core/tables.js';

/** What a column is computed from: columns of what the source answered, or of a table of the lake. */
export interface ComputedFrom {
  /** Null for the answer itself. */
  readonly table: Dataset | null;
  readonly columns: readonly string[];
}

const byModel: ComputedFrom = {
  table: null,
  columns: ['bid', 'ask', 'last', 'strike', 'right', 'underlying_price', 'provider_iv'],
};
const snapshots = (...columns: readonly string[]): ComputedFrom => ({ table: 'option_snapshots', columns });
const strikes = snapshots('strike', 'right');
const sides = snapshots('strike', 'right', 'underlying_price');
const volatilities = snapshots('iv', 'strike', 'expiry', 'right', 'underlying_price');

/** The columns that are computed here, by table; every other one is what the source answered. */
export const computedColumns: Readonly<Partial<Record<Dataset, Readonly<Record<string, ComputedFrom>>>>> = {
  option_snapshots: {
    iv: byModel,
    delta: byModel,
    gamma: byModel,
    theta: byModel,
    vega: byModel,
    rho: byModel,
    iv_source: byModel,
    iv_reason: byModel,
  },
  overviews: {
    spot_price: snapshots('underlying_price'),
    pcr_oi: snapshots('open_interest', 'right'),
    pcr_volume: snapshots('volume', 'right'),
    atm_iv: volatilities,
    call_count: strikes,
    put_count: strikes,
    total_call_oi: snapshots('open_interest', 'right'),
    total_put_oi: snapshots('open_interest', 'right'),
    calls_itm: sides,
    calls_otm: sides,
    puts_itm: sides,
    puts_otm: sides,
    iv_rank: volatilities,
    iv_percentile: volatilities,
    iv_days: volatilities,
    vix: { table: 'quotes', columns: ['last', 'bid', 'ask', 'close'] },
    trend: { table: 'equity_bars', columns: ['close'] },
    session: snapshots('ts'),
    strikes_expected: { table: 'chains', columns: ['expiry', 'strike'] },
    strikes_held: snapshots('expiry', 'strike'),
    expiries_expected: { table: 'chains', columns: ['expiry'] },
    expiries_held: snapshots('expiry'),
    missing_expiries: { table: 'chains', columns: ['expiry'] },
  },
};
