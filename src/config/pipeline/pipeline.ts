import type { AnalyticsSettings } from '../../core/analytics-settings.js';
import type { BarSize, TradingHours, PriceType } from '../../core/tables/bars.js';
import type { Budget } from '../../core/budget.js';
import type { FileFormat } from '../../core/tables/user-tables.js';
import type { Instrument, ProviderName, Right } from '../../core/series.js';
import type { Duration, LocalDate } from '../../core/time/time.js';
import type { NotificationSettings } from './notifications/notifications.js';

/**
 * A validated pipeline: defaults applied, symbols gathered from lists, files and groups, durations as numbers. Everything
 * after `loadPipeline` works on this and never sees YAML.
 */
export interface Pipeline {
  readonly name: string;
  readonly description: string | null;
  readonly file: string;
  /** SHA-256 (hex) of the validated content but for `telling`, symbol files among it, so that comments do not change it. */
  readonly hash: string;
  readonly schedule: Schedule | null;
  /** In the order in which they are run: by priority (1 first), then as written. Each symbol once. */
  readonly symbols: readonly PipelineSymbol[];
  /** Keyed by name, in an order in which every step comes after the steps it needs. */
  readonly steps: readonly Step[];
  /** Steps of the user's own, in such an order too: each is done once, after all tasks of what it needs. */
  readonly customSteps: readonly CustomStep[];
  readonly pacing: PacingSettings;
  readonly retry: RetrySettings;
  readonly breaker: BreakerSettings;
  /** How many symbols are worked on at once and for how long; null for no limit. */
  readonly symbolLimits: { readonly maxConcurrent: number | null; readonly timeout: Duration | null };
  readonly analytics: AnalyticsSettings;
  readonly providers: ProviderSettings;
  readonly lineage: {
    readonly endpoint: string | null;
    /** How long the records of its runs are kept; null for ever. */
    readonly retention: Duration | null;
  };
  /** What the collector calls what it measures. */
  readonly metrics: { readonly prefix: string; readonly symbolLabel: string };
  readonly notifications: NotificationSettings;
  /** What has to be said wherever its rows are, because of what `provider: auto` came to stand for. */
  readonly autoProviderWarning: string | null;
}

export interface PipelineSymbol {
  readonly instrument: Instrument;
  /** 1 is fetched first; 5 unless said otherwise. */
  readonly priority: number;
  /** The groups it came from, for `--symbols` and reports. */
  readonly groups: readonly string[];
  /** The steps it takes part in; null for all of them. */
  readonly steps: readonly string[] | null;
}

/** When it is due, and what becomes of due times at which it could not be run; running it is up to cron or the collector. */
export interface Schedule {
  readonly times: DueTimes;
  /** How many cycles a collector starts before it has done with the pipeline; null for no limit. */
  readonly maxCycles: number | null;
  /** Due times that passed while nothing could run: reported only, made up for by one run, or by one each. */
  readonly catchUp: 'none' | 'last' | 'all';
  /** A due time that comes while the run before is going: reported only, or run afterwards. */
  readonly overlap: 'skip' | 'queue';
  /** Each pipeline starts later by a part of this that its name decides. */
  readonly jitter: Duration;
}

/** The instants at which a pipeline is due, before jitter. */
export type DueTimes =
  | { readonly kind: 'cron'; readonly cron: string; readonly timeZone: string }
  /** From the open of each session of the market; without one in step with the start of Unix time. */
  | { readonly kind: 'interval'; readonly every: Duration; readonly market: string | null };

interface StepBase {
  readonly name: string;
  readonly provider: ProviderName;
  readonly needs: readonly string[];
}

/** What steps that ask a source have in common. */
interface ProviderStepBase extends StepBase {
  /** How long one symbol may take, from the first request that goes out; null for no limit. */
  readonly timeout: Duration | null;
}

/** Looks up what each symbol is. */
export interface ContractsStep extends ProviderStepBase {
  readonly uses: 'contracts';
  /** Asked again when older than this. */
  readonly refresh: Duration;
}

/** Takes a snapshot of the listed options. */
export interface ChainsStep extends ProviderStepBase {
  readonly uses: 'chains';
  readonly refresh: Duration;
}

/** Which sessions are wanted: counted back from the last finished one, or between dates, `to` not included (users write the last date that is). */
export type Lookback =
  | { readonly kind: 'sessions'; readonly count: number }
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'dates'; readonly from: LocalDate; readonly to: LocalDate | null };

interface BarStepBase extends ProviderStepBase {
  readonly barSizes: readonly BarSize[];
  readonly priceType: PriceType;
  readonly hours: TradingHours;
  readonly lookback: Lookback;
  /** How long after the close the source may still revise; null leaves it to the provider. */
  readonly revisionWindow: Duration | null;
}

/** Bars of the symbols themselves. */
export interface EquityStep extends BarStepBase {
  readonly uses: 'equity';
}

/** Bars of the options around the money. */
export interface OptionsStep extends BarStepBase {
  readonly uses: 'options';
  /** Strikes to take on each side of the one nearest to the money. */
  readonly strikes: number;
  /** Whether more strikes are taken while the price is more restless than usual. */
  readonly adaptiveStrikes: boolean;
  /** Expiries to take, nearest first. */
  readonly expiries: number;
  readonly rights: readonly Right[];
}

/** Asks when the history of each symbol begins, so that nothing before it is ever asked for. */
export interface HistoryStep extends ProviderStepBase {
  readonly uses: 'history';
  readonly refresh: Duration;
  readonly priceType: PriceType;
  readonly hours: TradingHours;
}

/** Takes a snapshot of what each symbol trades at. */
export interface QuotesStep extends ProviderStepBase {
  readonly uses: 'quotes';
  readonly refresh: Duration;
}

/** Takes a snapshot of the options around the money: quotes, open interest and what the source computes from them. */
export interface SnapshotsStep extends ProviderStepBase {
  readonly uses: 'snapshots';
  readonly refresh: Duration;
  readonly strikes: number;
  readonly adaptiveStrikes: boolean;
  readonly expiries: number;
  readonly rights: readonly Right[];
}

/** Computes what the options of each symbol say as a whole, whenever there are newer snapshots of them; asks no source. */
export interface OverviewStep extends StepBase {
  readonly uses: 'overview';
  /** The steps whose snapshots it is computed from. */
  readonly snapshotSteps: readonly SnapshotsStep[];
}

export type Step =
  ContractsStep | ChainsStep | HistoryStep | EquityStep | QuotesStep | OptionsStep | SnapshotsStep | OverviewStep;

/** Steps whose answers say what is true now; asked again when older than their `refresh`. */
export type PointStep = ContractsStep | ChainsStep | HistoryStep | QuotesStep | SnapshotsStep;

/** What steps of a user's own have in common. */
interface CustomStepBase {
  readonly name: string;
  readonly needs: readonly string[];
  /** SHA-256 (hex) of what it does: its table is computed again when this changes. */
  readonly definition: string;
}

/** Computes a table by a statement over the lake. */
export interface SqlStep extends CustomStepBase {
  readonly uses: 'sql';
  readonly query: QueryText;
  readonly dataset: string;
}

/** A statement and where it stands, so that what is wrong with it can be pointed at. */
export interface QueryText {
  readonly text: string;
  readonly file: string;
  /** The place of its first character, counted from 1. */
  readonly line: number;
  readonly column: number;
  /** How far its other lines are moved to the right in the file; null where lines of the file are not lines of the text. */
  readonly indent: number | null;
}

/** Runs a command. */
export interface ExecStep extends CustomStepBase {
  readonly uses: 'exec';
  /** The program and its arguments, with `{input}` and `{output}` in them. */
  readonly command: readonly string[];
  /** Where it is run. */
  readonly folder: string;
  readonly input: CommandFile | null;
  /** Null for a command that leaves no table behind. */
  readonly output: CommandFile | null;
  readonly timeout: Duration;
  readonly env: Readonly<Record<string, string>>;
  /** The tables that it builds on: its input, and what the steps fill that it needs. */
  readonly inputTables: readonly string[];
}

/** A table as a file. */
export interface CommandFile {
  readonly dataset: string;
  readonly format: FileFormat;
}

/** A step of the user's own: done once for the whole pipeline. */
export type CustomStep = SqlStep | ExecStep;

export type StepType = Step['uses'] | CustomStep['uses'];

/** `relaxed` lifts what a source documents for short bars only. */
export type PacingRules = 'default' | 'relaxed';

export interface PacingSettings {
  /** Which of the provider's own sets of budgets holds. */
  readonly rules: PacingRules;
  /** Replaces the provider's own budgets when given. */
  readonly budgets: readonly Budget[] | null;
  /** Requests under way at once; null leaves it to the provider. */
  readonly concurrency: number | null;
}

export interface RetrySettings {
  /** Attempts in all, the first among them. */
  readonly attempts: number;
  readonly delay: Duration;
  readonly maxDelay: Duration;
  /** How long one attempt may take. */
  readonly timeout: Duration;
}

/** The breaker around each source, and the one around each symbol at a source. */
export interface BreakerSettings {
  /** Failures in a row after which it is left alone. */
  readonly threshold: number;
  /** For how long. */
  readonly cooldown: Duration;
}

export interface ProviderSettings {
  readonly mock: MockSettings;
  readonly synthetic: SyntheticSettings;
  readonly ib: IbSettings;
  readonly kite: KiteSettings;
}

/** The programmable source. */
export interface SyntheticSettings {
  /** The scenario file, as a path from the working directory; null where nothing goes wrong. */
  readonly scenario: string | null;
}

/** Where the gateway of Interactive Brokers listens, and what is asked of it. */
export interface IbSettings {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  /** The account that has to be logged in; null for any. */
  readonly account: string | null;
  readonly marketDataType: 'live' | 'frozen' | 'delayed' | 'delayed-frozen';
  /** Take delayed data, marked as such, where there is no subscription to live data. */
  readonly allowDelayed: boolean;
}

/** How Zerodha Kite is asked; credentials are never part of a pipeline. */
export interface KiteSettings {
  readonly baseUrl: string;
  readonly instrumentsMaxAge: Duration;
  /** How fast all of it may be asked together, unless the pipeline has budgets of its own. */
  readonly rate: { readonly requests: number; readonly window: Duration };
}

/** The embedded market; see `src/market`. */
export interface MockSettings {
  readonly seed: number;
  /** How long each answer takes. */
  readonly delay: Duration;
  /** Annual volatility; null lets every symbol have its own. */
  readonly volatility: number | null;
  /** Price levels by symbol; the others get one from the seed. */
  readonly basePrices: Readonly<Record<string, number>>;
}
