import { basename } from 'node:path';

/** The providers that a template exists for. */
export const templateProviders = ['mock', 'synthetic', 'ib', 'kite'] as const;

export type TemplateProvider = (typeof templateProviders)[number];

/** The parts of the template that depend on the provider. */
interface ProviderParts {
  /** The provider with its comment and settings. */
  readonly provider: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly symbols: string;
  /** A symbol of another exchange, as the commented examples show it. */
  readonly other: { readonly symbol: string; readonly exchange: string; readonly list: string };
}

const unitedStates = {
  cron: '30 18 * * 1-5',
  timeZone: 'America/New_York',
  symbols: `  - AAPL
  - MSFT
  # kind: stock, etf, index or future; symbols of priority 1 are fetched first.
  - { symbol: SPY, kind: etf, priority: 1 }`,
  other: { symbol: 'BHP', exchange: 'ASX', list: 'BHP, RIO' },
};

const providerParts: Readonly<Record<TemplateProvider, ProviderParts>> = {
  mock: {
    ...unitedStates,
    provider: `# mock is an embedded market that needs no account and no network.
provider: mock`,
  },
  synthetic: {
    ...unitedStates,
    provider: `# synthetic is an embedded market that follows a scenario: scripted rows, failures and delays. Without a scenario it has no
# faults. Scenarios: docs/reference/scenarios.md
provider: synthetic
# providers:
#   synthetic: { scenario: scenarios/evening.yaml }`,
  },
  ib: {
    ...unitedStates,
    provider: `# ib is Interactive Brokers: start TWS or IB Gateway and enable its API. \`pipe doctor FILE\` checks the connection.
# Without an account, \`pipe simulate tws\` in another terminal answers instead.
provider: ib
providers:
  ib:
    # TWS: 7496 live, 7497 paper; IB Gateway: 4001 live, 4002 paper. IB_HOST and IB_PORT override these.
    host: 127.0.0.1
    port: 7497
    # Accept quotes delayed by 15 minutes, marked as delayed, without a subscription to live data.
    # allow_delayed: true`,
  },
  kite: {
    provider: `# kite is Zerodha Kite: set KITE_API_KEY and KITE_API_SECRET, and log in once a day with \`pipe login kite\`.
# Without an account, \`pipe simulate kite\` in another terminal answers instead; it prints the variables to set.
provider: kite`,
    cron: '45 15 * * 1-5',
    timeZone: 'Asia/Kolkata',
    symbols: `  - { symbol: INFY, exchange: NSE }
  - { symbol: RELIANCE, exchange: NSE }
  # kind: stock, etf, index or future; symbols of priority 1 are fetched first.
  - { symbol: NIFTY, exchange: NSE, kind: index, priority: 1 }`,
    other: { symbol: 'TCS', exchange: 'BSE', list: 'TCS, WIPRO' },
  },
};

/**
 * Renders the commented pipeline that `pipe init` writes. Its name is that of the file; `schema` is the URL or path where
 * editors find the schema.
 */
export function renderPipelineTemplate(file: string, schema: string, provider: TemplateProvider = 'mock'): string {
  const name = basename(file)
    .replace(/\.ya?ml$/i, '')
    .replaceAll(/[^A-Za-z0-9 ._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  const parts = providerParts[provider];
  return template
    .replace('{schema}', () => schema)
    .replace('{name}', name === '' ? 'my-pipeline' : name)
    .replace('{provider}', () => parts.provider)
    .replace('{cron}', parts.cron)
    .replace('{timezone}', parts.timeZone)
    .replace('{symbols}', () => parts.symbols)
    .replaceAll('{exchange}', parts.other.exchange)
    .replace('{other}', parts.other.symbol)
    .replace('{list}', parts.other.list)
    .replaceAll('FILE', () => file);
}

const template = `# yaml-language-server: $schema={schema}
#
# Check:  pipe lint FILE
# Plan:   pipe plan FILE    shows what a run would fetch
# Run:    pipe run FILE     fetches only missing data
#
# Values can use environment variables: \${NAME}, or \${NAME:-default} with a default.
name: {name}

{provider}

# When \`pipe serve\` or cron runs the pipeline. Without a schedule it runs only on request.
schedule:
  cron: {cron}
  timezone: {timezone}
  # Or at an interval, instead of both, only during market hours (half-days and holidays are known):
  # every: 5m
  # market_hours: true

# Symbols are read as written: 0700, 1E5 and NO need no quotes.
symbols:
{symbols}
  # The exchange sets the default calendar and currency.
  # - { symbol: {other}, exchange: {exchange} }
  # A CSV file holds a long list; its header is symbol,kind,exchange,currency,calendar,priority.
  # - { file: watchlist.csv }

# Named lists of symbols that share settings.
# groups:
#   others:
#     exchange: {exchange}
#     symbols: [{list}]
#     steps: [equity]

# What to fetch. The order is contracts, chains, equity, options; each step lists the steps it needs.
steps:
  contracts:
    refresh: 7d

  chains:
    needs: contracts
    refresh: 1d

  equity:
    needs: contracts
    bar_size: 1 day
    lookback: 1y

  options:
    needs: [chains, equity]
    bar_size: 1 day
    lookback: 5 sessions
    # Strikes on each side of the money, or { percent: 10 }, { delta: [0.1, 0.9] } or all.
    strikes: 3
    # The nearest expiries, or { dte: [7, 30, 60] } for those around these days, { dte: { max: 45 } } or all.
    expiries: 2

# Alerts on failed and missed runs. Test a channel: pipe alerts test ops
# alerts:
#   channels:
#     ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' }
#   rules: [{ on: run_failed }, { on: run_missed }, { on: missing_equity_data }]

# Limits on the request rate. Default: the provider's own limits.
# pacing:
#   concurrency: 8
#   budgets:
#     - { name: history, kind: rolling, limit: 60, window: 10m }
`;
