// Generated from schemas/pipeline.schema.json by `npm run schema`; change that file and run it again.

/**
 * Other YAML files, relative to this one, merged under it: mappings key by key, everything else as a whole, and what this file says wins. Of several files a later one wins over an earlier one.
 */
export type Include = Path | Path[];
/**
 * A path, relative to the file that names it.
 */
export type Path = string;
/**
 * Minute, hour, day of month, month, day of week; or one of @hourly, @daily, @weekly, @monthly, @yearly.
 */
export type Cron = string;
/**
 * What the symbol names.
 */
export type Kind = 'stock' | 'etf' | 'index' | 'future';
/**
 * Where requests are routed, in the source's words. Decides the calendar and the currency when they are not said: SMART, NYSE, ARCA, AMEX, BATS, CBOE → XNYS, USD; NASDAQ → XNAS, USD; ASX → XASX, AUD; NSE → XNSE, INR; BSE → XBOM, INR. The futures exchanges CME, CBOT, NYMEX and COMEX trade in USD and need a `calendar`.
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
 * The currency of the prices, as its three-letter ISO 4217 code. By default the currency of the exchange.
 */
export type Currency = string;
/**
 * Symbols of priority 1 are fetched first.
 */
export type Priority = number;
/**
 * The length of one bar, or a list of lengths.
 */
export type BarSizes = BarSize | BarSize[];
/**
 * The length of one bar.
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
 * Whether only regular trading hours count (`rth`), or everything the exchange trades (`all`).
 */
export type Hours = 'rth' | 'all';
/**
 * How long the step may take for one symbol, from its first request on: what waits for its turn before that loses no time. Then it is given up, and the next run asks again for what is missing. By default as long as it takes. Commands of one's own have a limit of their own.
 */
export type TaskTimeout = string;
/**
 * A ticker as its exchange writes it: 1 to 32 of the letters A-Z and a-z, digits, space and . - _ & / + ^ = : ! # $ @ with at least one letter or digit, at most one slash, no two dots or spaces in a row and no space at either end. Taken exactly as written: `0700`, `1E5` and `NO` need no quotes.
 */
export type Symbol = string;
/**
 * Whose sessions and holidays count, as the exchange's ISO 10383 code. By default the calendar of the exchange.
 */
export type Calendar = string;
/**
 * A letter, then up to 63 letters, digits, `-` or `_`.
 */
export type Name = string;
/**
 * The steps its symbols take part in; the steps that those need come by themselves. All steps when left out.
 *
 * @minItems 1
 */
export type StepNames = Name[];
/**
 * Symbols: as text, as an entry with settings, or as `{file: watchlist.csv}`.
 */
export type SymbolList = (Symbol | SymbolEntry)[];
/**
 * The steps that have to come first: one name, or a list. Everything needs contracts first; options and snapshots need chains, and equity or quotes.
 */
export type Needs = Name | Name[];
/**
 * The source that answers: `mock`, `synthetic`, `ib`, `kite`, or `auto` for what the environment is set up for.
 */
export type Provider = 'auto' | 'mock' | 'synthetic' | 'ib' | 'kite';
/**
 * A step under a name of its own: `uses` says of which type it is.
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
 * How fast the source may be asked: the name of one of the provider's sets of rules, or a section. Left out, the provider's own limits hold.
 */
export type Pacing = ('default' | 'relaxed') | PacingSection;
/**
 * How fast a source may be asked; all budgets apply at once.
 */
export type Budget = RollingBudget | OpenBudget;
/**
 * Which tables' requests count; all of them when left out.
 *
 * @minItems 1
 *
 * Items: A table of the lake.
 */
export type Datasets = (
  'contracts' | 'chains' | 'equity_bars' | 'option_bars' | 'history_starts' | 'quotes' | 'option_snapshots'
)[];
/**
 * A program and its arguments. No shell reads them; a path is taken from the folder that pipe is called in.
 *
 * @minItems 1
 *
 * Items: The program, or one argument.
 */
export type Command = string[];
/**
 * A way to reach people.
 */
export type Channel = WebhookChannel | EmailChannel | CommandChannel;

/**
 * A market-data pipeline of pipe: which symbols, which steps, how fast, and from where.
 */
export interface PipelineFile {
  /**
   * What the pipeline is called in runs, reports and lineage: up to 64 letters, digits, spaces, `.`, `-` or `_`.
   */
  name: string;
  /**
   * One sentence for the people who read it.
   */
  description?: string;
  include?: Include;
  /**
   * The source of every step that names no other. `mock` is an embedded market: no account, no network. `synthetic` does what a scenario file says. `ib` is Interactive Brokers through its gateway, `kite` is Zerodha Kite. `auto` takes what the environment is set up for, and `mock`, with a warning, when it is set up for nothing.
   */
  provider?: 'auto' | 'mock' | 'synthetic' | 'ib' | 'kite';
  /**
   * The calendar of every symbol that names neither a calendar nor an exchange of its own.
   */
  calendar?: string;
  /**
   * When the pipeline is due: `cron` for times of the day, or `every` for cycles.
   */
  schedule?: {
    cron?: Cron;
    /**
     * The IANA time zone that the cron line is read in.
     */
    timezone?: string;
    /**
     * The time from one cycle to the next: counted from the open of each session with `during: market`, else in step with the full hours and days of UTC.
     */
    every?: string;
    /**
     * Of cycles: `market` waits for the open and ends at the close of every session, half-days and special sessions among them.
     */
    during?: 'always' | 'market';
    /**
     * Whose market hours hold for `during: market`. By default the calendar of the symbols, where it is one.
     */
    calendar?: string;
    /**
     * How many cycles a collector starts before it has done with the pipeline. By default it goes on.
     */
    max_cycles?: number;
    /**
     * What becomes of due times that passed while nothing could run: `last` runs once for all of them, `all` once for each, `none` only reports them. With `during: market` only while the session is open.
     */
    catch_up?: 'none' | 'last' | 'all';
    /**
     * What becomes of a due time that comes while the run before is going: `skip` reports it, `queue` runs it afterwards.
     */
    overlap?: 'skip' | 'queue';
    /**
     * Starts later by up to this, always by the same for a pipeline of one name, so that many pipelines do not start at once.
     */
    jitter?: string;
  };
  /**
   * What holds for symbols and steps that say nothing themselves.
   */
  defaults?: {
    /**
     * Settings of every symbol whose entry and group say nothing.
     */
    symbols?: {
      kind?: Kind;
      exchange?: Exchange;
      currency?: Currency;
      priority?: Priority;
    };
    /**
     * Settings of every step that knows them and says nothing itself.
     */
    steps?: {
      /**
       * Asked again when the last answer is older than this.
       */
      refresh?: string;
      bar_size?: BarSizes;
      /**
       * What the bars are made of.
       */
      what?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
      hours?: Hours;
      /**
       * How far back bars are wanted, counted from the last finished session: days (`90d`), weeks (`2w`), months (`6mo`), years (`1y`) or trading days (`250 sessions`).
       */
      lookback?: string;
      /**
       * How long after the close the source may still revise its bars; they are asked for again after it. By default what the provider says.
       */
      settle?: string;
      timeout?: TaskTimeout;
    };
  };
  symbols?: SymbolList;
  /**
   * Lists of symbols under a name, with settings they share. A symbol may be in several.
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
   * Settings of the sources.
   */
  providers?: {
    mock?: Mock;
    synthetic?: Synthetic;
    ib?: Ib;
    kite?: Kite;
  };
  /**
   * How long the records of runs are kept, and where lineage goes besides its folder.
   */
  lineage?: {
    /**
     * For how long the records of this pipeline's runs are kept, at least a day; for ever when left out. Where rows came from stays in the lake.
     */
    keep?: string;
    /**
     * An OpenLineage endpoint that every event is posted to.
     */
    post_to?: string;
  };
  /**
   * How the collector names what it measures of this pipeline.
   */
  metrics?: {
    /**
     * What the names of its metrics begin with.
     */
    prefix?: string;
    /**
     * What the label is called that holds a symbol.
     */
    symbol_label?: string;
  };
  /**
   * A log for machines, with rotation: a JSON object on every line. What a person sees stays as it is.
   */
  logs?: {
    /**
     * The file, from the folder that pipe is called in.
     */
    file?: string;
    /**
     * The least that is worth a line. `debug` has every call to a source; so has everything with `--debug`.
     */
    level?: 'debug' | 'info' | 'warn' | 'error';
    /**
     * How large the file may become before it is put aside.
     */
    max_size?: string;
    /**
     * How many files that were put aside are kept.
     */
    keep?: number;
  };
  /**
   * Commands that are run when something has happened, with the event as JSON on their standard input. One that fails is a warning and never fails a run, unless it is a required one before it.
   */
  hooks?: {
    /**
     * Before anything is asked; the run waits for them.
     *
     * @minItems 1
     */
    before_run?: GateHook[];
    /**
     * When it is known what will be asked, and that it is something; the run waits for them.
     *
     * @minItems 1
     */
    before_fetch?: TaskHook[];
    /**
     * After every commit: the rows can be read.
     *
     * @minItems 1
     */
    after_store?: TaskHook[];
    /**
     * When a run has failed, wholly or in part.
     *
     * @minItems 1
     */
    on_failure?: TaskHook[];
    /**
     * When a run has ended, however it did, with its report.
     *
     * @minItems 1
     */
    on_cycle_complete?: Hook[];
    /**
     * How many run at once.
     */
    parallel?: number;
  };
  /**
   * What is watched, and who hears of it.
   */
  alerts?: {
    /**
     * Ways to reach people, by name.
     */
    channels?: {
      [k: string]: Channel;
    };
    /**
     * What is watched; everything that can be when left out.
     *
     * @minItems 1
     */
    rules?: AlertRule[];
    /**
     * An alert that stays open, or comes back, is told again after this and not before.
     */
    repeat_after?: string;
  };
  /**
   * Files for dashboards, replaced after every run: `status.json` and what it names.
   */
  panels?: {
    /**
     * The folder, from the one that pipe is called in; each pipeline needs one of its own.
     */
    folder?: string;
  };
}
/**
 * One symbol with what is needed to find it, or a CSV file of symbols with what holds for all of its rows.
 */
export interface SymbolEntry {
  symbol?: Symbol;
  /**
   * A CSV file with the header symbol[,kind,exchange,currency,calendar,priority], relative to this file.
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
 * Symbols under a name, with settings they share. What an entry of the list says itself comes first.
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
 * What is fetched and computed, by name. A step called `contracts`, `chains`, `history`, `quotes`, `equity`, `options`, `snapshots` or `overview` is of that type; any other name says its type with `uses`, which may be `sql` or `exec` too.
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
 * Looks up what each symbol is.
 */
export interface ContractsStep {
  /**
   * The type of the step; may be left out when the step is named `contracts`.
   */
  uses?: 'contracts';
  needs?: Needs;
  provider?: Provider;
  /**
   * Asked again when the last answer is older than this.
   */
  refresh?: string;
  timeout?: TaskTimeout;
}
/**
 * Takes a snapshot of the listed options. Needs a contracts step.
 */
export interface ChainsStep {
  /**
   * The type of the step; may be left out when the step is named `chains`.
   */
  uses?: 'chains';
  needs?: Needs;
  provider?: Provider;
  /**
   * Asked again when the last answer is older than this.
   */
  refresh?: string;
  timeout?: TaskTimeout;
}
/**
 * Asks when the history of each symbol begins, so that nothing before it is ever asked for. Needs a contracts step; name it in the `needs` of the bars.
 */
export interface HistoryStep {
  /**
   * The type of the step; may be left out when the step is named `history`.
   */
  uses?: 'history';
  needs?: Needs;
  provider?: Provider;
  /**
   * Asked again when the last answer is older than this.
   */
  refresh?: string;
  /**
   * What the bars are made of.
   */
  what?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
  hours?: Hours;
  timeout?: TaskTimeout;
}
/**
 * Takes a snapshot of what each symbol trades at: the VIX, say. Needs a contracts step.
 */
export interface QuotesStep {
  /**
   * The type of the step; may be left out when the step is named `quotes`.
   */
  uses?: 'quotes';
  needs?: Needs;
  provider?: Provider;
  /**
   * Asked again when the last answer is older than this. Every cycle asks by default: `5m`, or half the shortest time between due times when that is less.
   */
  refresh?: string;
  timeout?: TaskTimeout;
}
/**
 * Bars of the symbols themselves. Needs a contracts step.
 */
export interface EquityStep {
  /**
   * The type of the step; may be left out when the step is named `equity`.
   */
  uses?: 'equity';
  needs?: Needs;
  provider?: Provider;
  bar_size?: BarSizes;
  /**
   * What the bars are made of.
   */
  what?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
  hours?: Hours;
  /**
   * How far back bars are wanted, counted from the last finished session: days (`90d`), weeks (`2w`), months (`6mo`), years (`1y`) or trading days (`250 sessions`).
   */
  lookback?: string;
  /**
   * The first date wanted, instead of a look-back.
   */
  from?: string;
  /**
   * The last date, itself included. Without it, up to the last finished session.
   */
  to?: string;
  /**
   * How long after the close the source may still revise its bars; they are asked for again after it. By default what the provider says.
   */
  settle?: string;
  timeout?: TaskTimeout;
}
/**
 * Bars of the options around the money. Needs a chains step, and an equity or a quotes step.
 */
export interface OptionsStep {
  /**
   * The type of the step; may be left out when the step is named `options`.
   */
  uses?: 'options';
  needs?: Needs;
  provider?: Provider;
  bar_size?: BarSizes;
  /**
   * What the bars are made of.
   */
  what?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
  hours?: Hours;
  /**
   * How far back bars are wanted, counted from the last finished session: days (`90d`), weeks (`2w`), months (`6mo`), years (`1y`) or trading days (`250 sessions`).
   */
  lookback?: string;
  /**
   * The first date wanted, instead of a look-back.
   */
  from?: string;
  /**
   * The last date, itself included. Without it, up to the last finished session.
   */
  to?: string;
  /**
   * How long after the close the source may still revise its bars; they are asked for again after it. By default what the provider says.
   */
  settle?: string;
  /**
   * Strikes to take on each side of the one nearest to the money; 0 takes that one only.
   */
  strikes?: number;
  /**
   * Take more strikes while the price is more restless than usual: as many times more as the volatility of its last 20 sessions is that of its year, up to twice. It needs daily bars of the symbol.
   */
  adaptive?: boolean;
  /**
   * Expiries to take, nearest first.
   */
  expiries?: number;
  /**
   * Calls, puts or both.
   *
   * @minItems 1
   *
   * Items: C for calls, P for puts.
   */
  rights?: ('C' | 'P')[];
  timeout?: TaskTimeout;
}
/**
 * Takes a snapshot of the options around the money: quotes, open interest and Greeks. Needs a chains step, and an equity or a quotes step.
 */
export interface SnapshotsStep {
  /**
   * The type of the step; may be left out when the step is named `snapshots`.
   */
  uses?: 'snapshots';
  needs?: Needs;
  provider?: Provider;
  /**
   * Asked again when the last answer is older than this. Every cycle asks by default: `5m`, or half the shortest time between due times when that is less.
   */
  refresh?: string;
  /**
   * Strikes to take on each side of the one nearest to the money; 0 takes that one only.
   */
  strikes?: number;
  /**
   * Take more strikes while the price is more restless than usual: as many times more as the volatility of its last 20 sessions is that of its year, up to twice. It needs daily bars of the symbol.
   */
  adaptive?: boolean;
  /**
   * Expiries to take, nearest first.
   */
  expiries?: number;
  /**
   * Calls, puts or both.
   *
   * @minItems 1
   *
   * Items: C for calls, P for puts.
   */
  rights?: ('C' | 'P')[];
  timeout?: TaskTimeout;
}
/**
 * Computes what the options of a symbol say as a whole: put/call ratios, the volatility at the money with its rank, breadth and trend. Asks no source; needs a snapshots step, and takes its provider.
 */
export interface OverviewStep {
  /**
   * The type of the step; may be left out when the step is named `overview`.
   */
  uses?: 'overview';
  needs?: Needs;
}
/**
 * Computes a table of one's own from the tables of the lake, by a statement in the SQL of DuckDB; once for the whole pipeline, whenever the rows of a table that it reads have changed.
 */
export interface SqlStep {
  /**
   * The type of the step.
   */
  uses: 'sql';
  needs?: Needs;
  /**
   * The statement: SELECT, WITH or FROM over the tables of the lake. The columns of its result are those of the table.
   */
  query?: string;
  /**
   * A file with the statement instead, relative to this one.
   */
  file?: string;
  /**
   * The table that the result becomes; called like the step when left out.
   */
  dataset?: string;
}
/**
 * Runs a command of one's own, without a shell; once for the whole pipeline, whenever the rows of a table that it builds on have changed.
 */
export interface ExecStep {
  /**
   * The type of the step.
   */
  uses: 'exec';
  needs?: Needs;
  /**
   * The program and its arguments. `{input}` and `{output}` in an argument stand for the paths of the files. It is run in the folder of the pipeline.
   *
   * @minItems 1
   * @maxItems 1000
   *
   * Items: One argument, as the program gets it.
   */
  command: string[];
  /**
   * A table that the command is given as a file; its path stands for `{input}`.
   */
  input?: {
    /**
     * A table of the lake.
     */
    dataset: string;
    /**
     * What the file is: `json` is a list of objects.
     */
    format?: 'parquet' | 'csv' | 'json';
  };
  /**
   * The table that the file at `{output}` becomes once the command has ended well.
   */
  output?: {
    /**
     * The table; called like the step when left out.
     */
    dataset?: string;
    /**
     * What the file is: `json` is a list of objects.
     */
    format?: 'parquet' | 'csv' | 'json';
  };
  /**
   * How long the command may take; then it is ended, with everything it has started.
   */
  timeout?: string;
  /**
   * Variables that the command gets besides PATH, HOME, TMPDIR and LANG; nothing else of the environment reaches it.
   */
  env?: {
    /**
     * What the variable says.
     */
    [k: string]: string;
  };
}
/**
 * How fast the source may be asked. Left out, the provider's own limits hold.
 */
export interface PacingSection {
  /**
   * Which of the provider's own sets of budgets holds. `relaxed` lifts those that a source only documents for short bars: for `ib`, bars of a minute and more are then held to 50 open requests and a soft rate.
   */
  rules?: 'default' | 'relaxed';
  /**
   * Replaces the provider's own budgets; they all apply at once.
   *
   * @minItems 1
   */
  budgets?: Budget[];
  /**
   * Requests under way at once; by default what the provider says.
   */
  concurrency?: number;
}
/**
 * At most `limit` requests, counted by weight, in any stretch of time of length `per`, wherever it begins.
 */
export interface RollingBudget {
  /**
   * What the budget is called in plans and reports.
   */
  name: string;
  /**
   * Counts over time.
   */
  kind: 'rolling';
  /**
   * The weight that is allowed in any stretch of length `per`.
   */
  limit: number;
  /**
   * The length of the stretch.
   */
  per: string;
  /**
   * Which requests share the budget: all of an account, those for one contract, exact repetitions, or those of one connection.
   */
  scope?: 'account' | 'contract' | 'identical' | 'connection';
  datasets?: Datasets;
  /**
   * What one request costs by what it asks for; 1 when left out.
   */
  weights?: {
    /**
     * The cost of one TRADES request.
     */
    TRADES?: number;
    /**
     * The cost of one MIDPOINT request.
     */
    MIDPOINT?: number;
    /**
     * The cost of one BID request.
     */
    BID?: number;
    /**
     * The cost of one ASK request.
     */
    ASK?: number;
    /**
     * The cost of one BID_ASK request.
     */
    BID_ASK?: number;
  };
  /**
   * Which bar sizes count, and then nothing but bars; without it, every request does.
   *
   * @minItems 1
   */
  bar_sizes?: BarSize[];
  /**
   * Added to the span, because the source counts arrivals by its own clock; half a percent of the span, at most 250ms, when left out.
   */
  margin?: string;
}
/**
 * At most `limit` requests under way at once.
 */
export interface OpenBudget {
  /**
   * What the budget is called in plans and reports.
   */
  name: string;
  /**
   * Counts requests under way.
   */
  kind: 'open';
  /**
   * How many requests may be under way at once.
   */
  limit: number;
  /**
   * Which requests share the budget: all of an account, those for one contract, exact repetitions, or those of one connection.
   */
  scope?: 'account' | 'contract' | 'identical' | 'connection';
  datasets?: Datasets;
  /**
   * Which bar sizes count, and then nothing but bars; without it, every request does.
   *
   * @minItems 1
   */
  bar_sizes?: BarSize[];
}
/**
 * What happens when a request fails in a way that may pass.
 */
export interface Retry {
  /**
   * Attempts in all, the first among them.
   */
  attempts?: number;
  /**
   * The wait before the second attempt; it doubles from then on.
   */
  delay?: string;
  /**
   * The longest wait between attempts.
   */
  max_delay?: string;
  /**
   * How long one attempt may take.
   */
  timeout?: string;
}
/**
 * When a source that keeps failing is left alone, and when a symbol that keeps failing at a source is: the same two numbers hold around each source and around each symbol at it.
 */
export interface Breaker {
  /**
   * Failures in a row after which it is left alone.
   */
  threshold?: number;
  /**
   * For how long. The first request after it decides whether it is asked again.
   */
  recovery?: string;
}
/**
 * How many symbols are worked on at once, and for how long. Left out, all of them at once, and pacing decides who goes next.
 */
export interface Parallel {
  /**
   * Symbols at once; the next begins when one has ended.
   */
  symbols?: number;
  /**
   * How long the tasks of one symbol may take together. Then they are given up, and the next run asks again for what is missing.
   */
  timeout?: string;
}
/**
 * What computing implied volatilities, Greeks and overviews needs to know and no source says.
 */
export interface Analytics {
  /**
   * Annual interest rate, continuously compounded: 0.04 is 4 %.
   */
  rate?: number;
  /**
   * Annual dividend yields by symbol, continuously compounded; 0 for symbols that are not named.
   */
  dividend_yield?: {
    /**
     * Annual, continuously compounded: 0.013 is 1.3 %.
     */
    [k: string]: number;
  };
  /**
   * Exercise styles by symbol. Left out: European for options on indices and for all Indian options, American for the others.
   */
  exercise?: {
    /**
     * Whether options may be exercised at any time or at their expiry only.
     */
    [k: string]: 'american' | 'european';
  };
  /**
   * The symbol whose quote is the market's volatility; left out, `INDIA VIX` for Indian symbols and `VIX` for the others.
   */
  vix?: string;
  /**
   * How many trading days, today among them, rank and percentile of the volatility look back.
   */
  rank_days?: number;
}
/**
 * The embedded market. The same seed gives the same prices.
 */
export interface Mock {
  /**
   * Another seed is another market.
   */
  seed?: number;
  /**
   * How long each answer takes.
   */
  delay?: string;
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
 * The programmable source: the embedded market with what a scenario file lets go wrong.
 */
export interface Synthetic {
  /**
   * The scenario file, relative to this one; see docs/scenarios.md.
   */
  scenario?: string;
}
/**
 * Where the gateway of Interactive Brokers listens. The environment variables IB_HOST, IB_PORT and IB_CLIENT_ID go before what is written here.
 */
export interface Ib {
  /**
   * The machine the gateway runs on.
   */
  host?: string;
  /**
   * The port of its API: 7496 for live and 7497 for paper trading in TWS, 4001 and 4002 in IB Gateway.
   */
  port?: number;
  /**
   * The number this program connects under; when it is taken, the next ones are tried.
   */
  client_id?: number;
  /**
   * The account that has to be logged in at the gateway, so that a run never takes its data from another one; left out, any.
   */
  account?: string;
  /**
   * Which market data is asked for: `live`, `frozen` (the last of the session when the market is closed), `delayed` or `delayed-frozen`.
   */
  data?: 'live' | 'frozen' | 'delayed' | 'delayed-frozen';
  /**
   * Take delayed data, marked as such, where there is no subscription to live data.
   */
  allow_delayed?: boolean;
}
/**
 * How Zerodha Kite is asked. Credentials come from the environment (KITE_API_KEY, KITE_API_SECRET, KITE_ACCESS_TOKEN) or from `pipe login kite`, never from this file.
 */
export interface Kite {
  /**
   * Where Kite answers, when it is not Kite itself: `pipe simulate kite`, say.
   */
  root?: string;
  /**
   * How long the list of instruments is used before it is fetched again.
   */
  instruments_max_age?: string;
  /**
   * How many requests a second all of Kite is asked together; Kite's own limits hold besides.
   */
  requests_per_second?: number;
}
/**
 * A command that is run before a run.
 */
export interface GateHook {
  command: Command;
  /**
   * How long it may take; then it is ended.
   */
  timeout?: string;
  /**
   * When it fails, the run ends before anything is asked.
   */
  required?: boolean;
}
/**
 * A command that is run on one of several occasions of one kind.
 */
export interface TaskHook {
  command: Command;
  /**
   * How long it may take; then it is ended.
   */
  timeout?: string;
  /**
   * `run`: once when the run (or, for `after_store`, a commit) gets there. `task`: once for every step of every symbol; nothing waits for those.
   */
  each?: 'run' | 'task';
}
/**
 * A command that is run when something has happened, with the event as JSON on its standard input. One that fails is a warning.
 */
export interface Hook {
  command: Command;
  /**
   * How long it may take; then it is ended.
   */
  timeout?: string;
}
/**
 * Posts JSON to an address.
 */
export interface WebhookChannel {
  /**
   * Posts JSON to an address.
   */
  kind: 'webhook';
  /**
   * Where to post. Whoever knows it may post too, so write it as `${VARIABLE}`; it is never shown.
   */
  url: string;
  /**
   * `slack` is understood by Slack, Mattermost and their like; `json` is the message as a document.
   */
  format?: 'slack' | 'json';
}
/**
 * Sends mail by SMTP.
 */
export interface EmailChannel {
  /**
   * Sends mail by SMTP.
   */
  kind: 'email';
  /**
   * The mail server.
   */
  host: string;
  /**
   * 587 for `starttls`, 465 for `tls` and 25 for `none` when left out.
   */
  port?: number;
  /**
   * `starttls` insists on encryption before anything is said, `tls` begins with it, `none` does without.
   */
  security?: 'starttls' | 'tls' | 'none';
  /**
   * Who logs in; nobody when left out.
   */
  user?: string;
  /**
   * Its password, as `${VARIABLE}`; it is never shown.
   */
  password?: string;
  /**
   * Who it comes from.
   */
  from: string;
  /**
   * Who it goes to.
   *
   * @minItems 1
   *
   * Items: Somebody to tell.
   */
  to: string[];
}
/**
 * Runs a command with the message as JSON on its standard input.
 */
export interface CommandChannel {
  /**
   * Runs a command.
   */
  kind: 'command';
  command: Command;
  /**
   * How long it may take; then it is ended.
   */
  timeout?: string;
}
/**
 * One thing that is watched, and who hears of it.
 */
export interface AlertRule {
  /**
   * What is watched: a task whose prerequisites are not there, a damaged table, a source that keeps failing, option chains that are too old, bars of equities that could not be had, a task that failed, a share of failures, a run that failed or had a source that cannot be used, a run that was due and did not begin.
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
   * How bad it is; `critical` unless said otherwise, `warning` for `error_rate`.
   */
  severity?: 'info' | 'warning' | 'critical';
  /**
   * Who is told; all channels when left out.
   *
   * @minItems 1
   */
  to?: Name[];
  /**
   * Instead of the section's. An alert that stays open, or comes back, is told again after this and not before.
   */
  repeat_after?: string;
  /**
   * Of `error_rate`: how many of a hundred answers may be failures.
   */
  above?: number;
  /**
   * Of `error_rate`: with fewer answers than this nothing is concluded.
   */
  at_least?: number;
  /**
   * Of `stale_option_chains`: the age that is too old (`24h`). Of `run_missed`: how late a run may begin (`10m`).
   */
  older_than?: string;
}

/** The keys that each object of the schema knows, by its title. */
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
    "during",
    "every",
    "jitter",
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
    "refresh",
    "settle",
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
    "keep",
    "post_to"
  ],
  "metrics section": [
    "prefix",
    "symbol_label"
  ],
  "logs section": [
    "file",
    "keep",
    "level",
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
    "provider",
    "settle",
    "timeout",
    "to",
    "uses",
    "what"
  ],
  "options step": [
    "adaptive",
    "bar_size",
    "expiries",
    "from",
    "hours",
    "lookback",
    "needs",
    "provider",
    "rights",
    "settle",
    "strikes",
    "timeout",
    "to",
    "uses",
    "what"
  ],
  "snapshots step": [
    "adaptive",
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
    "per",
    "scope",
    "weights"
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
    "recovery",
    "threshold"
  ],
  "analytics section": [
    "dividend_yield",
    "exercise",
    "rank_days",
    "rate",
    "vix"
  ],
  "parallel section": [
    "symbols",
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
    "data",
    "host",
    "port"
  ],
  "kite section": [
    "instruments_max_age",
    "requests_per_second",
    "root"
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
    "above",
    "at_least",
    "older_than",
    "on",
    "repeat_after",
    "severity",
    "to"
  ]
};
