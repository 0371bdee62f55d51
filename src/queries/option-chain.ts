import type { RequestId } from '../core/request.js';
import type { Right } from '../core/series.js';
import { chainDuration } from '../core/option-selection.js';
import type { Instant, LocalDate } from '../core/time/time.js';
import type { QueryableLake } from './queryable-lake.js';
import { readInstant, sqlInstant, sqlString, readNumber, readText } from './sql.js';
import type { Row } from './sql.js';

/** The latest values of one option; null for unknown values. */
export interface ChainOption {
  readonly ts: Instant;
  readonly expiry: LocalDate;
  readonly strike: number;
  readonly right: Right;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly last: number | null;
  readonly volume: number | null;
  readonly openInterest: number | null;
  /** Annual, as a fraction. */
  readonly iv: number | null;
  readonly delta: number | null;
  readonly gamma: number | null;
  /** Per calendar day. */
  readonly theta: number | null;
  /** Per percentage point of volatility. */
  readonly vega: number | null;
  /** Per percentage point of the rate. */
  readonly rho: number | null;
  readonly underlyingPrice: number | null;
  /** `computed` or `provider`. */
  readonly ivSource: string | null;
  /** The reason why there is no computed volatility, or a remark about it. */
  readonly ivReason: string | null;
  readonly requestId: RequestId;
}

/** The options of an underlying at one time. */
export interface OptionChain {
  readonly symbol: string;
  readonly provider: string;
  /** Time of the newest option. */
  readonly at: Instant;
  readonly spot: number | null;
  /** Sorted by expiry, strike and right. */
  readonly options: readonly ChainOption[];
}

/** Selects a chain; by default the latest one, from the provider with the latest option. */
export interface ChainQuery {
  readonly symbol: string;
  readonly provider?: string;
  /** Ignores later options. */
  readonly at?: Instant;
}

/**
 * Queries the chain at a time: for each expiry that was requested within an hour before the newest option, the options of the
 * last run. Null when there are no options.
 */
export async function queryChain(
  lake: QueryableLake,
  { symbol, provider, at }: ChainQuery,
): Promise<OptionChain | null> {
  const condition = [
    `symbol = ${sqlString(symbol)}`,
    ...(provider === undefined ? [] : [`provider = ${sqlString(provider)}`]),
    ...(at === undefined ? [] : [`ts <= ${sqlInstant(at)}`]),
  ].join(' AND ');
  const newest = await lake.query(
    `SELECT provider, max(ts) AS ts FROM option_snapshots WHERE ${condition} GROUP BY provider ORDER BY 2 DESC LIMIT 1`,
  );
  const [newestRow] = newest.rows;
  const newestProvider = newestRow === undefined ? null : readText(newestRow, 'provider');
  if (newestRow === undefined || newestProvider === null) return null;
  const until = readInstant(newestRow, 'ts');
  const { rows } = await lake.query(`
    WITH recent AS (
      SELECT * FROM option_snapshots
      WHERE symbol = ${sqlString(symbol)} AND provider = ${sqlString(newestProvider)}
        AND ts <= ${sqlInstant(until)} AND ts > ${sqlInstant(until - chainDuration)}
    ),
    last_runs AS (SELECT expiry, max_by(run_id, ts) AS run_id FROM recent GROUP BY expiry)
    SELECT recent.* FROM recent JOIN last_runs USING (expiry, run_id)
    QUALIFY row_number() OVER (PARTITION BY expiry, strike, "right" ORDER BY ts DESC) = 1
    ORDER BY expiry, strike, "right"`);
  const options = rows.flatMap((row) => {
    const option = toChainOption(row);
    return option === null ? [] : [option];
  });
  return { symbol, provider: newestProvider, at: until, spot: findSpot(options), options };
}

/** Returns the price of the underlying in the newest option that has one. */
function findSpot(options: readonly ChainOption[]): number | null {
  let newest: ChainOption | null = null;
  for (const option of options) {
    if (option.underlyingPrice !== null && (newest === null || option.ts > newest.ts)) newest = option;
  }
  return newest?.underlyingPrice ?? null;
}

function toChainOption(row: Row): ChainOption | null {
  const expiry = readText(row, 'expiry');
  const strike = readNumber(row, 'strike');
  const right = readText(row, 'right');
  if (expiry === null || strike === null || (right !== 'C' && right !== 'P')) return null;
  return {
    ts: readInstant(row, 'ts'),
    expiry,
    strike,
    right,
    bid: readNumber(row, 'bid'),
    ask: readNumber(row, 'ask'),
    last: readNumber(row, 'last'),
    volume: readNumber(row, 'volume'),
    openInterest: readNumber(row, 'open_interest'),
    iv: readNumber(row, 'iv'),
    delta: readNumber(row, 'delta'),
    gamma: readNumber(row, 'gamma'),
    theta: readNumber(row, 'theta'),
    vega: readNumber(row, 'vega'),
    rho: readNumber(row, 'rho'),
    underlyingPrice: readNumber(row, 'underlying_price'),
    ivSource: readText(row, 'iv_source'),
    ivReason: readText(row, 'iv_reason'),
    requestId: readText(row, 'request_id') ?? '',
  };
}
