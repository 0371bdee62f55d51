import type { Instant } from '../../core/time/time.js';
import { toQuoteRows, toSnapshotRows } from '../../core/tables/quote-rows.js';
import type { FetchOutcome } from '../../core/request.js';
import type { OptionContract, SeriesOf } from '../../core/series.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { pluralize } from '../../platform/format.js';
import { toIndianDate } from './indian-time.js';
import { maxInstrumentsPerQuote } from './limits.js';
import type { ListedInstrument } from './instruments/resolve-instrument.js';
import type { KiteOption, OptionList } from './instruments/option-list.js';
import { isQuoteOf, toOptionInput, toQuoteInput } from './kite-quotes.js';
import type { KiteQuote, KiteQuotes } from './kite-quotes.js';
import type { QuoteCalls, QuoteContext } from './quote-calls.js';

/** Fetches the quote of an instrument, in one call with all other requests for quotes that are made at the same time. */
export async function fetchQuote(
  calls: QuoteCalls,
  { key, token }: ListedInstrument,
  context: QuoteContext,
): Promise<FetchOutcome> {
  const { quotes, call } = await calls.request([key], context);
  const shared = omitUndefined({ call });
  if (!quotes.ok) return { kind: 'failure', failure: quotes.error, ...shared };
  const quote = quotes.value.get(key);
  if (quote === undefined) return { kind: 'empty', note: `the response of Kite leaves out ${key}`, ...shared };
  if (quote === 'unreadable') return unreadable(key, shared);
  if (!isQuoteOf(quote, token)) return otherInstrument(key, token, quote, shared);
  return { kind: 'rows', rows: toQuoteRows(toQuoteInput(quote)), answeredWindow: null, ...shared };
}

/**
 * Fetches the quotes of options and their underlying, in one call with all other requests for quotes that are made at the same
 * time. An option that is not in the list of instruments is reported as unlisted unless it has expired; a listed option without a
 * quote has no row.
 */
export async function fetchSnapshot(
  calls: QuoteCalls,
  series: SeriesOf<'option_snapshots'>,
  listed: ListedInstrument,
  list: OptionList,
  now: Instant,
  context: QuoteContext,
): Promise<FetchOutcome> {
  const today = toIndianDate(now);
  const listedOptions: KiteOption[] = [];
  const unlisted: OptionContract[] = [];
  for (const contract of series.contracts) {
    const option = list.find(contract);
    if (option !== undefined) listedOptions.push(option);
    else if (contract.expiry >= today) unlisted.push(contract);
  }
  if (listedOptions.length === 0) return { kind: 'empty', unlisted };
  if (listedOptions.length > maxInstrumentsPerQuote) {
    const message = `Kite accepts ${maxInstrumentsPerQuote} instruments per call, and ${listedOptions.length} were requested`;
    return { kind: 'failure', failure: { kind: 'invalid', message } };
  }
  const underlying = listedOptions.length < maxInstrumentsPerQuote ? [listed.key] : [];
  const { quotes, call } = await calls.request([...underlying, ...listedOptions.map(({ key }) => key)], context);
  const shared = omitUndefined({ call });
  if (!quotes.ok) return { kind: 'failure', failure: quotes.error, ...shared };
  const spot = quotes.value.get(listed.key);
  const hasSpot = spot !== undefined && spot !== 'unreadable' && isQuoteOf(spot, listed.token);
  const underlyingPrice = hasSpot ? spot.last : null;
  const optionInputs = listedOptions.flatMap((option) => {
    const quote = quotes.value.get(option.key);
    const isUsable = quote !== undefined && quote !== 'unreadable' && isQuoteOf(quote, option.conId);
    return !isUsable ? [] : [toOptionInput(option, quote, underlyingPrice)];
  });
  const missing = [...underlying, ...listedOptions.map(({ key }) => key)].filter(
    (key) => !isReadable(quotes.value, key),
  );
  const note = omitUndefined({ note: describeMissing(missing) });
  const [unreadableKey] = missing.filter((key) => quotes.value.has(key));
  if (optionInputs.length === 0 && unreadableKey !== undefined) return unreadable(unreadableKey, shared);
  if (optionInputs.length === 0) return { kind: 'empty', unlisted, ...note, ...shared };
  return { kind: 'rows', rows: toSnapshotRows(optionInputs), answeredWindow: null, unlisted, ...note, ...shared };
}

function otherInstrument(
  key: string,
  token: number,
  quote: Pick<KiteQuote, 'token'>,
  shared: Pick<FetchOutcome, 'call'>,
): FetchOutcome {
  const message = `Kite answered the request for ${key} (token ${token}) with a quote of another instrument (token ${quote.token})`;
  return { kind: 'failure', failure: { kind: 'invalid', code: 'other-instrument', message }, ...shared };
}

function isReadable(quotes: KiteQuotes, key: string): boolean {
  const quote = quotes.get(key);
  return quote !== undefined && quote !== 'unreadable';
}

function unreadable(key: string, shared: Pick<FetchOutcome, 'call'>): FetchOutcome {
  const failure = { kind: 'retryable', message: `the response of Kite has no readable quote for ${key}` } as const;
  return { kind: 'failure', failure, ...shared };
}

const maxNamedKeys = 5;

function describeMissing(keys: readonly string[]): string | undefined {
  if (keys.length === 0) return undefined;
  const named = keys.slice(0, maxNamedKeys).join(', ');
  const others = keys.length > maxNamedKeys ? ` and ${keys.length - maxNamedKeys} more` : '';
  return `the response of Kite has no quote for ${pluralize(keys.length, 'instrument')}: ${named}${others}`;
}
