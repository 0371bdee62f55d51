import type { TemplateName } from './choices.js';

/** What a template fetches, and its other settings. `{exchange}` and `{list}` stand for another exchange and its symbols. */
export interface TemplateSections {
  readonly description: string;
  /** Lines after the symbols. */
  readonly groups: string;
  readonly steps: string;
  /** Sections after the steps. */
  readonly settings: string;
}

const alerts = `# Alerts on failed and missed runs. Test a channel: pipe alerts test ops
# alerts:
#   channels:
#     ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' }
#   rules: [{ on: run_failed }, { on: run_missed }, { on: missing_equity_data }]
`;

const pacing = `# Limits on the request rate. Default: the provider's own limits.
# pacing:
#   concurrency: 8
#   budgets:
#     - { name: history, kind: rolling, limit: 60, window: 10m }
`;

const groups = `
# Named lists of symbols that share settings.
# groups:
#   others:
#     exchange: {exchange}
#     symbols: [{list}]
#     steps: [equity]
`;

const overviewSteps = `  contracts: { refresh: 1d }
  chains: { needs: contracts, refresh: 1d }
  quotes: { needs: contracts }
  # The trend and the width of the strikes are computed from daily closes.
  equity: { needs: contracts, bar_size: 1 day, lookback: 60 sessions }
`;

/** Each template has its own table in the documents: docs/migrate. */
export const templateSections: Readonly<Record<TemplateName, TemplateSections>> = {
  basic: {
    description: '',
    groups,
    steps: `# What to fetch. The order is contracts, chains, equity, options; each step lists the steps it needs.
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
`,
    settings: `${alerts}
${pacing}`,
  },
  snapshots: {
    description: 'Snapshots of option chains with implied volatility and Greeks, and an overview of each symbol',
    groups: '',
    steps: `# Then try: pipe chain SYMBOL --right P --delta -0.3..-0.2 and pipe iv SYMBOL --days 60
steps:
${overviewSteps}  snapshots:
    needs: [chains, quotes, equity]
    # The two nearest expiries, and those around 7, 30 and 60 days. \`all\` takes every expiry.
    expiries: { nearest: 2, dte: [7, 30, 60] }
    # Strikes on each side of the money, or { percent: 10 }, { delta: [0.1, 0.9] } or all.
    strikes: 15
  # Put/call ratios, IV rank, volatility index and trend. Sends no requests.
  overview: { needs: [snapshots, quotes, equity] }
`,
    settings: `# Five failures in a row open the circuit of the provider; after a minute, one request probes it.
breaker: { threshold: 5, cooldown: 60s }

logs: { file: logs/snapshots.log, level: info }

${alerts}`,
  },
  daily: {
    description: 'Daily bars of a list of symbols',
    groups: `
# Named lists of symbols that share settings: here another exchange, with its own calendar and currency.
# groups:
#   others:
#     exchange: {exchange}
#     symbols: [{list}]
#     priority: 2
`,
    steps: `steps:
  contracts: { refresh: 7d }
  # Bars before the provider's first bar are never requested.
  history: { needs: contracts }
  equity:
    needs: [contracts, history]
    # Further lengths in the same step: [1 day, 5 mins]
    bar_size: 1 day
    lookback: 1y
`,
    settings: `# A request that fails is repeated. What still fails is fetched by the next run, or by: pipe run --retry-failed
retry: { attempts: 3, timeout: 30s }

logs: { file: logs/daily.log, level: info, max_size: 10MB, max_files: 7 }

# A copy in PostgreSQL: pipe sink setup creates market_data and collection_logs.
# sinks:
#   warehouse: { kind: postgres, url: '\${PG_URL}', tables: [equity_bars] }

${alerts}
${pacing}`,
  },
  options: {
    description: 'Contracts, option chains, daily bars and option bars, in the order of their dependencies',
    groups,
    steps: `# contracts, chains, equity, options: a step runs for a symbol when the steps it needs have ended well.
# A new symbol, with all of its history, and validated: pipe add SYMBOL --lookback 365d
steps:
  contracts: { refresh: 7d }
  # Chains cannot be fetched for the past: every run of a new day takes one.
  chains: { needs: contracts, refresh: 1d }
  equity:
    needs: contracts
    bar_size: 1 day
    lookback: 1y
  options:
    needs: [chains, equity]
    bar_size: 1 day
    # Expired options have no bars at the provider: run it every day.
    lookback: 5 sessions
    # Strikes on each side of the money, or { percent: 10 }, { delta: [0.1, 0.9] } or all.
    strikes: 5
    # The nearest expiries, or { dte: [7, 30, 60] } for those around these days, { dte: { max: 45 } } or all.
    expiries: 4
`,
    settings: `# Five failures in a row open the circuit of the provider; after five minutes, one request probes it.
breaker: { threshold: 5, cooldown: 5m }

# \`pipe alerts\` lists open alerts. A channel sends them: set SLACK_WEBHOOK, and test it with: pipe alerts test ops
alerts:
  # channels:
  #   ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' }
  rules:
    - { on: prerequisite_violation, severity: critical }
    - { on: data_integrity_failure, severity: critical }
    - { on: api_circuit_breaker_open, severity: critical }
    - { on: stale_option_chains, severity: critical, max_age: 24h }
    - { on: missing_equity_data, severity: critical }
    - { on: run_failed, severity: critical }

# How long the records of runs are retained. The lineage of rows stays in the lake.
lineage: { retention: 365d }
`,
  },
  indices: {
    description: 'Quotes, chains, snapshots and overviews of index options, every minute of the session',
    groups: '',
    steps: `steps:
${overviewSteps}  snapshots:
    needs: [chains, quotes, equity]
    # The two nearest expiries, and those around 30 days, for which the overview has its volatility.
    expiries: { nearest: 2, dte: 30 }
    # Ten strikes on each side of the money, up to twenty while volatility is high.
    strikes: 10
    adaptive_strikes: true
  # Put/call ratios, at-the-money volatility, breadth and trend. Sends no requests.
  overview: { needs: [snapshots, quotes, equity] }
`,
    settings: `# Four symbols at a time; one that hangs fails after half a minute and does not delay the others.
parallel: { max_symbols: 4, timeout: 30s }

# Five failures in a row open a circuit; after a minute, one request probes it.
breaker: { threshold: 5, cooldown: 60s }

logs: { file: logs/indices.log, level: info }

# Metrics with the names of existing dashboards: g6_options_collected_total{index="NIFTY"}.
# metrics: { prefix: g6, symbol_label: index }

# Copies for other programs.
# sinks:
#   files: { kind: csv, folder: csv, tables: [option_snapshots, overviews] }
#   influx: { kind: influx, url: 'http://127.0.0.1:8086', database: market }
`,
  },
};
