// Generated from schemas/scenario.schema.json by scripts/schema.js; do not edit.

/**
 * Events the rule matches: `connect` (a client connects), `request` (any request arrives), a mapping of conditions on the request, or `after` with a time.
 */
export type When = ('connect' | 'request') | Conditions;
/**
 * Kind of request, or a list of kinds. For tws: contract-details, option-parameters, historical, head-timestamp, market-data, real-time-bars, positions, account, executions, orders, time, ids, other. For kite: session, profile, margins, instruments, quote, ohlc, ltp, historical, ticker. For synthetic: contracts, chains, equity_bars, option_bars, history_starts, quotes, option_snapshots.
 */
export type Requests = Request | Request[];
/**
 * Kind of request, in the terms of the source.
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
 * Symbol as the source writes it.
 */
export type Symbol = string;
/**
 * Length of one bar, as in a pipeline.
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
 * Prices that the bars are built from.
 */
export type PriceType = 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
/**
 * Date as year-month-day.
 */
export type Date = string;
/**
 * Strike price.
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
 * Error of the source: a number for tws (`162`), a name for kite (`TokenException`).
 */
export type ErrorCode = number | string;

/**
 * A scenario: which provider is simulated, which market it shows, and which failures occur when.
 */
export interface ScenarioFile {
  /**
   * Name of the scenario: up to 64 letters, digits, spaces, `.`, `-` or `_`, starting with a letter or digit.
   */
  name: string;
  /**
   * One sentence that says what the file is for. Shown to people only.
   */
  description?: string;
  /**
   * Source that is simulated; it determines the available requests and actions. `tws` is the gateway of Interactive Brokers, `kite` is the API of Zerodha Kite, `synthetic` is a provider inside the process.
   */
  source: 'tws' | 'kite' | 'synthetic';
  market?: Market;
  clock?: Clock;
  /**
   * Failures. Every matching rule acts, in file order; an event that matches no rule succeeds.
   */
  rules?: Rule[];
}
/**
 * Market of the source. The same seed gives the same prices, and the same outcome of rules with a `chance`.
 */
export interface Market {
  /**
   * Seed of the random market. Another seed gives another market.
   */
  seed?: number;
  /**
   * Annual volatility of every symbol: 0.2 is 20 %. Default: a different value for every symbol, derived from the seed.
   */
  volatility?: number;
  /**
   * Price levels by symbol. Default: derived from the seed.
   */
  base_price?: {
    /**
     * Price level of the symbol.
     */
    [k: string]: number;
  };
}
/**
 * Clock of the source, which determines the market data it shows. Durations in rules are real time, whatever the clock. Default: the real time.
 */
export interface Clock {
  /**
   * Time at the source when it starts, as ISO 8601 with a zone. Default: now.
   */
  start?: string;
  /**
   * Clock speed: 1 is real time, 0 stops the clock.
   */
  speed?: number;
}
/**
 * One rule: the events it matches, its action, and how often it acts.
 */
export interface Rule {
  when: When;
  do: Do;
  /**
   * Number of matching events that pass before the rule acts.
   */
  skip?: number;
  /**
   * For requests and connections, a count: `10` acts on every tenth matching event, starting with the first. With `after`, a duration: the interval at which the rule acts again.
   */
  every?: number | string;
  /**
   * Maximum number of times the rule acts. Default: no limit; with `after` and without `every`: once.
   */
  times?: number;
  /**
   * Probability that the rule acts on a selected event. It is drawn from the seed of the market, so every run of the scenario has the same outcome.
   */
  chance?: number;
  /**
   * Time after the start before which the rule does not act.
   */
  from?: string;
  /**
   * Time after the start from which the rule no longer acts. Default: no end.
   */
  until?: string;
}
/**
 * Conditions on a request. All conditions must hold; a list matches any of its members. Or the time to wait, with `after`.
 */
export interface Conditions {
  request?: Requests;
  /**
   * Symbol of the request, or a list of symbols.
   */
  symbol?: Symbol | Symbol[];
  /**
   * Length of the requested bars, or a list of lengths.
   */
  bar_size?: BarSize | BarSize[];
  /**
   * Price type of the requested bars, or a list of price types.
   */
  price_type?: PriceType | PriceType[];
  /**
   * Alias of `price_type`: the term of Interactive Brokers (`whatToShow`).
   */
  what?: PriceType | PriceType[];
  /**
   * Expiry of the requested option, or a list of expiries.
   */
  expiry?: Date | Date[];
  /**
   * Strike of the requested option, or a list of strikes.
   */
  strike?: Strike | Strike[];
  /**
   * Right of the requested option: `C` for calls, `P` for puts, or a list.
   */
  right?: Right | Right[];
  /**
   * Time after the start of the source. Takes no conditions on requests.
   */
  after?: string;
}
/**
 * One action with its settings.
 */
export interface Action {
  /**
   * Delays the response. Other actions on the same event act after the delay.
   */
  delay?: string;
  error?: ErrorCode;
  /**
   * Text of an `error` or a `failure`. Default: the source's own text.
   */
  message?: string;
  /**
   * HTTP status of an `error` of kite. Default: the status Kite sends with that error.
   */
  status?: number;
  /**
   * Sends only this fraction of the rows, the earliest, as if the response were complete.
   */
  truncate?: number;
  /**
   * Closes the connection: `now`, or `mid_message` in the middle of a response.
   */
  drop?: 'now' | 'mid_message';
  /**
   * Accepts the connection and sends nothing for this time.
   */
  slow_accept?: string;
  /**
   * Closes every connection, stops the source and starts it again after this time.
   */
  restart?: string;
  /**
   * The source loses its upstream connection for this time; see `data_kept`.
   */
  link_lost?: string;
  /**
   * Whether subscriptions survive the lost upstream connection: the source sends 1102 for true, 1101 for false.
   */
  data_kept?: boolean;
  /**
   * Data farm that disconnects; its requests get no response. Needs `for`.
   */
  farm_down?: 'historical' | 'market';
  /**
   * Duration of a `farm_down`.
   */
  for?: string;
  /**
   * Responds with exactly these rows. For synthetic only.
   *
   * Items: One row: values by column name. Times are milliseconds since 1970 or ISO 8601, dates are `2026-11-20`.
   */
  rows?: {
    /**
     * Value of the column.
     */
    [k: string]: string | number | boolean | null;
  }[];
  /**
   * Fails with a failure kind of pipe. For synthetic only.
   */
  failure?: 'retryable' | 'pacing' | 'denied' | 'unavailable' | 'invalid' | 'fatal';
  /**
   * Time that a `retryable` or `pacing` failure asks the client to wait before the next attempt.
   */
  retry_after?: string;
}

/** Keys of every object of the schema, by its title. */
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
    "price_type",
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
