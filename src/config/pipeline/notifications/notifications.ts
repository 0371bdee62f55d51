import type { Duration } from '../../../core/time/time.js';

/** What a run tells the outside besides its record: logs, hooks, alerts and panels. None of it decides what is fetched. */
export interface NotificationSettings {
  readonly logs: LogSettings | null;
  readonly hooks: HookSettings;
  /** Null where nothing is to be watched. */
  readonly alerts: AlertSettings | null;
  readonly panels: PanelSettings | null;
  /** Texts that must not appear in anything that is told: addresses that admit whoever knows them, passwords. */
  readonly secrets: readonly string[];
}

/** From the least that is worth a line to the most. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where the log is written, and how much of it is kept. */
export interface LogSettings {
  readonly file: string;
  readonly level: LogLevel;
  /** In bytes; a file that would grow past it is put aside. */
  readonly maxBytes: number;
  /** How many files that were put aside are kept. */
  readonly maxFiles: number;
}

/** When commands are run, in the order of a run. */
export type HookName = 'before_run' | 'before_fetch' | 'after_store' | 'on_failure' | 'on_cycle_complete';

/** A command that is run when something has happened, with the event on its standard input. */
export interface Hook {
  readonly on: HookName;
  /** Its file and its arguments; no shell reads them. */
  readonly command: readonly [string, ...string[]];
  readonly timeout: Duration;
  /** Whether the run goes on only when it ends well; of `before_run` alone. */
  readonly required: boolean;
  /** Run once for the whole run (or commit), or once for each task. */
  readonly each: 'run' | 'task';
}

export interface HookSettings {
  readonly hooks: readonly Hook[];
  /** How many commands run at once. */
  readonly maxConcurrent: number;
}

/** What can be watched. */
export type AlertName =
  | 'prerequisite_violation'
  | 'data_integrity_failure'
  | 'api_circuit_breaker_open'
  | 'stale_option_chains'
  | 'missing_equity_data'
  | 'task_failed'
  | 'error_rate'
  | 'run_failed'
  | 'run_missed';

export type AlertSeverity = 'info' | 'warning' | 'critical';

/** One thing that is watched, and who hears of it. */
export interface AlertRule {
  readonly on: AlertName;
  readonly severity: AlertSeverity;
  /** Names of channels. */
  readonly channels: readonly string[];
  /** An alert that stays open, or comes back, is not told again before this has passed. */
  readonly repeatAfter: Duration;
  /** Of `error_rate`: the share of answers, from 0 to 1, that may be failures. */
  readonly threshold: number;
  /** Of `error_rate`: with fewer answers than this nothing is concluded. */
  readonly minSamples: number;
  /** Of `stale_option_chains`: the age that is too old; of `run_missed`: how late a run may begin. */
  readonly maxAge: Duration;
}

export interface AlertSettings {
  readonly rules: readonly AlertRule[];
  readonly channels: readonly Channel[];
}

/** A way to reach people. */
export type Channel = WebhookChannel | EmailChannel | CommandChannel | DisabledChannel;

export interface WebhookChannel {
  readonly kind: 'webhook';
  readonly name: string;
  readonly url: string;
  /** `slack`: what Slack, Mattermost and their like understand; `json`: the message as a document. */
  readonly format: 'slack' | 'json';
}

export interface EmailChannel {
  readonly kind: 'email';
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** `starttls` insists on encryption before anything is said, `tls` begins with it. */
  readonly security: 'starttls' | 'tls' | 'none';
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
  readonly to: readonly string[];
}

export interface CommandChannel {
  readonly kind: 'command';
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly timeout: Duration;
}

/** A channel whose variables are not there; messages for it do not arrive. */
export interface DisabledChannel {
  readonly kind: 'unusable';
  readonly name: string;
  readonly reason: string;
}

/** Where dashboards find what the last run left. */
export interface PanelSettings {
  readonly folder: string;
}

/** A pipeline that tells nobody anything. */
export const noNotifications: NotificationSettings = {
  logs: null,
  hooks: { hooks: [], maxConcurrent: 4 },
  alerts: null,
  panels: null,
  secrets: [],
};
