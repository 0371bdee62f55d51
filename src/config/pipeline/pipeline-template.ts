import { basename } from 'node:path';

/**
 * A pipeline with comments to start from, as `pipe init` writes it: the name comes from the file's, and editors find the
 * schema at the address given.
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
# Check it:   pipe lint FILE
# See why:    pipe plan FILE      what would be fetched, without fetching it
# Fetch it:   pipe run FILE       and run it again: only what is missing is asked for
#
# Any text may take a value from the environment: \${NAME}, or \${NAME:-default} where it may be unset.
name: {name}

# mock is an embedded market: no account, no network.
provider: mock

# When it is due: \`pipe serve\` runs it then, and so does cron. Left out, it runs whenever you run it.
schedule:
  cron: 30 18 * * 1-5
  timezone: America/New_York
  # Or in cycles, instead of both: only while the market is open, half-days and holidays known.
  # every: 5m
  # during: market

# Symbols are taken as written: 0700, 1E5 and NO need no quotes.
symbols:
  - AAPL
  - MSFT
  # kind: stock, etf, index or future; symbols of priority 1 are fetched first.
  - { symbol: SPY, kind: etf, priority: 1 }
  # The exchange decides the calendar and the currency unless you say them.
  # - { symbol: BHP, exchange: ASX }
  # Long lists go into a file with the header symbol,kind,exchange,currency,calendar,priority.
  # - { file: watchlist.csv }

# Lists with settings they share.
# groups:
#   miners:
#     exchange: ASX
#     symbols: [BHP, RIO]
#     steps: [equity]

# What is fetched. The order is contracts, chains, equity, options; a step says what it needs.
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
    # On each side of the strike nearest to the money, and nearest expiries first.
    strikes: 3
    expiries: 2

# Who is told when something is wrong, or did not take place: see pipe alerts, and try it with pipe alerts test ops.
# alerts:
#   channels:
#     ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' }
#   rules: [{ on: run_failed }, { on: run_missed }, { on: missing_equity_data }]

# How fast the source may be asked. Left out, the provider's own limits hold.
# pacing:
#   concurrency: 8
#   budgets:
#     - { name: history, kind: rolling, limit: 60, per: 10m }
`;
