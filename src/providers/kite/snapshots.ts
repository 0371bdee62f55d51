import type { Instant } from '../../core/time.js';
import { quoteRows, snapshotRows } from '../../core/reading-rows.js';
import type { Outcome } from '../../core/request.js';
import { err, ok } from '../../core/result.js';
import type { Failure } from '../../core/failure.js';
import type { Result } from '../../core/result.js';
import type { OptionContract, SeriesOf } from '../../core/series.js';
import type { KiteApi } from './api.js';
import { failureFor, stopped } from './failures.js';
import { indianDate } from './indian-time.js';
import { instrumentsPerQuote } from './limits.js';
import type { Listed } from './listed.js';
import type { ListedOption, OptionList } from './option-list.js';
import { optionReading, quoteReading, readQuotes } from './quote.js';
import type { KiteQuotes } from './quote.js';

/** What Kite's screen shows of one instrument. */
export async function quoteOf(api: KiteApi, { key }: Listed, signal: AbortSignal): Promise<Outcome> {
  const quotes = await ask(api, [key], signal);
  if (!quotes.ok) return { kind: 'failure', failure: quotes.error };
  const quote = quotes.value.get(key);
  return quote === undefined
    ? { kind: 'empty' }
    : { kind: 'rows', rows: quoteRows(quoteReading(quote)), answered: null };
}

/**
 * What Kite's screen shows of the options of an expiry and of their underlying, in one call. An option that is not in the list
 * of instruments is unlisted; one that is, and of which Kite says nothing, has no row; one that has expired is no news.
 */
export async function snapshotOf(
  api: KiteApi,
  series: SeriesOf<'option_snapshots'>,
  listed: Listed,
  list: OptionList,
  now: Instant,
  signal: AbortSignal,
): Promise<Outcome> {
  const today = indianDate(now);
  const wanted: ListedOption[] = [];
  const unlisted: OptionContract[] = [];
  for (const contract of series.contracts) {
    const option = list.find(contract);
    if (option !== undefined) wanted.push(option);
    else if (contract.expiry >= today) unlisted.push(contract);
  }
  if (wanted.length === 0) return { kind: 'empty', unlisted };
  if (wanted.length > instrumentsPerQuote) {
    const message = `Kite tells of ${instrumentsPerQuote} instruments in one call, and ${wanted.length} were asked for`;
    return { kind: 'failure', failure: { kind: 'invalid', message } };
  }
  const underlying = wanted.length < instrumentsPerQuote ? [listed.key] : [];
  const quotes = await ask(api, [...underlying, ...wanted.map(({ key }) => key)], signal);
  if (!quotes.ok) return { kind: 'failure', failure: quotes.error };
  const underlyingPrice = quotes.value.get(listed.key)?.last ?? null;
  const readings = wanted.flatMap((option) => {
    const quote = quotes.value.get(option.key);
    return quote === undefined ? [] : [optionReading(option, quote, underlyingPrice)];
  });
  if (readings.length === 0) return { kind: 'empty', unlisted };
  return { kind: 'rows', rows: snapshotRows(readings), answered: null, unlisted };
}

async function ask(api: KiteApi, keys: readonly string[], signal: AbortSignal): Promise<Result<KiteQuotes, Failure>> {
  const answer = await api.quotes(keys, signal);
  if (signal.aborted) return err(stopped);
  if (!answer.ok) return err(failureFor(answer.error));
  const quotes = readQuotes(answer.value);
  return quotes === null
    ? err({ kind: 'retryable', message: 'an answer to quotes that has no quotes in it' })
    : ok(quotes);
}
