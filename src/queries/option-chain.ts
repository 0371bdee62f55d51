import { isTimeZone } from '../core/time/time-zone.js';
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
  /** The class that it trades in; null if the provider names none. */
  readonly tradingClass: string | null;
}

/** The options of an underlying at one time. */
export interface OptionChain {
  readonly symbol: string;
  readonly provider: string;
  /** Time of the newest option. */
  readonly at: Instant;
  /** False if no snapshot was taken: the options are those that the provider lists, without prices. */
  readonly isPriced: boolean;
  /** The time zone of the exchange; null if the lake has no contract of the symbol. */
  readonly timeZone: string | null;
  readonly spot: number | null;
  /** Sorted by expiry, class, strike and right. */
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
  const snapshots = { dataset: 'option_snapshots', symbol } as const;
  const newest = await lake.querySymbol(
    snapshots,
    (source) =>
      `SELECT provider, max(ts) AS ts FROM ${source} WHERE ${condition} GROUP BY provider ORDER BY 2 DESC LIMIT 1`,
  );
  const [newestRow] = newest.rows;
  const newestProvider = newestRow === undefined ? null : readText(newestRow, 'provider');
  if (newestRow === undefined || newestProvider === null) return null;
  const until = readInstant(newestRow, 'ts');
  const { rows } = await lake.querySymbol(
    snapshots,
    (source) => `
    WITH recent AS (
      SELECT * FROM ${source}
      WHERE symbol = ${sqlString(symbol)} AND provider = ${sqlString(newestProvider)}
        AND ts <= ${sqlInstant(until)} AND ts > ${sqlInstant(until - chainDuration)}
    ),
    last_runs AS (SELECT expiry, max_by(run_id, ts) AS run_id FROM recent GROUP BY expiry)
    SELECT recent.* FROM recent JOIN last_runs USING (expiry, run_id)
    QUALIFY row_number() OVER (PARTITION BY expiry, strike, "right", trading_class ORDER BY ts DESC) = 1
    ORDER BY expiry, trading_class, strike, "right"`,
  );
  const options = rows.flatMap((row) => toChainOption(row) ?? []);
  const timeZone = await queryTimeZone(lake, symbol, newestProvider);
  return { symbol, provider: newestProvider, at: until, isPriced: true, timeZone, spot: findSpot(options), options };
}

/** Queries the listed options of the latest chain, which have no prices; null when there is no chain. */
export async function queryListedChain(
  lake: QueryableLake,
  { symbol, provider, at }: ChainQuery,
): Promise<OptionChain | null> {
  const condition = [
    `symbol = ${sqlString(symbol)}`,
    ...(provider === undefined ? [] : [`provider = ${sqlString(provider)}`]),
    ...(at === undefined ? [] : [`as_of <= ${sqlInstant(at)}`]),
  ].join(' AND ');
  const { rows } = await lake.query(`
    WITH newest AS (SELECT provider, as_of FROM chains WHERE ${condition} ORDER BY as_of DESC LIMIT 1)
    SELECT DISTINCT ON (expiry, trading_class, strike, "right")
      provider, as_of AS ts, expiry, strike, "right", request_id, trading_class
    FROM chains JOIN newest USING (provider, as_of)
    WHERE symbol = ${sqlString(symbol)}
    ORDER BY expiry, trading_class, strike, "right"`);
  const [first] = rows;
  const listedBy = first === undefined ? null : readText(first, 'provider');
  if (first === undefined || listedBy === null) return null;
  const options = rows.flatMap((row) => toChainOption(row) ?? []);
  const timeZone = await queryTimeZone(lake, symbol, listedBy);
  return { symbol, provider: listedBy, at: readInstant(first, 'ts'), isPriced: false, timeZone, spot: null, options };
}

async function queryTimeZone(lake: QueryableLake, symbol: string, provider: string): Promise<string | null> {
  const { rows } = await lake.querySymbol(
    { dataset: 'contracts', symbol },
    (
      source,
    ) => `SELECT time_zone FROM ${source} WHERE symbol = ${sqlString(symbol)} AND provider = ${sqlString(provider)}
     AND time_zone IS NOT NULL ORDER BY as_of DESC LIMIT 1`,
  );
  const [row] = rows;
  const zone = row === undefined ? null : readText(row, 'time_zone');
  // Other programs can write contracts too.
  return zone !== null && isTimeZone(zone) ? zone : null;
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
    tradingClass: readText(row, 'trading_class'),
  };
}
