// Generated from schemas/pipeline.schema.json by scripts/schema.js; do not edit.

/**
 * Other YAML files, relative to this file, whose settings this file extends. Mappings are merged key by key; any other value is replaced as a whole. This file takes precedence over included files, and a later file over an earlier one.
 */
export type Include = Path | Path[];
/**
 * Path, relative to the file that contains it.
 */
export type Path = string;
/**
 * Cron expression with the five fields minute, hour, day of month, month and day of week, or one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
 */
export type Cron = string;
/**
 * Kind of the instrument.
 */
export type Kind = 'stock' | 'etf' | 'index' | 'future';
/**
 * Exchange that requests are routed to. It sets the default calendar and currency: SMART, NYSE, ARCA, AMEX, BATS, CBOE → XNYS, USD; NASDAQ → XNAS, USD; ASX → XASX, AUD; NSE → XNSE, INR; BSE → XBOM, INR. The futures exchanges CME, CBOT, NYMEX and COMEX trade in USD and need a `calendar`.
 */
export type Exchange =
  | 'SMART'
  | 'NYSE'
  | 'ARCA'
  | 'AMEX'
  | 'BATS'
  | 'CBOE'
  | 'NASDAQ'
  | 'ASX'
  | 'NSE'
  | 'BSE'
  | 'CME'
  | 'CBOT'
  | 'NYMEX'
  | 'COMEX';
/**
 * Currency of the prices, as an ISO 4217 code. Default: the currency of the exchange.
 */
export type Currency = string;
/**
 * Order of fetching, from 1 (first) to 9 (last).
 */
export type Priority = number;
/**
 * Length of the bars, or a list of lengths.
 */
export type BarSizes = BarSize | BarSize[];
/**
 * Length of one bar.
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
 * Trading hours: `rth` for regular trading hours only, `all` for every hour the exchange trades.
 */
export type Hours = 'rth' | 'all';
/**
 * Time limit of the step for one symbol, counted from its first request. When it expires, the step fails for that symbol and the next run fetches the missing data. Custom commands have their own limit. Default: no limit.
 */
export type TaskTimeout = string;
/**
 * Ticker as its exchange writes it: 1 to 32 letters A-Z or a-z, digits, spaces and . - _ & / + ^ = : ! # $ @, with at least one letter or digit, at most one slash, no two dots or spaces in a row and no space at either end. Read exactly as written: `0700`, `1E5` and `NO` need no quotes.
 */
export type Symbol = string;
/**
 * Trading calendar (sessions and holidays), as an ISO 10383 code. Default: the calendar of the exchange.
 */
export type Calendar = string;
/**
 * A letter, followed by up to 63 letters, digits, `-` or `_`.
 */
export type Name = string;
/**
 * Steps that run for these symbols; the steps they need are added. Default: all steps.
 *
 * @minItems 1
 */
export type StepNames = Name[];
/**
 * Symbols, each as text, as an entry with settings, or as `{ file: watchlist.csv }`.
 */
export type SymbolList = (Symbol | SymbolEntry)[];
/**
 * Steps that must run first: one name or a list. Every provider step needs contracts; options and snapshots need chains, and equity or quotes.
 */
export type Needs = Name | Name[];
/**
 * Provider of the step: `mock`, `synthetic`, `ib`, `kite`, or `auto` for the provider whose environment variables are set. Default: the pipeline's `provider`.
 */
export type Provider = 'auto' | 'mock' | 'synthetic' | 'ib' | 'kite';
/**
 * Step with a custom name; `uses` sets its type.
 */
export type NamedStep =
  | ContractsStep
  | ChainsStep
  | HistoryStep
  | QuotesStep
  | EquityStep
  | OptionsStep
  | SnapshotsStep
  | OverviewStep
  | SqlStep
  | ExecStep;
/**
 * Request rate: the name of one of the provider's sets of rules, or a section. Default: the provider's own limits.
 */
export type Pacing = ('default' | 'relaxed') | PacingSection;
/**
 * Limit on the request rate. All budgets apply at the same time.
 */
export type Budget = RollingBudget | OpenBudget;
/**
 * Tables whose requests count. Default: all tables.
 *
 * @minItems 1
 *
 * Items: Table of the lake.
 */
export type Datasets = (
  'contracts' | 'chains' | 'equity_bars' | 'option_bars' | 'history_starts' | 'quotes' | 'option_snapshots'
)[];
/**
 * Program and its arguments. No shell interprets them; paths are relative to the working directory.
 *
 * @minItems 1
 *
 * Items: The program, or one argument.
 */
export type Command = string[];
/**
 * Channel that receives notifications.
 */
export type Channel = WebhookChannel | EmailChannel | CommandChannel;

/**
 * A market-data pipeline: which symbols, which steps, from which provider and at which rate.
 */
export interface PipelineFile {
  /**
   * Name of the pipeline in runs, reports and lineage: up to 64 letters, digits, spaces, `.`, `-` or `_`, starting with a letter or digit.
   */
  name: string;
  /**
   * One sentence that says what the file is for. Shown to people only.
   */
  description?: string;
  include?: Include;
  /**
   * Provider of every step that does not set its own. `mock` is an embedded market that needs no account and no network. `synthetic` follows a scenario file. `ib` is Interactive Brokers through its gateway, `kite` is Zerodha Kite. `auto` selects the provider whose environment variables are set; if none are set, it selects `mock` and prints a warning.
   */
  provider?: 'auto' | 'mock' | 'synthetic' | 'ib' | 'kite';
  /**
   * Calendar of every symbol that sets neither `calendar` nor `exchange`, as an ISO 10383 code.
   */
  calendar?: string;
  /**
   * When the pipeline runs: `cron` for times of day, or `every` for a fixed interval. Default: no schedule; the pipeline runs only on request.
   */
  schedule?: {
    cron?: Cron;
    /**
     * IANA time zone of `cron`.
     */
    timezone?: string;
    /**
     * Interval between scheduled runs. With `market_hours: true` it is counted from the open of each session, otherwise from midnight UTC on 1 January 1970.
     */
    every?: string;
    /**
     * Run only during market hours: from the open to the close of every session, including half-days and special sessions. Only with `every`.
     */
    market_hours?: boolean;
    /**
     * Calendar whose sessions `market_hours` follows. Default: the calendar of the symbols; required if they have several.
     */
    calendar?: string;
    /**
     * Number of scheduled runs after which the collector stops scheduling the pipeline. Default: no limit.
     */
    max_cycles?: number;
    /**
     * What the scheduler does about runs it missed, for example while the machine was off: `last` starts one run for all of them, `all` starts one run for each, `none` only reports them. With `market_hours: true` the scheduler catches up only while the session is open.
     */
    catch_up?: 'none' | 'last' | 'all';
    /**
     * What the scheduler does about a run that is due while the previous run is in progress: `skip` reports it, `queue` starts it afterwards.
     */
    overlap?: 'skip' | 'queue';
    /**
     * Longest delay added to the start, so that many pipelines do not start at the same moment. The delay of a pipeline depends only on its name.
     */
    jitter?: string;
  };
  /**
   * Settings of symbols and steps that do not set their own.
   */
  defaults?: {
    /**
     * Settings of every symbol whose entry and group do not set them.
     */
    symbols?: {
      kind?: Kind;
      exchange?: Exchange;
      currency?: Currency;
      priority?: Priority;
    };
    /**
     * Settings of every step that supports them and does not set its own.
     */
    steps?: {
      /**
       * Age at which data is fetched again.
       */
      refresh?: string;
      bar_size?: BarSizes;
      /**
       * Prices that the bars are built from.
       */
      price_type?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
      /**
       * Alias of `price_type`: the term of Interactive Brokers (`whatToShow`).
       */
      what?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
      hours?: Hours;
      /**
       * How much history to fetch, counted back from the last finished session: days (`90d`), weeks (`2w`), months (`6mo`), years (`1y`) or trading days (`250 sessions`).
       */
      lookback?: string;
      /**
       * How long after the close the provider may still revise bars. Bars fetched earlier are provisional and are fetched again after it. Default: the provider's own window.
       */
      revision_window?: string;
      timeout?: TaskTimeout;
    };
  };
  symbols?: SymbolList;
  /**
   * Named lists of symbols that share settings. A symbol may be in several groups.
   */
  groups?: {
    [k: string]: Group;
  };
  steps: Steps;
  pacing?: Pacing;
  retry?: Retry;
  breaker?: Breaker;
  parallel?: Parallel;
  analytics?: Analytics;
  /**
   * Settings of each provider.
   */
  providers?: {
    mock?: Mock;
    synthetic?: Synthetic;
    ib?: Ib;
    kite?: Kite;
  };
  /**
   * How long run records are retained, and where OpenLineage events are sent.
   */
  lineage?: {
    /**
     * How long the records of this pipeline's runs are retained, at least `1d`. The lineage of rows stays in the lake. Default: forever.
     */
    retention?: string;
    /**
     * URL of an OpenLineage endpoint that receives every event by HTTP POST. Default: events are written to the lineage folder only.
     */
    endpoint?: string;
  };
  /**
   * Names of this pipeline's Prometheus metrics.
   */
  metrics?: {
    /**
     * Prefix of the metric names.
     */
    prefix?: string;
    /**
     * Name of the label that holds the symbol.
     */
    symbol_label?: string;
  };
  /**
   * Log file with one JSON object a line and rotation. It does not change the terminal output. Default: no log file.
   */
  logs?: {
    /**
     * Path of the log file, relative to the working directory.
     */
    file?: string;
    /**
     * Lowest level that is logged. `debug` includes every call to a provider; `--debug` selects it for one run.
     */
    level?: 'debug' | 'info' | 'warn' | 'error';
    /**
     * Size at which the log file is rotated.
     */
    max_size?: string;
    /**
     * Number of rotated files to keep; the oldest is deleted first.
     */
    max_files?: number;
  };
  /**
   * Commands that run on events of a run, with the event as JSON on standard input. A command that fails is a warning; only a `required` hook of `before_run` fails the run.
   */
  hooks?: {
    /**
     * Run before the first request. The run waits for the commands.
     *
     * @minItems 1
     */
    before_run?: GateHook[];
    /**
     * Run after planning, if there is anything to fetch. The run waits for the commands.
     *
     * @minItems 1
     */
    before_fetch?: TaskHook[];
    /**
     * Run after every commit, when the rows can be read.
     *
     * @minItems 1
     */
    after_store?: TaskHook[];
    /**
     * Run when a run ends as `failed` or `partial`.
     *
     * @minItems 1
     */
    on_failure?: TaskHook[];
    /**
     * Run when a run has ended, with its report, whatever its status.
     *
     * @minItems 1
     */
    on_cycle_complete?: Hook[];
    /**
     * Number of commands that run at the same time.
     */
    parallel?: number;
  };
  /**
   * Alert rules and the channels that receive notifications. Default: no alerts.
   */
  alerts?: {
    /**
     * Channels that receive notifications, by name.
     */
    channels?: {
      [k: string]: Channel;
    };
    /**
     * Alert rules. Default: one rule for every alert, with its default settings.
     *
     * @minItems 1
     */
    rules?: AlertRule[];
    /**
     * Minimum time between two notifications of the same alert, whether it keeps firing or fires again.
     */
    repeat_after?: string;
  };
  /**
   * JSON files for dashboards, replaced after every run: `status.json` and the files it names. Default: none.
   */
  panels?: {
    /**
     * Folder of the files, relative to the working directory. Every pipeline needs a separate folder.
     */
    folder?: string;
  };
}
/**
 * One symbol with its settings, or a CSV file of symbols with the settings of all its rows.
 */
export interface SymbolEntry {
  symbol?: Symbol;
  /**
   * CSV file with the header `symbol[,kind,exchange,currency,calendar,priority]`, relative to this file.
   */
  file?: string;
  kind?: Kind;
  exchange?: Exchange;
  currency?: Currency;
  calendar?: Calendar;
  priority?: Priority;
  steps?: StepNames;
}
/**
 * Symbols that share settings. A setting of an entry takes precedence over the group's.
 */
export interface Group {
  symbols: SymbolList;
  kind?: Kind;
  exchange?: Exchange;
  currency?: Currency;
  calendar?: Calendar;
  priority?: Priority;
  steps?: StepNames;
}
/**
 * Steps that fetch or compute data, by name. A step named `contracts`, `chains`, `history`, `quotes`, `equity`, `options`, `snapshots` or `overview` has that type; a step with any other name sets its type with `uses`, which may also be `sql` or `exec`.
 */
export interface Steps {
  contracts?: ContractsStep;
  chains?: ChainsStep;
  history?: HistoryStep;
  quotes?: QuotesStep;
  equity?: EquityStep;
  options?: OptionsStep;
  snapshots?: SnapshotsStep;
  overview?: OverviewStep;
  [k: string]:
    | NamedStep
    | ContractsStep
    | ChainsStep
    | HistoryStep
    | QuotesStep
    | EquityStep
    | OptionsStep
    | SnapshotsStep
    | OverviewStep
    | undefined;
}
/**
 * Looks up the contract details of each symbol.
 */
export interface ContractsStep {
  /**
   * Type of the step. May be omitted if the step is named `contracts`.
   */
  uses?: 'contracts';
  needs?: Needs;
  provider?: Provider;
  /**
   * Age at which data is fetched again.
   */
  refresh?: string;
  timeout?: TaskTimeout;
}
/**
 * Takes a snapshot of the listed options of each symbol. Needs a contracts step.
 */
export interface ChainsStep {
  /**
   * Type of the step. May be omitted if the step is named `chains`.
   */
  uses?: 'chains';
  needs?: Needs;
  provider?: Provider;
  /**
   * Age at which data is fetched again.
   */
  refresh?: string;
  timeout?: TaskTimeout;
}
/**
 * Looks up when the history of each symbol begins, so that earlier bars are never requested. Needs a contracts step; list it in the `needs` of the bar steps.
 */
export interface HistoryStep {
  /**
   * Type of the step. May be omitted if the step is named `history`.
   */
  uses?: 'history';
  needs?: Needs;
  provider?: Provider;
  /**
   * Age at which data is fetched again.
   */
  refresh?: string;
  /**
   * Prices that the bars are built from.
   */
  price_type?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
  /**
   * Alias of `price_type`: the term of Interactive Brokers (`whatToShow`).
   */
  what?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
  hours?: Hours;
  timeout?: TaskTimeout;
}
/**
 * Takes a snapshot of the quote of each symbol, for example the VIX. Needs a contracts step.
 */
export interface QuotesStep {
  /**
   * Type of the step. May be omitted if the step is named `quotes`.
   */
  uses?: 'quotes';
  needs?: Needs;
  provider?: Provider;
  /**
   * Age at which the snapshot is taken again. Default: `5m`, or half the shortest interval of the schedule if that is less, so that every scheduled run takes one.
   */
  refresh?: string;
  timeout?: TaskTimeout;
}
/**
 * Fetches bars of the symbols themselves. Needs a contracts step.
 */
export interface EquityStep {
  /**
   * Type of the step. May be omitted if the step is named `equity`.
   */
  uses?: 'equity';
  needs?: Needs;
  provider?: Provider;
  bar_size?: BarSizes;
  /**
   * Prices that the bars are built from.
   */
  price_type?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
  /**
   * Alias of `price_type`: the term of Interactive Brokers (`whatToShow`).
   */
  what?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
  hours?: Hours;
  /**
   * How much history to fetch, counted back from the last finished session: days (`90d`), weeks (`2w`), months (`6mo`), years (`1y`) or trading days (`250 sessions`).
   */
  lookback?: string;
  /**
   * First date to fetch. Replaces `lookback`.
   */
  from?: string;
  /**
   * Last date to fetch, inclusive. Default: the last finished session.
   */
  to?: string;
  /**
   * How long after the close the provider may still revise bars. Bars fetched earlier are provisional and are fetched again after it. Default: the provider's own window.
   */
  revision_window?: string;
  timeout?: TaskTimeout;
}
/**
 * Fetches bars of the options around the money. Needs a chains step, and an equity or a quotes step.
 */
export interface OptionsStep {
  /**
   * Type of the step. May be omitted if the step is named `options`.
   */
  uses?: 'options';
  needs?: Needs;
  provider?: Provider;
  bar_size?: BarSizes;
  /**
   * Prices that the bars are built from.
   */
  price_type?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
  /**
   * Alias of `price_type`: the term of Interactive Brokers (`whatToShow`).
   */
  what?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
  hours?: Hours;
  /**
   * How much history to fetch, counted back from the last finished session: days (`90d`), weeks (`2w`), months (`6mo`), years (`1y`) or trading days (`250 sessions`).
   */
  lookback?: string;
  /**
   * First date to fetch. Replaces `lookback`.
   */
  from?: string;
  /**
   * Last date to fetch, inclusive. Default: the last finished session.
   */
  to?: string;
  /**
   * How long after the close the provider may still revise bars. Bars fetched earlier are provisional and are fetched again after it. Default: the provider's own window.
   */
  revision_window?: string;
  /**
   * Number of strikes on each side of the strike nearest to the money; 0 selects that strike only.
   */
  strikes?: number;
  /**
   * Widen the range of strikes while volatility is high: `strikes` is multiplied by the ratio of 20-session to one-year realized volatility, up to 2. Needs daily bars of the symbol.
   */
  adaptive_strikes?: boolean;
  /**
   * Number of expiries, nearest first.
   */
  expiries?: number;
  /**
   * Calls, puts or both.
   *
   * @minItems 1
   *
   * Items: `C` for calls, `P` for puts.
   */
  rights?: ('C' | 'P')[];
  timeout?: TaskTimeout;
}
/**
 * Takes a snapshot of the options around the money: quotes, open interest and Greeks. Needs a chains step, and an equity or a quotes step.
 */
export interface SnapshotsStep {
  /**
   * Type of the step. May be omitted if the step is named `snapshots`.
   */
  uses?: 'snapshots';
  needs?: Needs;
  provider?: Provider;
  /**
   * Age at which the snapshot is taken again. Default: `5m`, or half the shortest interval of the schedule if that is less, so that every scheduled run takes one.
   */
  refresh?: string;
  /**
   * Number of strikes on each side of the strike nearest to the money; 0 selects that strike only.
   */
  strikes?: number;
  /**
   * Widen the range of strikes while volatility is high: `strikes` is multiplied by the ratio of 20-session to one-year realized volatility, up to 2. Needs daily bars of the symbol.
   */
  adaptive_strikes?: boolean;
  /**
   * Number of expiries, nearest first.
   */
  expiries?: number;
  /**
   * Calls, puts or both.
   *
   * @minItems 1
   *
   * Items: `C` for calls, `P` for puts.
   */
  rights?: ('C' | 'P')[];
  timeout?: TaskTimeout;
}
/**
 * Computes aggregates of each symbol's options: put/call ratios, at-the-money volatility with its rank, breadth and trend. Sends no requests. Needs a snapshots step and uses its provider.
 */
export interface OverviewStep {
  /**
   * Type of the step. May be omitted if the step is named `overview`.
   */
  uses?: 'overview';
  needs?: Needs;
}
/**
 * Computes a custom table from tables of the lake with a DuckDB SQL statement. Runs once for the whole pipeline, whenever rows of a table it reads have changed.
 */
export interface SqlStep {
  /**
   * Type of the step.
   */
  uses: 'sql';
  needs?: Needs;
  /**
   * SELECT, WITH or FROM statement over the tables of the lake. The columns of the result become the columns of the table.
   */
  query?: string;
  /**
   * File that contains the statement, relative to this file. Replaces `query`.
   */
  file?: string;
  /**
   * Name of the table. Default: the name of the step.
   */
  dataset?: string;
}
/**
 * Runs a custom command without a shell. Runs once for the whole pipeline, whenever rows of a table it depends on have changed.
 */
export interface ExecStep {
  /**
   * Type of the step.
   */
  uses: 'exec';
  needs?: Needs;
  /**
   * Program and its arguments. `{input}` and `{output}` in an argument are replaced by the paths of the files. The working directory is the folder of the pipeline.
   *
   * @minItems 1
   * @maxItems 1000
   *
   * Items: One argument, passed without change.
   */
  command: string[];
  /**
   * Table that is exported to a file before the command runs; its path replaces `{input}`.
   */
  input?: {
    /**
     * Table of the lake.
     */
    dataset: string;
    /**
     * Format of the file; `json` is a list of objects.
     */
    format?: 'parquet' | 'csv' | 'json';
  };
  /**
   * Table that is loaded from the file at `{output}` when the command has succeeded.
   */
  output?: {
    /**
     * Name of the table. Default: the name of the step.
     */
    dataset?: string;
    /**
     * Format of the file; `json` is a list of objects.
     */
    format?: 'parquet' | 'csv' | 'json';
  };
  /**
   * Time limit of the command. When it expires, the command and its child processes are killed.
   */
  timeout?: string;
  /**
   * Environment variables of the command besides PATH, HOME, TMPDIR and LANG. No other variables are passed.
   */
  env?: {
    /**
     * Value of the variable.
     */
    [k: string]: string;
  };
}
/**
 * Request rate. Default: the provider's own limits.
 */
export interface PacingSection {
  /**
   * Which of the provider's sets of budgets applies. `relaxed` lifts the limits that a provider documents only for short bars: for `ib`, bars of one minute and longer are then limited to 50 open requests and a soft rate.
   */
  rules?: 'default' | 'relaxed';
  /**
   * Budgets that replace the provider's own. All of them apply at the same time.
   *
   * @minItems 1
   */
  budgets?: Budget[];
  /**
   * Maximum number of requests in flight. Default: the provider's own limit.
   */
  concurrency?: number;
}
/**
 * At most `limit` requests, counted by weight, in any rolling `window`.
 */
export interface RollingBudget {
  /**
   * Name of the budget in plans and reports.
   */
  name: string;
  /**
   * Counts requests over a rolling window.
   */
  kind: 'rolling';
  /**
   * Total weight allowed in any window.
   */
  limit: number;
  /**
   * Length of the rolling window.
   */
  window: string;
  /**
   * Requests that share the budget: all requests of an `account`, those for one `contract`, `identical` requests, or those of one `connection`.
   */
  scope?: 'account' | 'contract' | 'identical' | 'connection';
  datasets?: Datasets;
  /**
   * Cost of one request by price type. Default: 1.
   */
  weights?: {
    /**
     * Cost of one TRADES request.
     */
    TRADES?: number;
    /**
     * Cost of one MIDPOINT request.
     */
    MIDPOINT?: number;
    /**
     * Cost of one BID request.
     */
    BID?: number;
    /**
     * Cost of one ASK request.
     */
    ASK?: number;
    /**
     * Cost of one BID_ASK request.
     */
    BID_ASK?: number;
  };
  /**
   * Bar sizes that count; with this setting the budget counts requests for bars only. Default: all requests count.
   *
   * @minItems 1
   */
  bar_sizes?: BarSize[];
  /**
   * Safety margin added to the window, because the provider measures arrivals with its own clock. Default: 0.5 % of the window, at most `250ms`.
   */
  margin?: string;
}
/**
 * At most `limit` requests in flight.
 */
export interface OpenBudget {
  /**
   * Name of the budget in plans and reports.
   */
  name: string;
  /**
   * Counts requests in flight.
   */
  kind: 'open';
  /**
   * Number of requests that may be in flight.
   */
  limit: number;
  /**
   * Requests that share the budget: all requests of an `account`, those for one `contract`, `identical` requests, or those of one `connection`.
   */
  scope?: 'account' | 'contract' | 'identical' | 'connection';
  datasets?: Datasets;
  /**
   * Bar sizes that count; with this setting the budget counts requests for bars only. Default: all requests count.
   *
   * @minItems 1
   */
  bar_sizes?: BarSize[];
}
/**
 * Retries of requests that failed with a transient error.
 */
export interface Retry {
  /**
   * Maximum number of attempts, including the first.
   */
  attempts?: number;
  /**
   * Delay before the second attempt. It doubles after every attempt.
   */
  delay?: string;
  /**
   * Maximum delay between attempts.
   */
  max_delay?: string;
  /**
   * Time limit of one attempt.
   */
  timeout?: string;
}
/**
 * Circuit breakers. Both settings apply to one breaker per provider and to one per symbol of a provider.
 */
export interface Breaker {
  /**
   * Consecutive failures after which the circuit opens.
   */
  threshold?: number;
  /**
   * How long the circuit stays open. The first request afterwards is a probe that closes or reopens it.
   */
  cooldown?: string;
}
/**
 * Limits on concurrent symbols. Default: all symbols at the same time, ordered by pacing.
 */
export interface Parallel {
  /**
   * Maximum number of symbols in progress at the same time.
   */
  max_symbols?: number;
  /**
   * Time limit of all tasks of one symbol together. When it expires, the remaining tasks fail and the next run fetches the missing data. Default: no limit.
   */
  timeout?: string;
}
/**
 * Inputs of implied volatilities, Greeks and overviews that no provider supplies.
 */
export interface Analytics {
  /**
   * Annual risk-free interest rate, continuously compounded: 0.04 is 4 %.
   */
  rate?: number;
  /**
   * Annual dividend yields by symbol, continuously compounded. Default: 0.
   */
  dividend_yield?: {
    /**
     * Annual dividend yield, continuously compounded: 0.013 is 1.3 %.
     */
    [k: string]: number;
  };
  /**
   * Exercise styles by symbol. Default: European for options on indices and for all Indian options, American for all others.
   */
  exercise?: {
    /**
     * `american` options can be exercised at any time, `european` options at expiry only.
     */
    [k: string]: 'american' | 'european';
  };
  /**
   * Symbol whose quote is the volatility of the market. Default: `INDIA VIX` for Indian symbols, `VIX` for all others.
   */
  volatility_index?: string;
  /**
   * Number of sessions, including the current one, over which volatility rank and percentile are computed.
   */
  rank_days?: number;
}
/**
 * Embedded market. The same seed gives the same prices.
 */
export interface Mock {
  /**
   * Seed of the random market. Another seed gives another market.
   */
  seed?: number;
  /**
   * Delay of every response.
   */
  delay?: string;
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
 * Programmable provider: the embedded market with the failures of a scenario file.
 */
export interface Synthetic {
  /**
   * Scenario file, relative to this file. Default: no failures.
   */
  scenario?: string;
}
/**
 * Connection to TWS or IB Gateway of Interactive Brokers. The environment variables IB_HOST, IB_PORT and IB_CLIENT_ID take precedence over these settings.
 */
export interface Ib {
  /**
   * Host of the gateway.
   */
  host?: string;
  /**
   * API port of the gateway: in TWS 7496 (live) or 7497 (paper), in IB Gateway 4001 (live) or 4002 (paper).
   */
  port?: number;
  /**
   * Client id of the connection. If it is in use, the next ids are tried.
   */
  client_id?: number;
  /**
   * Account that must be logged in at the gateway, so that a run never uses another one. Default: any account.
   */
  account?: string;
  /**
   * Market data type: `live`, `frozen` (last values of the session when the market is closed), `delayed` or `delayed-frozen`.
   */
  market_data_type?: 'live' | 'frozen' | 'delayed' | 'delayed-frozen';
  /**
   * Accept delayed data, marked as delayed, where the account has no subscription to live data.
   */
  allow_delayed?: boolean;
}
/**
 * Connection to Zerodha Kite. Credentials come from the environment (KITE_API_KEY, KITE_API_SECRET, KITE_ACCESS_TOKEN) or from `pipe login kite`, never from this file.
 */
export interface Kite {
  /**
   * Base URL of the Kite API. Set it to use a simulator, such as `pipe simulate kite`.
   */
  base_url?: string;
  /**
   * Age at which the list of instruments is fetched again.
   */
  instruments_max_age?: string;
  /**
   * Total request rate in requests per second. Kite's own limits apply as well.
   */
  requests_per_second?: number;
}
/**
 * Command that runs before a run.
 */
export interface GateHook {
  command: Command;
  /**
   * Time limit of the command. When it expires, the command is killed.
   */
  timeout?: string;
  /**
   * Whether a failure of the command ends the run before the first request.
   */
  required?: boolean;
}
/**
 * Command that runs once for a run or once for each task.
 */
export interface TaskHook {
  command: Command;
  /**
   * Time limit of the command. When it expires, the command is killed.
   */
  timeout?: string;
  /**
   * `run` runs the command once for the run (for `after_store`: for the commit). `task` runs it once for every step of every symbol; the run does not wait for it.
   */
  each?: 'run' | 'task';
}
/**
 * Command that runs on an event, with the event as JSON on standard input. A command that fails is a warning.
 */
export interface Hook {
  command: Command;
  /**
   * Time limit of the command. When it expires, the command is killed.
   */
  timeout?: string;
}
/**
 * Sends notifications as JSON by HTTP POST.
 */
export interface WebhookChannel {
  /**
   * Sends notifications as JSON by HTTP POST.
   */
  kind: 'webhook';
  /**
   * URL of the webhook. It is a secret: set it as `${VARIABLE}`. It is redacted in all output.
   */
  url: string;
  /**
   * `slack` for Slack, Mattermost and compatible services; `json` for the notification as a document.
   */
  format?: 'slack' | 'json';
}
/**
 * Sends notifications by email over SMTP.
 */
export interface EmailChannel {
  /**
   * Sends notifications by email over SMTP.
   */
  kind: 'email';
  /**
   * Host of the SMTP server.
   */
  host: string;
  /**
   * Port of the SMTP server. Default: 587 for `starttls`, 465 for `tls`, 25 for `none`.
   */
  port?: number;
  /**
   * Encryption of the connection: `starttls` requires an upgrade to TLS, `tls` uses TLS from the start, `none` is unencrypted.
   */
  security?: 'starttls' | 'tls' | 'none';
  /**
   * User name of the login. Default: no login.
   */
  user?: string;
  /**
   * Password of the login. Set it as `${VARIABLE}`. It is redacted in all output.
   */
  password?: string;
  /**
   * Sender address.
   */
  from: string;
  /**
   * Recipient addresses.
   *
   * @minItems 1
   *
   * Items: Recipient address.
   */
  to: string[];
}
/**
 * Runs a command with the notification as JSON on standard input.
 */
export interface CommandChannel {
  /**
   * Runs a command.
   */
  kind: 'command';
  command: Command;
  /**
   * Time limit of the command. When it expires, the command is killed.
   */
  timeout?: string;
}
/**
 * Condition that fires an alert, and the channels that receive it.
 */
export interface AlertRule {
  /**
   * Alert that the rule watches: a task with missing prerequisites, a corrupted table, an open circuit breaker, stale option chains, equity bars that could not be fetched, a failed task, an error rate, a failed run or an unusable provider, a missed scheduled run.
   */
  on:
    | 'prerequisite_violation'
    | 'data_integrity_failure'
    | 'api_circuit_breaker_open'
    | 'stale_option_chains'
    | 'missing_equity_data'
    | 'task_failed'
    | 'error_rate'
    | 'run_failed'
    | 'run_missed';
  /**
   * Severity of the alert. Default: `warning` for `error_rate`, `critical` for all others.
   */
  severity?: 'info' | 'warning' | 'critical';
  /**
   * Channels that receive the alert. Default: all channels.
   *
   * @minItems 1
   */
  channels?: Name[];
  /**
   * Minimum time between two notifications of this alert. Default: `alerts.repeat_after`.
   */
  repeat_after?: string;
  /**
   * For `error_rate`: percentage of failed responses above which the alert fires.
   */
  threshold?: number;
  /**
   * For `error_rate`: minimum number of responses before the rate is evaluated.
   */
  min_samples?: number;
  /**
   * For `stale_option_chains`: age at which chains are stale (default `24h`). For `run_missed`: how late a scheduled run may start (default `10m`).
   */
  max_age?: string;
}

/** Keys of every object of the schema, by its title. */
export const schemaKeys: Readonly<Record<string, readonly string[]>> = {
  "pipeline": [
    "alerts",
    "analytics",
    "breaker",
    "calendar",
    "defaults",
    "description",
    "groups",
    "hooks",
    "include",
    "lineage",
    "logs",
    "metrics",
    "name",
    "pacing",
    "panels",
    "parallel",
    "provider",
    "providers",
    "retry",
    "schedule",
    "steps",
    "symbols"
  ],
  "schedule": [
    "calendar",
    "catch_up",
    "cron",
    "every",
    "jitter",
    "market_hours",
    "max_cycles",
    "overlap",
    "timezone"
  ],
  "defaults section": [
    "steps",
    "symbols"
  ],
  "defaults for symbols": [
    "currency",
    "exchange",
    "kind",
    "priority"
  ],
  "defaults for steps": [
    "bar_size",
    "hours",
    "lookback",
    "price_type",
    "refresh",
    "revision_window",
    "timeout",
    "what"
  ],
  "providers section": [
    "ib",
    "kite",
    "mock",
    "synthetic"
  ],
  "lineage section": [
    "endpoint",
    "retention"
  ],
  "metrics section": [
    "prefix",
    "symbol_label"
  ],
  "logs section": [
    "file",
    "level",
    "max_files",
    "max_size"
  ],
  "hooks section": [
    "after_store",
    "before_fetch",
    "before_run",
    "on_cycle_complete",
    "on_failure",
    "parallel"
  ],
  "alerts section": [
    "channels",
    "repeat_after",
    "rules"
  ],
  "panels section": [
    "folder"
  ],
  "symbol entry": [
    "calendar",
    "currency",
    "exchange",
    "file",
    "kind",
    "priority",
    "steps",
    "symbol"
  ],
  "group": [
    "calendar",
    "currency",
    "exchange",
    "kind",
    "priority",
    "steps",
    "symbols"
  ],
  "contracts step": [
    "needs",
    "provider",
    "refresh",
    "timeout",
    "uses"
  ],
  "chains step": [
    "needs",
    "provider",
    "refresh",
    "timeout",
    "uses"
  ],
  "history step": [
    "hours",
    "needs",
    "price_type",
    "provider",
    "refresh",
    "timeout",
    "uses",
    "what"
  ],
  "quotes step": [
    "needs",
    "provider",
    "refresh",
    "timeout",
    "uses"
  ],
  "equity step": [
    "bar_size",
    "from",
    "hours",
    "lookback",
    "needs",
    "price_type",
    "provider",
    "revision_window",
    "timeout",
    "to",
    "uses",
    "what"
  ],
  "options step": [
    "adaptive_strikes",
    "bar_size",
    "expiries",
    "from",
    "hours",
    "lookback",
    "needs",
    "price_type",
    "provider",
    "revision_window",
    "rights",
    "strikes",
    "timeout",
    "to",
    "uses",
    "what"
  ],
  "snapshots step": [
    "adaptive_strikes",
    "expiries",
    "needs",
    "provider",
    "refresh",
    "rights",
    "strikes",
    "timeout",
    "uses"
  ],
  "overview step": [
    "needs",
    "uses"
  ],
  "sql step": [
    "dataset",
    "file",
    "needs",
    "query",
    "uses"
  ],
  "exec step": [
    "command",
    "env",
    "input",
    "needs",
    "output",
    "timeout",
    "uses"
  ],
  "input": [
    "dataset",
    "format"
  ],
  "output": [
    "dataset",
    "format"
  ],
  "steps": [
    "chains",
    "contracts",
    "equity",
    "history",
    "options",
    "overview",
    "quotes",
    "snapshots"
  ],
  "rolling budget": [
    "bar_sizes",
    "datasets",
    "kind",
    "limit",
    "margin",
    "name",
    "scope",
    "weights",
    "window"
  ],
  "weights": [
    "ASK",
    "BID",
    "BID_ASK",
    "MIDPOINT",
    "TRADES"
  ],
  "open budget": [
    "bar_sizes",
    "datasets",
    "kind",
    "limit",
    "name",
    "scope"
  ],
  "pacing section": [
    "budgets",
    "concurrency",
    "rules"
  ],
  "retry section": [
    "attempts",
    "delay",
    "max_delay",
    "timeout"
  ],
  "breaker section": [
    "cooldown",
    "threshold"
  ],
  "analytics section": [
    "dividend_yield",
    "exercise",
    "rank_days",
    "rate",
    "volatility_index"
  ],
  "parallel section": [
    "max_symbols",
    "timeout"
  ],
  "mock section": [
    "base_price",
    "delay",
    "seed",
    "volatility"
  ],
  "synthetic section": [
    "scenario"
  ],
  "ib section": [
    "account",
    "allow_delayed",
    "client_id",
    "host",
    "market_data_type",
    "port"
  ],
  "kite section": [
    "base_url",
    "instruments_max_age",
    "requests_per_second"
  ],
  "hook": [
    "command",
    "timeout"
  ],
  "hook before a run": [
    "command",
    "required",
    "timeout"
  ],
  "hook of tasks": [
    "command",
    "each",
    "timeout"
  ],
  "webhook channel": [
    "format",
    "kind",
    "url"
  ],
  "email channel": [
    "from",
    "host",
    "kind",
    "password",
    "port",
    "security",
    "to",
    "user"
  ],
  "command channel": [
    "command",
    "kind",
    "timeout"
  ],
  "alert rule": [
    "channels",
    "max_age",
    "min_samples",
    "on",
    "repeat_after",
    "severity",
    "threshold"
  ]
};
