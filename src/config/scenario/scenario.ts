import type { MarketAction } from '../../core/market-action.js';
import type { FailureKind } from '../../core/failure.js';
import type { Right } from '../../core/series.js';
import type { Duration, Instant, LocalDate } from '../../core/time/time.js';

/**
 * A simulated source as data: which market it shows, at which time, and which failures occur when. All simulators and the
 * synthetic provider use this language; each defines its own kinds of requests and carries out actions in its own protocol.
 */
export interface Scenario {
  readonly name: string;
  readonly source: ScenarioSource;
  readonly market: ScenarioMarket;
  readonly clock: ScenarioClock;
  /** In file order; every matching rule acts on an event, in this order. */
  readonly rules: readonly Rule[];
}

/** The source that is simulated; `capabilities.ts` has its requests and actions. */
export type ScenarioSource = 'tws' | 'kite' | 'synthetic';

/** Market of the source; see `src/market`. */
export interface ScenarioMarket {
  readonly seed: number;
  readonly volatility: number | null;
  readonly basePrices: Readonly<Record<string, number>>;
  /** Splits, dividends and corrections, by time; absent for none. */
  readonly actions?: readonly MarketAction[];
}

/** Clock of the source: real time if `start` is null; `speed` 1 is real time, 0 stops the clock. */
export interface ScenarioClock {
  readonly start: Instant | null;
  readonly speed: number;
}

/** The events a rule matches, how often it acts, and its action. */
export interface Rule {
  readonly match: Match;
  readonly frequency: Frequency;
  readonly action: Action;
}

/** Events that a rule matches; a list matches any of its members, null matches everything. */
export type Match =
  /** A client connects, or opens a second channel. */
  | { readonly kind: 'connect' }
  /** A request arrives. */
  | {
      readonly kind: 'request';
      /** In the terms of the source: `historical`, `contract-details`, `quote` … */
      readonly requests: readonly string[] | null;
      readonly symbols: readonly string[] | null;
      readonly barSizes: readonly string[] | null;
      readonly priceType: readonly string[] | null;
      readonly expiries: readonly LocalDate[] | null;
      readonly strikes: readonly number[] | null;
      readonly rights: readonly Right[] | null;
    }
  /** A time after the start of the source, repeated at an interval; once if `every` is null. */
  | { readonly kind: 'time'; readonly after: Duration; readonly every: Duration | null };

/**
 * Which of the matching events a rule acts on. Events outside of `[from, until)` are ignored. Of the others, the first `skip`
 * pass; then every Nth (`every`) is selected, and the rule acts on each selected event with probability `chance`, at most
 * `times` times. Times count as events too.
 */
export interface Frequency {
  /** Number of matching events that pass first. */
  readonly skip: number;
  /** Every Nth of the rest, starting with the first. */
  readonly every: number;
  /** Maximum number of actions; null for no limit. */
  readonly times: number | null;
  /** Probability, above 0 and at most 1, drawn from the seed of the market. */
  readonly chance: number;
  /** Start and end of the time range, after the start of the source; the end is exclusive, null for no end. */
  readonly from: Duration;
  readonly until: Duration | null;
}

/** The action of a rule. A scenario with an action that its source does not support is invalid. */
export type Action =
  /** Delays the response, in addition to other actions. */
  | { readonly kind: 'delay'; readonly duration: Duration }
  /** Sends no response. */
  | { readonly kind: 'no-response' }
  /** Responds that there is no data, as the source does. */
  | { readonly kind: 'empty' }
  /** Responds with an error of the source: a number (`162`) or a name (`TokenException`); a null message means its default text. */
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly message: string | null;
      /** HTTP status; null for sources without HTTP and for the default. */
      readonly status: number | null;
    }
  /** Sends only the earliest fraction of the rows, `0 <= keepFraction < 1`, as if the response were complete. */
  | { readonly kind: 'truncate'; readonly keepFraction: number }
  /** Omits the instruments from the response as if they did not exist: pairs of a chain, keys of a quote. */
  | { readonly kind: 'unknown' }
  /** Treats the contract as expired. */
  | { readonly kind: 'expired' }
  /** Sends bytes that violate the protocol instead of the response. */
  | { readonly kind: 'garbage' }
  /** Closes the connection; in the middle of the response if `midMessage`. */
  | { readonly kind: 'drop'; readonly midMessage: boolean }
  /** Keeps the connection open, but no longer reads from it or writes to it. */
  | { readonly kind: 'half-open' }
  /** Refuses the connection. */
  | { readonly kind: 'refuse' }
  /** Accepts the connection and sends the first message after a delay. */
  | { readonly kind: 'slow-accept'; readonly duration: Duration }
  /** Stops the source for a time: closes all connections and accepts none. */
  | { readonly kind: 'restart'; readonly duration: Duration }
  /** The source loses its upstream connection for a time and reports whether subscriptions survived. */
  | { readonly kind: 'upstream-lost'; readonly duration: Duration; readonly dataKept: boolean }
  /** A data farm disconnects for a time; its requests get no response. */
  | { readonly kind: 'farm-down'; readonly farm: 'historical' | 'market'; readonly duration: Duration }
  /** The login is no longer valid. */
  | { readonly kind: 'logged-out' }
  /** Responds with these rows instead of the market's; for the synthetic provider. */
  | { readonly kind: 'rows'; readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[] }
  /** Fails with a failure kind of pipe; for the synthetic provider. */
  | {
      readonly kind: 'failure';
      readonly failure: FailureKind;
      readonly message: string;
      readonly retryAfter: Duration | null;
    };

/** An event at a source, to be matched with the rules. Properties that do not apply are null. */
export type ScenarioEvent =
  | { readonly kind: 'connect' }
  | {
      readonly kind: 'request';
      readonly request: string;
      readonly symbol: string | null;
      readonly barSize: string | null;
      readonly priceType: string | null;
      readonly expiry: LocalDate | null;
      readonly strike: number | null;
      readonly right: Right | null;
      /**
       * One of several instruments of a request: only rules that select instruments match it. Other rules match the request
       * as a whole.
       */
      readonly isPerInstrument?: boolean;
      /** One of several options of a request: only rules that select strikes or rights match it. */
      readonly isPerOption?: boolean;
    };

/** Matches events with the rules of one scenario and counts the matches of each rule. */
export interface ScenarioEngine {
  /** Returns the actions for an event `elapsed` after the start, in the order of their rules. */
  actionsFor(event: ScenarioEvent, elapsed: Duration): readonly Action[];
  /**
   * Iterates over the actions of rules with `after`, by time and then by rule. Endless repetitions are lazy. Every call starts
   * from the beginning.
   */
  timedActions(): Iterable<{ readonly after: Duration; readonly action: Action }>;
}
