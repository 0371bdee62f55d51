// Generated from schemas/scenario.schema.json by `npm run schema`; change that file and run it again.

/**
 * What the rule is about: `connect` (a client comes in), `request` (any request), a mapping of what a request has to be, or `after` a time.
 */
export type When = ('connect' | 'request') | Conditions;
/**
 * The kind of request, or a list of kinds. Of tws: contract-details, option-parameters, historical, head-timestamp, market-data, real-time-bars, positions, account, executions, orders, time, ids, other. Of kite: session, profile, margins, instruments, quote, ohlc, ltp, historical, ticker. Of synthetic: contracts, chains, equity_bars, option_bars, history_starts, quotes, option_snapshots.
 */
export type Requests = Request | Request[];
/**
 * A kind of request, in the source's own words.
 */
export type Request =
  | 'contract-details'
  | 'option-parameters'
  | 'historical'
  | 'head-timestamp'
  | 'market-data'
  | 'real-time-bars'
  | 'positions'
  | 'account'
  | 'executions'
  | 'orders'
  | 'time'
  | 'ids'
  | 'other'
  | 'session'
  | 'profile'
  | 'margins'
  | 'instruments'
  | 'quote'
  | 'ohlc'
  | 'ltp'
  | 'ticker'
  | 'contracts'
  | 'chains'
  | 'equity_bars'
  | 'option_bars'
  | 'history_starts'
  | 'quotes'
  | 'option_snapshots';
/**
 * A symbol, as the source writes it.
 */
export type Symbol = string;
/**
 * The length of one bar, as pipelines write it.
 */
export type BarSize =
  | '1 secs'
  | '5 secs'
  | '10 secs'
  | '15 secs'
  | '30 secs'
  | '1 min'
  | '2 mins'
  | '3 mins'
  | '5 mins'
  | '10 mins'
  | '15 mins'
  | '20 mins'
  | '30 mins'
  | '1 hour'
  | '2 hours'
  | '3 hours'
  | '4 hours'
  | '8 hours'
  | '1 day';
/**
 * What the bars are made of.
 */
export type What = 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
/**
 * A calendar date, year-month-day.
 */
export type Date = string;
/**
 * A strike price.
 */
export type Strike = number;
/**
 * `C` for calls, `P` for puts.
 */
export type Right = 'C' | 'P';
/**
 * What happens: a word (`silence` never answers this request; `empty` says that there is nothing, in the source's words; `unknown` says that there is no such instrument; `expired` says that the contract has expired; `garbage` sends something that is not of the protocol; `drop` closes the connection; `half_open` leaves the connection open and is silent on it from now on; `refuse` refuses to be connected to; `logged_out` ends the login), or a mapping that begins with one of `delay`, `error`, `truncate`, `drop`, `slow_accept`, `restart`, `link_lost`, `farm_down`, `rows` and `failure`.
 */
export type Do =
  ('silence' | 'empty' | 'unknown' | 'expired' | 'garbage' | 'drop' | 'half_open' | 'refuse' | 'logged_out') | Action;
/**
 * What the source calls the error: a number at tws (`162`), a name at kite (`TokenException`).
 */
export type ErrorCode = number | string;

/**
 * A rehearsal of pipe: which source is played, which market it shows, and what goes wrong when.
 */
export interface ScenarioFile {
  /**
   * What the scenario is called: up to 64 letters, digits, spaces, `.`, `-` or `_`.
   */
  name: string;
  /**
   * One sentence for the people who read it.
   */
  description?: string;
  /**
   * Who is played; decides which requests and actions there are. `tws` is the gateway of Interactive Brokers, `kite` the API of Zerodha, `synthetic` a provider inside the process.
   */
  source: 'tws' | 'kite' | 'synthetic';
  market?: Market;
  clock?: Clock;
  /**
   * What goes wrong. Every rule that matches acts, in this order; what no rule is about goes well.
   */
  rules?: Rule[];
}
/**
 * The market behind the source. The same seed gives the same prices, and the same luck to rules with a `chance`.
 */
export interface Market {
  /**
   * Another seed is another market.
   */
  seed?: number;
  /**
   * Annual volatility of every symbol; left out, every symbol has its own.
   */
  volatility?: number;
  /**
   * Price levels by symbol; the others get one from the seed.
   */
  base_price?: {
    /**
     * The price level of the symbol.
     */
    [k: string]: number;
  };
}
/**
 * The time at the source: the real one unless said otherwise. It decides what the market shows; the durations of rules are real ones, whatever the clock.
 */
export interface Clock {
  /**
   * What time it is at the source when it starts: ISO 8601 with a zone.
   */
  start?: string;
  /**
   * How much faster than real time it runs; 0 stands still.
   */
  speed?: number;
}
/**
 * One thing that happens: when, what, and how often.
 */
export interface Rule {
  when: When;
  do: Do;
  /**
   * So many of the occasions that match pass first.
   */
  skip?: number;
  /**
   * Of requests and connections a count: of the rest, every tenth for `10`, the first of them among these. Behind `after` a duration: again and again, so long apart.
   */
  every?: number | string;
  /**
   * At most so often. Without it, as often as it matches; behind `after` once, or with `every` again and again.
   */
  times?: number;
  /**
   * How likely it is to happen when it could; the market's seed decides, so every rehearsal goes the same way.
   */
  chance?: number;
  /**
   * Not before so long after the start.
   */
  from?: string;
  /**
   * Only until so long after the start.
   */
  until?: string;
}
/**
 * What a request has to be, where all that is said has to hold and lists mean any of their members; or how long to wait with `after`.
 */
export interface Conditions {
  request?: Requests;
  /**
   * The symbol that is asked about, or a list of them.
   */
  symbol?: Symbol | Symbol[];
  /**
   * The length of the bars that are asked for, or a list of lengths.
   */
  bar_size?: BarSize | BarSize[];
  /**
   * What the bars that are asked for are made of, or a list.
   */
  what?: What | What[];
  /**
   * The last day of the option that is asked about, or a list.
   */
  expiry?: Date | Date[];
  /**
   * The strike of the option that is asked about, or a list.
   */
  strike?: Strike | Strike[];
  /**
   * Calls (`C`), puts (`P`), or a list of both.
   */
  right?: Right | Right[];
  /**
   * So long after the source has started, whatever is asked; says nothing about requests.
   */
  after?: string;
}
/**
 * One action, with what belongs to it.
 */
export interface Action {
  /**
   * Answers so much later; whatever else is done is done then.
   */
  delay?: string;
  error?: ErrorCode;
  /**
   * The text of an `error` or a `failure`; the source's usual one when left out.
   */
  message?: string;
  /**
   * The status of an `error` of kite; the usual one when left out.
   */
  status?: number;
  /**
   * Answers only this share of the rows, the earliest, as if they were all.
   */
  truncate?: number;
  /**
   * Closes the connection: `now`, or `mid_message` when half of an answer is sent.
   */
  drop?: 'now' | 'mid_message';
  /**
   * Accepts the connection and says nothing on it for so long.
   */
  slow_accept?: string;
  /**
   * The source goes away, closing every connection, and is back after so long.
   */
  restart?: string;
  /**
   * The source loses its own link upstream for so long; see `data_kept`.
   */
  link_lost?: string;
  /**
   * Whether subscriptions survive a `link_lost`: the source says 1102 for true, 1101 for false.
   */
  data_kept?: boolean;
  /**
   * A data farm goes away; what it would answer stays unanswered. Says with `for` how long.
   */
  farm_down?: 'historical' | 'market';
  /**
   * How long a `farm_down` lasts.
   */
  for?: string;
  /**
   * Answers these rows and no others, column by name; for synthetic.
   *
   * Items: One row: columns by name. Times are milliseconds since 1970 or ISO 8601, dates are `2026-11-20`.
   */
  rows?: {
    /**
     * The value of a column.
     */
    [k: string]: string | number | boolean | null;
  }[];
  /**
   * Fails in pipe's own words; for synthetic.
   */
  failure?: 'retryable' | 'pacing' | 'denied' | 'unavailable' | 'invalid' | 'fatal';
  /**
   * How long a `failure` asks to be left alone, where it is `retryable` or `pacing`.
   */
  retry_after?: string;
}

/** The keys that each object of the schema knows, by its title. */
export const schemaKeys: Readonly<Record<string, readonly string[]>> = {
  "scenario": [
    "clock",
    "description",
    "market",
    "name",
    "rules",
    "source"
  ],
  "market section": [
    "base_price",
    "seed",
    "volatility"
  ],
  "clock section": [
    "speed",
    "start"
  ],
  "rule": [
    "chance",
    "do",
    "every",
    "from",
    "skip",
    "times",
    "until",
    "when"
  ],
  "conditions": [
    "after",
    "bar_size",
    "expiry",
    "request",
    "right",
    "strike",
    "symbol",
    "what"
  ],
  "action": [
    "data_kept",
    "delay",
    "drop",
    "error",
    "failure",
    "farm_down",
    "for",
    "link_lost",
    "message",
    "restart",
    "retry_after",
    "rows",
    "slow_accept",
    "status",
    "truncate"
  ]
};
