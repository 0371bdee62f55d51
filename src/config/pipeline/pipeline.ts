import type { AnalyticsSettings } from '../../core/analytics-settings.js';
import type { ImportDataset, ImportLayout } from '../../core/import-layout.js';
import type { BarSize, TradingHours, PriceType } from '../../core/tables/bars.js';
import type { Budget } from '../../core/budget.js';
import type { EmptyConfirmation } from '../../core/empty-confirmation.js';
import type { FileFormat } from '../../core/tables/user-tables.js';
import type { QualityRule } from '../../core/quality/quality-rule.js';
import type { MarketAction } from '../../core/market-action.js';
import type { RestatePolicy } from '../../core/revisions/restatement.js';
import type { ExpirySelection, StrikeSelection } from '../../core/option-selection.js';
import type { FetchProvider, ImportSource, Instrument, Right } from '../../core/series.js';
import type { Duration, LocalDate } from '../../core/time/time.js';
import type { NotificationSettings } from './notifications/notifications.js';
import type { SinkSettings } from './sinks/sinks.js';

/**
 * A validated pipeline: defaults applied, symbols collected from lists, files and groups, durations in milliseconds. All code
 * after `loadPipeline` works on this type and never on YAML.
 */
export interface Pipeline {
  readonly name: string;
  readonly description: string | null;
  readonly file: string;
  /** SHA-256 (hex) of the validated content, including symbol files, without `notifications`, `sinks`, `quality` and `checks`; comments do not change it. */
  readonly hash: string;
  readonly schedule: Schedule | null;
  /** In order of execution: by priority (1 first), then in file order. Each symbol once. */
  readonly symbols: readonly PipelineSymbol[];
  /** Names the symbols of a database that are those of its last answer, with their age, a sentence each; empty if all are current. */
  readonly symbolWarnings: readonly string[];
  /** Each step comes after the steps it needs. */
  readonly steps: readonly Step[];
  /** Custom steps, in such an order too: each runs once, after all tasks of the steps it needs. */
  readonly customSteps: readonly CustomStep[];
  readonly pacing: PacingSettings;
  readonly retry: RetrySettings;
  readonly breaker: BreakerSettings;
  /** Replaces the provider's own rule, as far as it is set. */
  readonly confirmEmpty: Partial<EmptyConfirmation>;
  /** True if rows that another program deleted from the lake are not requested again. */
  readonly keepsForeignDeletes: boolean;
  readonly restatement: RestatementSettings;
  /** Maximum number of symbols in progress and time limit of one symbol; null for no limit. */
  readonly symbolLimits: { readonly maxConcurrent: number | null; readonly timeout: Duration | null };
  readonly analytics: AnalyticsSettings;
  readonly providers: ProviderSettings;
  readonly lineage: {
    readonly endpoint: string | null;
    /** Retention of run records; null for no limit. */
    readonly retention: Duration | null;
  };
  /** Names of Prometheus metrics. */
  readonly metrics: { readonly prefix: string; readonly symbolLabel: string };
  readonly notifications: NotificationSettings;
  /** Conditions for the rows of the lake, in file order. */
  readonly quality: readonly QualityRule[];
  /** When the collector checks the lake; null for never. */
  readonly checks: CheckSettings | null;
  /** Copies of tables in other systems, in file order. */
  readonly sinks: readonly SinkSettings[];
  /** Warning about the provider that `auto` selected, shown with the pipeline's data; null without one. */
  readonly autoProviderWarning: string | null;
}

/** The schedule of checks by the collector. */
export interface CheckSettings {
  readonly cron: string;
  readonly timeZone: string;
}

/** How rows on the price scale of before a corporate action are brought to the new one. */
export interface RestatementSettings {
  readonly policy: RestatePolicy;
  /** Maximum number of requests of one run; the rest follows with later runs. */
  readonly maxRequests: number;
}

export interface PipelineSymbol {
  readonly instrument: Instrument;
  /** From 1 (first) to 9; default 5. */
  readonly priority: number;
  /** The groups that contain it, for `--symbols` and reports. */
  readonly groups: readonly string[];
  /** The steps that run for it; null for all steps. */
  readonly steps: readonly string[] | null;
  /** True if `accept` names it: windows denied for lack of permission do not count as missing. */
  readonly acceptsDenied: boolean;
}

/** The due times of a pipeline, and the handling of missed runs. */
export interface Schedule {
  readonly times: DueTimes;
  /** Number of scheduled runs after which the collector stops; null for no limit. */
  readonly maxCycles: number | null;
  /** Missed runs are only reported, caught up by one run, or caught up by one run each. */
  readonly catchUp: 'none' | 'last' | 'all';
  /** A run that is due while the previous one is in progress is only reported, or started afterwards. */
  readonly overlap: 'skip' | 'queue';
  /** The place among runs that wait because the collector runs as many at once as it may. */
  readonly priority: 'low' | 'normal' | 'high';
  /** Upper bound of the delay of each start, which the name of the pipeline determines. */
  readonly jitter: Duration;
}

/** The instants at which a pipeline is due, before jitter. */
export type DueTimes =
  | { readonly kind: 'cron'; readonly cron: string; readonly timeZone: string }
  /** Counted from the open of each session of the market; if `market` is null, from the Unix epoch. */
  | { readonly kind: 'interval'; readonly every: Duration; readonly market: string | null };

interface StepBase {
  readonly name: string;
  readonly provider: FetchProvider;
  readonly needs: readonly string[];
}

/** Common properties of steps that send requests to a provider. */
interface ProviderStepBase extends StepBase {
  /** Time limit for one symbol, counted from its first request; null for no limit. */
  readonly timeout: Duration | null;
}

/** Looks up the contract details of each symbol. */
export interface ContractsStep extends ProviderStepBase {
  readonly uses: 'contracts';
  /** Age at which data is fetched again. */
  readonly refresh: Duration;
}

/** Takes a snapshot of the listed options. */
export interface ChainsStep extends ProviderStepBase {
  readonly uses: 'chains';
  readonly refresh: Duration;
}

/** Sessions to fetch: counted back from the last finished one, or between dates; `to` is exclusive. */
export type Lookback =
  | { readonly kind: 'sessions'; readonly count: number }
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'dates'; readonly from: LocalDate; readonly to: LocalDate | null };

interface BarStepBase extends ProviderStepBase {
  readonly barSizes: readonly BarSize[];
  readonly priceType: PriceType;
  readonly hours: TradingHours;
  readonly lookback: Lookback;
  /** The time after the close during which the provider may revise bars; null for the provider's own window. */
  readonly revisionWindow: Duration | null;
}

/** Bars of the symbols themselves. */
export interface EquityStep extends BarStepBase {
  readonly uses: 'equity';
  /** Number of final sessions that are compared again with every request for newer ones; 0 for none. */
  readonly overlap: number;
}

/** Bars of the options around the money. */
export interface OptionsStep extends BarStepBase {
  readonly uses: 'options';
  readonly strikes: StrikeSelection;
  /** True if the range of strikes widens while volatility is high. */
  readonly adaptiveStrikes: boolean;
  readonly expiries: ExpirySelection;
  readonly rights: readonly Right[];
}

/** Looks up when the history of each symbol begins, so that earlier bars are never requested. */
export interface HistoryStep extends ProviderStepBase {
  readonly uses: 'history';
  readonly refresh: Duration;
  readonly priceType: PriceType;
  readonly hours: TradingHours;
}

/** Takes a snapshot of the quote of each symbol. */
export interface QuotesStep extends ProviderStepBase {
  readonly uses: 'quotes';
  readonly refresh: Duration;
}

/** Takes a snapshot of the options around the money: quotes, open interest and the provider's Greeks. */
export interface SnapshotsStep extends ProviderStepBase {
  readonly uses: 'snapshots';
  readonly refresh: Duration;
  readonly strikes: StrikeSelection;
  readonly adaptiveStrikes: boolean;
  readonly expiries: ExpirySelection;
  readonly rights: readonly Right[];
}

/** Computes aggregates of each symbol's options whenever there are newer snapshots; sends no requests. */
export interface OverviewStep extends StepBase {
  readonly uses: 'overview';
  /** The steps whose snapshots it is computed from. */
  readonly snapshotSteps: readonly SnapshotsStep[];
}

export type Step =
  ContractsStep | ChainsStep | HistoryStep | EquityStep | QuotesStep | OptionsStep | SnapshotsStep | OverviewStep;

/** Steps that fetch the current state; fetched again when older than their `refresh`. */
export type PointStep = ContractsStep | ChainsStep | HistoryStep | QuotesStep | SnapshotsStep;

/** Common properties of custom steps. */
interface CustomStepBase {
  readonly name: string;
  readonly needs: readonly string[];
  /** SHA-256 (hex) of the definition: the table is computed again when it changes. */
  readonly definition: string;
}

/** Computes a table with an SQL statement over the lake. */
export interface SqlStep extends CustomStepBase {
  readonly uses: 'sql';
  readonly query: QueryText;
  readonly dataset: string;
}

/** A statement with its location, so that errors of DuckDB can be located in the file. */
export interface QueryText {
  readonly text: string;
  readonly file: string;
  /** Location of its first character; lines and columns from 1. */
  readonly line: number;
  readonly column: number;
  /** Indentation of its other lines in the file; null if its lines differ from the lines of the file. */
  readonly indent: number | null;
}

/** Runs a command. */
export interface ExecStep extends CustomStepBase {
  readonly uses: 'exec';
  /** Program and arguments with the placeholders `{input}` and `{output}`. */
  readonly command: readonly string[];
  /** Working directory. */
  readonly folder: string;
  readonly input: CommandFile | null;
  /** Null for a command without an output table. */
  readonly output: CommandFile | null;
  readonly timeout: Duration;
  readonly env: Readonly<Record<string, string>>;
  /** Tables it depends on: its input and the tables of the steps it needs. */
  readonly inputTables: readonly string[];
}

/** A table that is exchanged as a file. */
export interface CommandFile {
  readonly dataset: string;
  readonly format: FileFormat;
}

/** Imports bars from files, such as bought history. */
export interface ImportStep extends CustomStepBase {
  readonly uses: 'import';
  /** Paths and patterns, relative to the folder of the pipeline. */
  readonly files: readonly string[];
  readonly folder: string;
  /** The folder that files may not be outside of, also by links; null for any. */
  readonly project: string | null;
  readonly source: ImportSource;
  readonly dataset: ImportDataset;
  /** The first one whose columns a file has is used. */
  readonly layouts: readonly ImportLayout[];
  readonly barSize: BarSize;
  readonly priceType: PriceType;
  readonly hours: TradingHours;
  /** The symbol of files without a column of symbols; null to find it in the name of the file. */
  readonly symbol: string | null;
  /** Symbols of the pipeline by the name that the files use. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Which rows stay where two files of a source have different values for the same sessions. */
  readonly onDifference: 'keep' | 'replace';
  /** True if rejected rows do not make the step partial. */
  readonly acceptsRejected: boolean;
}

/** A custom step: runs once for the whole pipeline. */
export type CustomStep = SqlStep | ExecStep | ImportStep;

export type StepType = Step['uses'] | CustomStep['uses'];

/** `relaxed` lifts limits that a provider documents only for short bars. */
export type PacingRules = 'default' | 'relaxed';

export interface PacingSettings {
  /** The set of the provider's budgets that applies. */
  readonly rules: PacingRules;
  /** Replaces the provider's own budgets; null keeps them. */
  readonly budgets: readonly Budget[] | null;
  /** Maximum number of requests in flight; null for the provider's own limit. */
  readonly concurrency: number | null;
}

export interface RetrySettings {
  /** Maximum number of attempts, including the first. */
  readonly attempts: number;
  readonly delay: Duration;
  readonly maxDelay: Duration;
  /** Time limit of one attempt. */
  readonly timeout: Duration;
}

/** Applies to one circuit breaker per provider and to one per symbol of a provider. */
export interface BreakerSettings {
  /** Consecutive failures after which the circuit opens. */
  readonly threshold: number;
  /** The time between the opening of the circuit and the next probe. */
  readonly cooldown: Duration;
}

export interface ProviderSettings {
  readonly mock: MockSettings;
  readonly synthetic: SyntheticSettings;
  readonly ib: IbSettings;
  readonly kite: KiteSettings;
}

/** The programmable provider. */
export interface SyntheticSettings {
  /** Scenario file, relative to the working directory; null for no failures. */
  readonly scenario: string | null;
}

/** Connection to the gateway of Interactive Brokers. */
export interface IbSettings {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  /** Account that must be logged in; null for any. */
  readonly account: string | null;
  readonly marketDataType: 'live' | 'frozen' | 'delayed' | 'delayed-frozen';
  /** Accepts delayed data, marked as delayed, without a subscription to live data. */
  readonly allowDelayed: boolean;
  /** Market data lines of the account; absent for the 100 that every account has. */
  readonly lines?: number;
}

/** Connection to Zerodha Kite; credentials are never part of a pipeline. */
export interface KiteSettings {
  readonly baseUrl: string;
  readonly instrumentsMaxAge: Duration;
  /** Total request rate, unless the pipeline sets its own budgets. */
  readonly rate: { readonly requests: number; readonly window: Duration };
}

/** The embedded market; see `src/market`. */
export interface MockSettings {
  readonly seed: number;
  /** Delay of every response. */
  readonly delay: Duration;
  /** Annual volatility; null for a different value for every symbol. */
  readonly volatility: number | null;
  /** Price levels by symbol; others are derived from the seed. */
  readonly basePrices: Readonly<Record<string, number>>;
  /** Splits, dividends and corrections, by time; absent for none. */
  readonly actions?: readonly MarketAction[];
}
