import { basename } from 'node:path';

/**
 * Renders the commented pipeline that `pipe init` writes. Its name is that of the file; `schema` is the URL or path where
 * editors find the schema.
 */
export function renderPipelineTemplate(file: string, schema: string): string {
  const name = basename(file)
    .replace(/\.ya?ml$/i, '')
    .replaceAll(/[^A-Za-z0-9 ._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return template
    .replace('{schema}', () => schema)
    .replace('{name}', name === '' ? 'my-pipeline' : name)
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

# mock is an embedded market that needs no account and no network.
provider: mock

# When \`pipe serve\` or cron runs the pipeline. Without a schedule it runs only on request.
schedule:
  cron: 30 18 * * 1-5
  timezone: America/New_York
  # Or at an interval, instead of both, only during market hours (half-days and holidays are known):
  # every: 5m
  # market_hours: true

# Symbols are read as written: 0700, 1E5 and NO need no quotes.
symbols:
  - AAPL
  - MSFT
  # kind: stock, etf, index or future; symbols of priority 1 are fetched first.
  - { symbol: SPY, kind: etf, priority: 1 }
  # The exchange sets the default calendar and currency.
  # - { symbol: BHP, exchange: ASX }
  # A CSV file holds a long list; its header is symbol,kind,exchange,currency,calendar,priority.
  # - { file: watchlist.csv }

# Named lists of symbols that share settings.
# groups:
#   miners:
#     exchange: ASX
#     symbols: [BHP, RIO]
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
    # Strikes on each side of the money, and number of expiries, nearest first.
    strikes: 3
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
