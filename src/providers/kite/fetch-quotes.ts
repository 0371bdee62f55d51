import type { Instant } from '../../core/time/time.js';
import { toQuoteRows, toSnapshotRows } from '../../core/tables/quote-rows.js';
import type { FetchOutcome } from '../../core/request.js';
import { err, ok } from '../../core/result.js';
import type { Failure } from '../../core/failure.js';
import type { Result } from '../../core/result.js';
import type { OptionContract, SeriesOf } from '../../core/series.js';
import type { KiteApi } from './api.js';
import { toKiteFailure, abortedFailure } from './failures.js';
import { toIndianDate } from './indian-time.js';
import { maxInstrumentsPerQuote } from './limits.js';
import type { ListedInstrument } from './instruments/resolve-instrument.js';
import type { KiteOption, OptionList } from './instruments/option-list.js';
import { toOptionInput, toQuoteInput, parseQuotes } from './kite-quotes.js';
import type { KiteQuotes } from './kite-quotes.js';

export async function fetchQuote(api: KiteApi, { key }: ListedInstrument, signal: AbortSignal): Promise<FetchOutcome> {
  const quotes = await requestQuotes(api, [key], signal);
  if (!quotes.ok) return { kind: 'failure', failure: quotes.error };
  const quote = quotes.value.get(key);
  return quote === undefined
    ? { kind: 'empty' }
    : { kind: 'rows', rows: toQuoteRows(toQuoteInput(quote)), answeredWindow: null };
}

/**
 * Fetches the quotes of options and their underlying in one call. An option that is not in the list of instruments is reported
 * as unlisted unless it has expired; a listed option without a quote has no row.
 */
export async function fetchSnapshot(
  api: KiteApi,
  series: SeriesOf<'option_snapshots'>,
  listed: ListedInstrument,
  list: OptionList,
  now: Instant,
  signal: AbortSignal,
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
  const quotes = await requestQuotes(api, [...underlying, ...listedOptions.map(({ key }) => key)], signal);
  if (!quotes.ok) return { kind: 'failure', failure: quotes.error };
  const underlyingPrice = quotes.value.get(listed.key)?.last ?? null;
  const optionInputs = listedOptions.flatMap((option) => {
    const quote = quotes.value.get(option.key);
    return quote === undefined ? [] : [toOptionInput(option, quote, underlyingPrice)];
  });
  if (optionInputs.length === 0) return { kind: 'empty', unlisted };
  return { kind: 'rows', rows: toSnapshotRows(optionInputs), answeredWindow: null, unlisted };
}

async function requestQuotes(
  api: KiteApi,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Result<KiteQuotes, Failure>> {
  const response = await api.quotes(keys, signal);
  if (signal.aborted) return err(abortedFailure);
  if (!response.ok) return err(toKiteFailure(response.error));
  const quotes = parseQuotes(response.value);
  return quotes === null
    ? err({ kind: 'retryable', message: 'the response to a request for quotes has no quotes' })
    : ok(quotes);
}
