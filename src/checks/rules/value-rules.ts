import type { Dataset } from '../../core/tables/tables.js';
import type { CheckRule, RuleSeverity } from './rule.js';

const refetchHint =
  'the provider sent these values: refetch the window with pipe run --force --symbols … --from … --to …';

function rowRule(
  dataset: Dataset,
  name: string,
  problem: string,
  where: string,
  options: { readonly severity?: RuleSeverity; readonly hint?: string } = {},
): CheckRule {
  const { severity = 'error', hint = refetchHint } = options;
  return { name, dataset, severity, problem, hint, violation: { kind: 'row', where } };
}

function anyNull(columns: readonly string[]): string {
  return columns.map((column) => `"${column}" IS NULL`).join(' OR ');
}

/** Matches the numbers that stand for a missing value; see `missing-values.ts`. They are finite: infinity has its own rule. */
function anyUnset(columns: readonly string[]): string {
  return columns
    .map((column) => {
      const value = `CAST("${column}" AS DOUBLE)`;
      return `(isfinite(${value}) AND (abs(${value}) >= 9.2e18 OR ${value} IN (2147483647, -2147483647, -2147483648)))`;
    })
    .join(' OR ');
}

function unsetRule(dataset: Dataset, columns: readonly string[]): CheckRule {
  return rowRule(dataset, 'unset-value', 'numbers by which a provider says that it has no value', anyUnset(columns));
}

const reportBugHint = 'pipe computed these values: report this as a bug';

const originColumns = ['run_id', 'request_id'];
const prices = ['open', 'high', 'low', 'close'];
const barColumns = ['symbol', 'provider', 'bar_size', 'what', 'use_rth', 'ts', 'session', ...prices, ...originColumns];

function barRules(dataset: 'equity_bars' | 'option_bars'): readonly CheckRule[] {
  return [
    rowRule(dataset, 'bar-incomplete', 'bars without a time, a session, a price or an origin', anyNull(barColumns)),
    rowRule(
      dataset,
      'bar-not-finite',
      'prices or volumes that are not finite numbers',
      anyNotFinite([...prices, 'volume', 'wap', 'open_interest']),
    ),
    rowRule(
      dataset,
      'bar-range',
      'bars whose low or high does not enclose open and close',
      'low > least(open, close) OR high < greatest(open, close)',
    ),
    rowRule(
      dataset,
      'bar-volume',
      'negative volumes, counts or open interest',
      'volume < 0 OR bar_count < 0 OR open_interest < 0',
    ),
    unsetRule(dataset, [...prices, 'volume', 'wap', 'bar_count', 'open_interest']),
    rowRule(
      dataset,
      'bar-zero-price',
      'bars of trades with a price of zero',
      "what = 'TRADES' AND (open = 0 OR high = 0 OR low = 0 OR close = 0)",
      { hint: 'only some futures and spreads trade at zero; refetch the window of anything else with --force' },
    ),
    rowRule(
      dataset,
      'bar-session',
      'bars more than a day away from their session',
      "abs(date_diff('day', session, CAST(ts AS DATE))) > 1",
    ),
  ];
}

/** A bid above its ask is possible for an instant, or while the market is closed. */
function quoteRules(dataset: 'quotes' | 'option_snapshots', quotedColumns: readonly string[]): readonly CheckRule[] {
  const numbers = [...quotedColumns, 'volume'];
  return [
    unsetRule(dataset, numbers),
    rowRule(dataset, 'quote-not-finite', 'prices or volumes that are not finite numbers', anyNotFinite(numbers)),
    rowRule(
      dataset,
      'quote-negative',
      'negative prices or volumes',
      numbers.map((name) => `"${name}" < 0`).join(' OR '),
    ),
    rowRule(dataset, 'quote-crossed', 'bids above their asks', 'bid > ask', {
      severity: 'warning',
      hint: 'the provider sent these quotes; such quotes occur outside trading hours and, briefly, within them',
    }),
  ];
}

function anyNotFinite(columns: readonly string[]): string {
  return columns.map((name) => `NOT isfinite("${name}")`).join(' OR ');
}

/** Rules about single rows. */
export const valueRules: readonly CheckRule[] = [
  rowRule(
    'contracts',
    'contract-incomplete',
    'contracts without a symbol, a time or an origin',
    anyNull(['symbol', 'provider', 'as_of', ...originColumns]),
  ),
  rowRule('contracts', 'contract-tick', 'contracts whose smallest price step is not positive', 'min_tick <= 0'),
  unsetRule('contracts', ['con_id', 'multiplier', 'min_tick']),

  rowRule(
    'chains',
    'chain-incomplete',
    'listed options without an expiry, a strike, a right or an origin',
    anyNull(['symbol', 'provider', 'as_of', 'expiry', 'strike', 'right', ...originColumns]),
  ),
  rowRule('chains', 'chain-strike', 'strikes that are not positive', 'NOT (strike > 0 AND isfinite(strike))'),
  unsetRule('chains', ['strike', 'multiplier', 'con_id']),
  rowRule('chains', 'chain-right', 'rights that are neither C nor P', `"right" NOT IN ('C', 'P')`),
  rowRule('chains', 'chain-expired', 'options listed after their expiry', 'expiry < CAST(as_of AS DATE) - 1', {
    severity: 'warning',
    hint: 'providers list expired options for about a day; pipe never requests older ones',
  }),

  ...barRules('equity_bars'),
  rowRule('equity_bars', 'bar-negative-price', 'negative prices', 'least(open, high, low, close) < 0', {
    severity: 'warning',
    hint: 'only some futures and spreads trade below zero; refetch the window of anything else with --force',
  }),

  ...barRules('option_bars'),
  rowRule('option_bars', 'bar-negative-price', 'negative prices', 'least(open, high, low, close) < 0'),
  rowRule(
    'option_bars',
    'option-incomplete',
    'option bars without an expiry, a strike or a right',
    anyNull(['expiry', 'strike', 'right']),
  ),
  rowRule('option_bars', 'option-strike', 'strikes that are not positive', 'NOT (strike > 0 AND isfinite(strike))'),
  rowRule('option_bars', 'option-right', 'rights that are neither C nor P', `"right" NOT IN ('C', 'P')`),
  rowRule('option_bars', 'option-after-expiry', 'bars after the expiry of the option', 'session > expiry + 1'),

  rowRule(
    'history_starts',
    'history-start-incomplete',
    'history starts without a date or an origin',
    anyNull(['symbol', 'provider', 'as_of', 'what', 'use_rth', 'first', ...originColumns]),
  ),
  rowRule('history_starts', 'history-start-future', 'history starts after the request for them', 'first > as_of'),

  rowRule(
    'quotes',
    'quote-incomplete',
    'quotes without a time or an origin',
    anyNull(['symbol', 'provider', 'ts', ...originColumns]),
  ),
  ...quoteRules('quotes', ['last', 'bid', 'ask', ...prices]),

  rowRule(
    'option_snapshots',
    'snapshot-incomplete',
    'options without a time, an expiry, a strike, a right or an origin',
    anyNull(['symbol', 'provider', 'ts', 'expiry', 'strike', 'right', ...originColumns]),
  ),
  ...quoteRules('option_snapshots', ['last', 'bid', 'ask', 'underlying_price', 'open_interest']),
  rowRule(
    'option_snapshots',
    'snapshot-provider-volatility',
    'implied volatilities of the provider that are not positive numbers',
    `NOT (provider_iv > 0 AND isfinite(provider_iv)) OR ${anyUnset(['provider_iv'])}`,
  ),
  rowRule(
    'option_snapshots',
    'snapshot-volatility',
    'volatilities that are not positive, or without Greeks and a source',
    'NOT (iv > 0 AND isfinite(iv)) OR (iv IS NOT NULL AND (delta + gamma + theta + vega + rho IS NULL OR iv_source IS NULL))',
    { hint: reportBugHint },
  ),

  rowRule(
    'overviews',
    'overview-incomplete',
    'overviews without a time, a session or an origin',
    anyNull(['symbol', 'provider', 'ts', 'session', ...originColumns]),
    { hint: reportBugHint },
  ),
  rowRule(
    'overviews',
    'overview-range',
    'ranks outside 0 to 100, or negative counts and volatilities',
    'iv_rank NOT BETWEEN 0 AND 100 OR iv_percentile NOT BETWEEN 0 AND 100 OR least(pcr_oi, pcr_volume, atm_iv, call_count, put_count) < 0',
    { hint: reportBugHint },
  ),

  rowRule(
    'corporate_actions',
    'action-incomplete',
    'changes without a date, a kind, evidence or an origin, or with a ratio that is not positive',
    `${anyNull(['symbol', 'provider', 'as_of', 'date', 'kind', 'evidence', ...originColumns])} OR NOT (ratio > 0 AND isfinite(ratio))`,
    { hint: reportBugHint },
  ),
];
