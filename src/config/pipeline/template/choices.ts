/** The providers that a template exists for. */
export const templateProviders = ['mock', 'synthetic', 'ib', 'kite'] as const;

export type TemplateProvider = (typeof templateProviders)[number];

/** Kinds of pipelines to start from. */
export const templateNames = ['basic', 'snapshots', 'daily', 'options', 'indices'] as const;

export type TemplateName = (typeof templateNames)[number];

/** What each template collects, in one line. */
export const templateSummaries: Readonly<Record<TemplateName, string>> = {
  basic: 'contracts, chains, daily bars and option bars, with comments on every part',
  snapshots: 'option chains with Greeks every five minutes, and the overview of each symbol',
  daily: 'daily bars of a list of symbols, after the close',
  options: 'full chains with bars of the options, from a cold start, with alerts',
  indices: 'index options every minute during market hours, with put/call ratios',
};

/** When a pipeline runs: an interval within market hours, a time of day from Monday to Friday, or on request. */
export type TemplateSchedule =
  | { readonly kind: 'interval'; readonly every: string }
  | { readonly kind: 'time'; readonly hour: number; readonly minute: number }
  | { readonly kind: 'none' };

/** What a pipeline is rendered from. Null stands for what the template or the provider has. */
export interface TemplateChoices {
  readonly template: TemplateName;
  readonly provider: TemplateProvider;
  readonly symbols: readonly string[] | null;
  readonly schedule: TemplateSchedule | null;
  /** The address of TWS or IB Gateway. */
  readonly gateway: Gateway | null;
}

export interface Gateway {
  readonly host: string;
  readonly port: number;
}

/** The choices that a provider or a template leaves open. */
export const defaultChoices: TemplateChoices = {
  template: 'basic',
  provider: 'mock',
  symbols: null,
  schedule: null,
  gateway: null,
};
