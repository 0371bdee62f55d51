import { basename } from 'node:path';

import { defaultChoices } from './choices.js';
import type { Gateway, TemplateChoices, TemplateProvider } from './choices.js';
import { getDefaultSchedule, parseTemplateSchedule, renderSchedule } from './schedule.js';
import type { TemplateMarket } from './schedule.js';
import { templateSections } from './sections.js';
import { getDefaultSymbols, getVolatilityIndex, renderSymbols } from './symbols.js';

/** Symbols of another exchange, as the commented examples show them. */
const otherExchanges: Readonly<
  Record<TemplateMarket, { readonly symbol: string; readonly name: string; readonly list: string }>
> = {
  XNYS: { symbol: 'BHP', name: 'ASX', list: 'BHP, RIO' },
  XNSE: { symbol: 'TCS', name: 'BSE', list: 'TCS, WIPRO' },
};

/** Returns the market whose hours and exchanges a pipeline follows. */
export function getTemplateMarket({
  template,
  provider,
}: Pick<TemplateChoices, 'template' | 'provider'>): TemplateMarket {
  return provider === 'kite' || (template === 'indices' && provider !== 'ib') ? 'XNSE' : 'XNYS';
}

/** Returns the name of a pipeline for its file: `spy` for `spy.pipe.yaml`. */
export function getPipelineName(file: string): string {
  const name = basename(file)
    .replace(/(\.pipe)?\.ya?ml$/i, '')
    .replaceAll(/[^A-Za-z0-9 ._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return name === '' ? 'my-pipeline' : name;
}

/**
 * Renders the commented pipeline that `pipe init` writes. Its name is that of the file; `schema` is the URL or path where
 * editors find the schema.
 */
export function renderPipelineTemplate(file: string, schema: string, choices: Partial<TemplateChoices> = {}): string {
  const chosen: TemplateChoices = { ...defaultChoices, ...choices };
  const { template, provider } = chosen;
  const market = getTemplateMarket(chosen);
  const { description, groups, steps, settings } = templateSections[template];
  const schedule = chosen.schedule ??
    parseTemplateSchedule(getDefaultSchedule(template, market)) ?? { kind: 'none' as const };
  const other = otherExchanges[market];
  const sections = [
    `# yaml-language-server: $schema={schema}
#
# Check:  pipe lint {file}
# Plan:   pipe plan {file}    shows what a run would fetch
# Run:    pipe run {file}     fetches only missing data
#
# Values can use environment variables: \${NAME}, or \${NAME:-default} with a default.
name: ${getPipelineName(file)}${description === '' ? '' : `\ndescription: ${description}`}`,
    renderProvider(provider, chosen.gateway),
    renderSchedule(schedule, market),
    renderSymbolSection(chosen, market) + groups,
    steps.trimEnd(),
    settings,
  ];
  const values: Readonly<Record<string, string>> = {
    file,
    schema,
    other: other.symbol,
    exchange: other.name,
    list: other.list,
  };
  // One pass, because a path may contain braces. Symbols and addresses of gateways cannot.
  return sections
    .join('\n\n')
    .replaceAll(/\{(\w+)\}/g, (text, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? text) : text));
}

function renderSymbolSection({ template, provider, symbols }: TemplateChoices, market: TemplateMarket): string {
  const chosen = symbols ?? getDefaultSymbols(template, provider);
  const index = getVolatilityIndex(template, market);
  const usesIndex = index !== null && !chosen.includes(index);
  const exchange = market === 'XNYS' ? 'CBOE' : 'NSE';
  return `# Symbols are read as written: 0700, 1E5 and NO need no quotes.
symbols:
${renderSymbols(chosen, provider)}
${
  usesIndex
    ? `  # Its level is part of every overview; fetched first.
  - { symbol: ${index}, kind: index, exchange: ${exchange}, priority: 1, steps: [contracts, quotes] }
`
    : ''
}  # kind: stock, etf, index or future. Symbols of priority 1 are fetched first; the exchange sets calendar and currency.
  # - { symbol: {other}, exchange: {exchange}, priority: 1 }
  # A CSV file holds a long list; its header is symbol,kind,exchange,currency,calendar,priority.
  # - { file: watchlist.csv }
`;
}

function renderProvider(provider: TemplateProvider, gateway: Gateway | null): string {
  switch (provider) {
    case 'mock':
      return `# mock is an embedded market that needs no account and no network.
provider: mock`;
    case 'synthetic':
      return `# synthetic is an embedded market that follows a scenario: scripted rows, failures and delays. Without a scenario it has no
# faults. Scenarios: docs/reference/scenarios.md
provider: synthetic
# providers:
#   synthetic: { scenario: scenarios/evening.yaml }`;
    case 'ib':
      return `# ib is Interactive Brokers: start TWS or IB Gateway and enable its API. \`pipe doctor {file}\` checks the connection.
# Without an account, \`pipe simulate tws\` in another terminal answers instead.
provider: ib
providers:
  ib:
    # TWS: 7496 live, 7497 paper; IB Gateway: 4001 live, 4002 paper. IB_HOST and IB_PORT override these.
    host: ${gateway?.host ?? '127.0.0.1'}
    port: ${String(gateway?.port ?? 7497)}
    # Accept quotes delayed by 15 minutes, marked as delayed, without a subscription to live data.
    # allow_delayed: true`;
    case 'kite':
      return `# kite is Zerodha Kite: set KITE_API_KEY and KITE_API_SECRET, and log in once a day with \`pipe login kite\`.
# Without an account, \`pipe simulate kite\` in another terminal answers instead; it prints the variables to set.
provider: kite`;
  }
}
