import type { FailureKind } from '../../core/failure.js';
import type { Right } from '../../core/series.js';
import type { Duration, Instant, LocalDate } from '../../core/time/time.js';

/**
 * What a rehearsed source does, as data: which market it shows, at which time, and what goes wrong when. One language for
 * every simulator and for the synthetic provider; each of them knows its own kinds of requests and does what an action
 * means on its own wire.
 */
export interface Scenario {
  readonly name: string;
  readonly source: ScenarioSource;
  readonly market: ScenarioMarket;
  readonly clock: ScenarioClock;
  /** In the order written; for every occasion all rules that match act, in this order. */
  readonly rules: readonly Rule[];
}

/** Who is rehearsed: decides which requests and actions there are; see `words.ts`. */
export type ScenarioSource = 'tws' | 'kite' | 'synthetic';

/** The market behind it; see `src/market`. */
export interface ScenarioMarket {
  readonly seed: number;
  readonly volatility: number | null;
  readonly basePrices: Readonly<Record<string, number>>;
}

/** The time at the source: the real one, or one that starts somewhere and runs at some speed (1 is real time). */
export interface ScenarioClock {
  readonly start: Instant | null;
  readonly speed: number;
}

/** One thing that happens: what it is about, how often, and what is done. */
export interface Rule {
  readonly match: Match;
  readonly frequency: Frequency;
  readonly action: Action;
}

/** What a rule is about; lists match any of their members, null matches everything. */
export type Match =
  /** A client comes in, or opens a second channel. */
  | { readonly kind: 'connect' }
  /** A request arrives. */
  | {
      readonly kind: 'request';
      /** In the source's own words: `historical`, `contract-details`, `quote` … */
      readonly requests: readonly string[] | null;
      readonly symbols: readonly string[] | null;
      readonly barSizes: readonly string[] | null;
      readonly priceType: readonly string[] | null;
      readonly expiries: readonly LocalDate[] | null;
      readonly strikes: readonly number[] | null;
      readonly rights: readonly Right[] | null;
    }
  /** Nothing arrives: so long after the source has started, and again so often; once when `every` is null. */
  | { readonly kind: 'time'; readonly after: Duration; readonly every: Duration | null };

/**
 * Which of the matching occasions count. An occasion outside the stretch counts for nothing; of those in it the first `skip`
 * pass, then every `every`th is chosen, and of the chosen ones chance decides, until it has happened `times` times.
 * Moments of time are occasions like any other.
 */
export interface Frequency {
  /** Lets this many matching occasions pass first. */
  readonly skip: number;
  /** Of the rest every so manyeth one, the first among them. */
  readonly every: number;
  /** At most this often; null for always. */
  readonly times: number | null;
  /** The chance that it happens when it could, above 0 and at most 1, decided by the market's seed. */
  readonly chance: number;
  /** Only in `[from, until)` after the start; null for ever. */
  readonly from: Duration;
  readonly until: Duration | null;
}

/** What is done. Actions that make no sense at a source, or on an occasion, are errors of the scenario. */
export type Action =
  /** Answers later. Adds to whatever else is done. */
  | { readonly kind: 'delay'; readonly duration: Duration }
  /** Never answers this request. */
  | { readonly kind: 'silence' }
  /** Says that there is nothing, in the source's words. */
  | { readonly kind: 'empty' }
  /** Answers with an error of the source: a number (`162`) or a name (`TokenException`), with its usual text when null. */
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly message: string | null;
      /** HTTP status, where there is such a thing. */
      readonly status: number | null;
    }
  /** Answers only the earliest share of the rows, `0 <= keep < 1`, as if that were all. */
  | { readonly kind: 'truncate'; readonly keepFraction: number }
  /** Says nothing about these instruments as if they did not exist: pairs of a chain, keys of a quote. */
  | { readonly kind: 'unknown' }
  /** Treats the contract as expired. */
  | { readonly kind: 'expired' }
  /** Sends something that is not of the protocol instead of the answer. */
  | { readonly kind: 'garbage' }
  /** Closes the connection; in the middle of the answer when `midMessage`. */
  | { readonly kind: 'drop'; readonly midMessage: boolean }
  /** Leaves the connection open and neither reads nor says anything on it any more. */
  | { readonly kind: 'half-open' }
  /** Refuses to be connected to. */
  | { readonly kind: 'refuse' }
  /** Accepts the connection and begins to talk only after a while. */
  | { readonly kind: 'slow-accept'; readonly duration: Duration }
  /** The whole source goes away and comes back: all connections closed, none accepted in between. */
  | { readonly kind: 'restart'; readonly duration: Duration }
  /** The source loses its own link upstream for a while and says whether subscriptions survived. */
  | { readonly kind: 'link-lost'; readonly duration: Duration; readonly dataKept: boolean }
  /** A data farm goes away for a while; requests for its class stay unanswered meanwhile. */
  | { readonly kind: 'farm-down'; readonly farm: 'historical' | 'market'; readonly duration: Duration }
  /** The login is no longer valid. */
  | { readonly kind: 'logged-out' }
  /** Answers rows of its own instead of the market's, column by name: for the synthetic provider. */
  | { readonly kind: 'rows'; readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[] }
  /** Fails in the house's own words: for the synthetic provider. */
  | {
      readonly kind: 'failure';
      readonly failure: FailureKind;
      readonly message: string;
      readonly retryAfter: Duration | null;
    };

/** Something that happens at a source, to be held against the rules. What does not apply is null. */
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
       * One of several instruments that a request names, which is an occasion for rules that name instruments; the others
       * are held against the request as a whole.
       */
      readonly isPerInstrument?: boolean;
    };

/** Holds occasions against the rules of one scenario; remembers how often each rule has matched. */
export interface ScenarioEngine {
  /** The actions for an occasion that happens `since` the start, in the order of their rules. */
  actionsFor(event: ScenarioEvent, elapsed: Duration): readonly Action[];
  /**
   * Every action that only waits for time, with the moments it falls due, soonest first and then in the order of their
   * rules; endless recurrences are lazy. Every call begins anew.
   */
  timedActions(): Iterable<{ readonly after: Duration; readonly action: Action }>;
}
