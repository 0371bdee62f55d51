import type { Duration } from '../../../core/time/time.js';

/** Logs, hooks, alerts and panels of a run. None of them affects what is fetched. */
export interface NotificationSettings {
  readonly logs: LogSettings | null;
  readonly hooks: HookSettings;
  /** Null without alerts. */
  readonly alerts: AlertSettings | null;
  readonly panels: PanelSettings | null;
  /** Texts to redact in all output: webhook URLs, passwords. */
  readonly secrets: readonly string[];
}

/** From the most detailed to the least. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogSettings {
  readonly file: string;
  readonly level: LogLevel;
  /** Size in bytes at which the file is rotated. */
  readonly maxBytes: number;
  /** Number of rotated files to keep. */
  readonly maxFiles: number;
}

/** Events of a run that hooks run on, in the order of a run. */
export type HookName = 'before_run' | 'before_fetch' | 'after_store' | 'on_failure' | 'on_cycle_complete';

/** A command that runs on an event of a run, with the event on its standard input. */
export interface Hook {
  readonly on: HookName;
  /** Program and arguments; no shell interprets them. */
  readonly command: readonly [string, ...string[]];
  readonly timeout: Duration;
  /** True if a failure ends the run; only for `before_run`. */
  readonly required: boolean;
  /** Runs once for the whole run (or commit), or once for each task. */
  readonly each: 'run' | 'task';
}

export interface HookSettings {
  readonly hooks: readonly Hook[];
  /** Number of commands that run at the same time. */
  readonly maxConcurrent: number;
}

export type AlertName =
  | 'prerequisite_violation'
  | 'data_integrity_failure'
  | 'api_circuit_breaker_open'
  | 'stale_option_chains'
  | 'missing_equity_data'
  | 'corporate_action'
  | 'data_revised'
  | 'task_failed'
  | 'error_rate'
  | 'run_failed'
  | 'run_missed'
  | 'sink_failed'
  | 'quality_violation'
  | 'run_at_risk';

export type AlertSeverity = 'info' | 'warning' | 'critical';

/** A condition that fires an alert, and the channels that receive it. */
export interface AlertRule {
  readonly on: AlertName;
  readonly severity: AlertSeverity;
  /** Names of channels. */
  readonly channels: readonly string[];
  /** Minimum time between two notifications of the same alert. */
  readonly repeatAfter: Duration;
  /** For `error_rate`: fraction of failed responses, from 0 to 1, above which the alert fires. */
  readonly threshold: number;
  /** For `error_rate`: minimum number of responses before the rate is evaluated. */
  readonly minSamples: number;
  /** For `stale_option_chains`: age at which chains are stale; for `run_missed`: how late a run may start. */
  readonly maxAge: Duration;
}

export interface AlertSettings {
  readonly rules: readonly AlertRule[];
  readonly channels: readonly Channel[];
}

/** A destination of notifications. */
export type Channel = WebhookChannel | EmailChannel | CommandChannel | DisabledChannel;

export interface WebhookChannel {
  readonly kind: 'webhook';
  readonly name: string;
  readonly url: string;
  /** `slack` for Slack, Mattermost and compatible services; `json` for the notification as a document. */
  readonly format: 'slack' | 'json';
}

export interface EmailChannel {
  readonly kind: 'email';
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** `starttls` requires an upgrade to TLS, `tls` uses TLS from the start. */
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

/** A channel with unset environment variables; it receives no notifications. */
export interface DisabledChannel {
  readonly kind: 'disabled';
  readonly name: string;
  readonly reason: string;
}

/** JSON files of the last run for dashboards. */
export interface PanelSettings {
  readonly folder: string;
}

export const noNotifications: NotificationSettings = {
  logs: null,
  hooks: { hooks: [], maxConcurrent: 4 },
  alerts: null,
  panels: null,
  secrets: [],
};
