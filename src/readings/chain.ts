import type { RequestId } from '../core/request.js';
import type { Right } from '../core/series.js';
import { hour } from '../core/time.js';
import type { Duration, Instant, LocalDate } from '../core/time.js';
import type { ReadableLake } from './lake.js';
import { instantIn, instantLiteral, literal, numberIn, textIn } from './sql.js';
import type { Row } from './sql.js';

/** One option as it was last seen; null for what is not known of it. */
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
  /** A calendar day. */
  readonly theta: number | null;
  /** A percentage point of volatility. */
  readonly vega: number | null;
  /** A percentage point of the rate. */
  readonly rho: number | null;
  readonly underlyingPrice: number | null;
  /** `computed` here, or the `provider`'s. */
  readonly ivSource: string | null;
  /** Why there is no volatility of our own, or what to know about it. */
  readonly ivReason: string | null;
  readonly requestId: RequestId;
}

/** The options of an underlying as they were at a moment. */
export interface OptionChain {
  readonly symbol: string;
  readonly provider: string;
  /** When the newest of them was seen. */
  readonly at: Instant;
  readonly spot: number | null;
  /** By expiry, strike and right. */
  readonly options: readonly ChainOption[];
}

/** Which chain is wanted: the latest one of the source that answered last, unless told otherwise. */
export interface ChainQuery {
  readonly symbol: string;
  readonly provider?: string;
  /** Not later than this. */
  readonly at?: Instant;
}

/** Answers this much older than the newest one belong to another moment. */
const together: Duration = hour;

/**
 * The chain at a moment: of every expiry that was asked for within an hour before its newest option, what the last run saw
 * of it. Null where no option was seen.
 */
export async function chainAt(lake: ReadableLake, { symbol, provider, at }: ChainQuery): Promise<OptionChain | null> {
  const wanted = [
    `symbol = ${literal(symbol)}`,
    ...(provider === undefined ? [] : [`provider = ${literal(provider)}`]),
    ...(at === undefined ? [] : [`ts <= ${instantLiteral(at)}`]),
  ].join(' AND ');
  const newest = await lake.query(
    `SELECT provider, max(ts) AS ts FROM option_snapshots WHERE ${wanted} GROUP BY provider ORDER BY 2 DESC LIMIT 1`,
  );
  const [found] = newest.rows;
  const source = found === undefined ? null : textIn(found, 'provider');
  if (found === undefined || source === null) return null;
  const until = instantIn(found, 'ts');
  const { rows } = await lake.query(`
    WITH recent AS (
      SELECT * FROM option_snapshots
      WHERE symbol = ${literal(symbol)} AND provider = ${literal(source)}
        AND ts <= ${instantLiteral(until)} AND ts > ${instantLiteral(until - together)}
    ),
    last_runs AS (SELECT expiry, max_by(run_id, ts) AS run_id FROM recent GROUP BY expiry)
    SELECT recent.* FROM recent JOIN last_runs USING (expiry, run_id)
    QUALIFY row_number() OVER (PARTITION BY expiry, strike, "right" ORDER BY ts DESC) = 1
    ORDER BY expiry, strike, "right"`);
  const options = rows.flatMap((row) => {
    const option = optionOf(row);
    return option === null ? [] : [option];
  });
  return { symbol, provider: source, at: until, spot: spotOf(options), options };
}

/** What the underlying cost when the newest option that knows was seen. */
function spotOf(options: readonly ChainOption[]): number | null {
  let newest: ChainOption | null = null;
  for (const option of options) {
    if (option.underlyingPrice !== null && (newest === null || option.ts > newest.ts)) newest = option;
  }
  return newest?.underlyingPrice ?? null;
}

function optionOf(row: Row): ChainOption | null {
  const expiry = textIn(row, 'expiry');
  const strike = numberIn(row, 'strike');
  const right = textIn(row, 'right');
  if (expiry === null || strike === null || (right !== 'C' && right !== 'P')) return null;
  return {
    ts: instantIn(row, 'ts'),
    expiry,
    strike,
    right,
    bid: numberIn(row, 'bid'),
    ask: numberIn(row, 'ask'),
    last: numberIn(row, 'last'),
    volume: numberIn(row, 'volume'),
    openInterest: numberIn(row, 'open_interest'),
    iv: numberIn(row, 'iv'),
    delta: numberIn(row, 'delta'),
    gamma: numberIn(row, 'gamma'),
    theta: numberIn(row, 'theta'),
    vega: numberIn(row, 'vega'),
    rho: numberIn(row, 'rho'),
    underlyingPrice: numberIn(row, 'underlying_price'),
    ivSource: textIn(row, 'iv_source'),
    ivReason: textIn(row, 'iv_reason'),
    requestId: textIn(row, 'request_id') ?? '',
  };
}
