import type { MarketAction } from '../core/market-action.js';
import type { AnswerColumns } from '../core/tables/rows.js';
import { minute, toDayNumber } from '../core/time/time.js';
import type { Calendar } from '../core/time/calendar.js';
import type { Instrument, OptionContract } from '../core/series.js';
import type { Instant } from '../core/time/time.js';
import { createMarket } from './market.js';
import type { AnsweredBars, LookupResult, Market, MarketDeps } from './market.js';
import type { OptionQuote, Quote } from './quote.js';

type BarColumns = AnswerColumns<'equity_bars'>;

/** Creates the market of the settings, with its splits, dividends and corrections. */
export function createMarketWithActions(deps: MarketDeps): Market {
  return withActions(createMarket(deps), deps.settings.actions ?? [], deps.getCalendar);
}

/**
 * Adds splits, dividends and corrections to a market, which stays a pure function of time: an action changes every answer from its
 * instant on, as at a provider of adjusted prices. Prices are rounded to the tick.
 */
function withActions(
  market: Market,
  actions: readonly MarketAction[],
  getCalendar: (calendar: string) => Calendar | undefined,
): Market {
  if (actions.length === 0) return market;
  const listActive = (symbol: string, now: Instant): readonly MarketAction[] =>
    actions.filter((action) => action.symbol === symbol && action.at <= now);
  const getSplit = (symbol: string, now: Instant): number =>
    listActive(symbol, now).reduce((ratio, action) => (action.kind === 'split' ? ratio * action.ratio : ratio), 1);
  const getTicks = ({ currency }: Instrument): number => (currency === 'INR' ? 20 : 100);

  return {
    ...market,
    bars(query) {
      const found = market.bars(query);
      const active = listActive(query.instrument.symbol, query.now);
      if (!found.found || active.length === 0) return found;
      const calendar = getCalendar(query.instrument.calendar);
      return mapFound(found, (bars) => changeBars(bars, active, getTicks(query.instrument), calendar));
    },
    quote: (instrument, at) =>
      mapFound(market.quote(instrument, at), (quote) =>
        quote === null ? null : splitQuote(quote, getSplit(instrument.symbol, at), getTicks(instrument)),
      ),
    chain: (instrument, at) => {
      const ratio = getSplit(instrument.symbol, at);
      return ratio === 1
        ? market.chain(instrument, at)
        : mapFound(market.chain(instrument, at), (chain) =>
            chain.map((option) => ({ ...option, strike: roundStrike(option.strike / ratio) })),
          );
    },
    optionBars(query) {
      const ratio = getSplit(query.instrument.symbol, query.now);
      if (ratio === 1) return market.optionBars(query);
      const contract = toUnsplit(query.contract, ratio);
      const split: MarketAction = { kind: 'split', symbol: query.instrument.symbol, ratio, at: -Infinity };
      return mapFound(market.optionBars({ ...query, contract }), (bars) =>
        changeBars(bars, [split], getTicks(query.instrument), undefined),
      );
    },
    optionQuote(instrument, contract, at) {
      const ratio = getSplit(instrument.symbol, at);
      if (ratio === 1) return market.optionQuote(instrument, contract, at);
      return mapFound(market.optionQuote(instrument, toUnsplit(contract, ratio), at), (quote) =>
        quote === null ? null : splitOptionQuote(quote, ratio, getTicks(instrument)),
      );
    },
  };
}

function mapFound<A, B>(found: LookupResult<A>, convert: (value: A) => B): LookupResult<B> {
  return found.found ? { found: true, value: convert(found.value) } : found;
}

/** The contract as it was before the split: strikes of the market are multiples of a tenth. */
function toUnsplit<C extends Omit<OptionContract, 'conId'>>(contract: C, ratio: number): C {
  return { ...contract, strike: Math.round(contract.strike * ratio * 10) / 10 };
}

function roundStrike(strike: number): number {
  return Math.round(strike * 10_000) / 10_000;
}

function changeBars(
  bars: AnsweredBars,
  actions: readonly MarketAction[],
  ticks: number,
  calendar: Calendar | undefined,
): AnsweredBars {
  const columns = Object.fromEntries(
    Object.entries(bars.columns).map(([name, column]) => [name, Float64Array.from(column)]),
  );
  const changed: BarColumns = { ...bars.columns, ...columns };
  for (let row = 0; row < bars.length; row++)
    for (const action of actions) changeBar(changed, row, bars.length, action, calendar);
  roundPrices(changed, bars.length, ticks);
  return { ...bars, columns: changed };
}

const priceColumns = ['open', 'high', 'low', 'close'] as const;

function changeBar(
  columns: BarColumns,
  row: number,
  length: number,
  action: MarketAction,
  calendar: Calendar | undefined,
): void {
  switch (action.kind) {
    case 'split':
      scale(columns, row, 1 / action.ratio);
      columns.volume[row] = Math.round((columns.volume[row] ?? NaN) * action.ratio);
      return;
    case 'dividend':
      // Sessions before the day of the action belong to the time with the dividend.
      if ((columns.ts[row] ?? Infinity) < (calendar?.startOf(calendar.dateAt(action.at)) ?? action.at))
        scale(columns, row, action.factor);
      return;
    case 'correction': {
      const day = toDayNumber(action.session);
      if (columns.session[row] !== day) return;
      if (action.bars === 'all') shiftAll(columns, row, action.amount);
      else if (row === length - 1 || columns.session[row + 1] !== day) shiftClose(columns, row, action.amount);
    }
  }
}

function scale(columns: BarColumns, row: number, factor: number): void {
  for (const name of [...priceColumns, 'wap'] as const) columns[name][row] = (columns[name][row] ?? NaN) * factor;
}

function shiftClose(columns: BarColumns, row: number, amount: number): void {
  const close = (columns.close[row] ?? NaN) + amount;
  columns.close[row] = close;
  columns.high[row] = Math.max(columns.high[row] ?? NaN, close);
  columns.low[row] = Math.min(columns.low[row] ?? NaN, close);
}

/** Shifts each price of a bar by another amount, so that no ratio explains the change. */
function shiftAll(columns: BarColumns, row: number, amount: number): void {
  const share = (((columns.ts[row] ?? 0) / minute) % 7) / 7;
  columns.open[row] = (columns.open[row] ?? NaN) + amount * share;
  columns.close[row] = (columns.close[row] ?? NaN) - amount * (1 - share);
  columns.high[row] = (columns.high[row] ?? NaN) + amount;
  columns.low[row] = Math.max((columns.low[row] ?? NaN) - amount, 0.01);
}

function roundPrices(columns: BarColumns, length: number, ticks: number): void {
  const round = (value: number, steps: number): number => Math.round(value * steps) / steps;
  for (let row = 0; row < length; row++) {
    for (const name of priceColumns) columns[name][row] = round(columns[name][row] ?? NaN, ticks);
    columns.wap[row] = round(columns.wap[row] ?? NaN, 100 * ticks);
  }
}

function splitQuote<Q extends Quote>(quote: Q, ratio: number, ticks: number): Q {
  if (ratio === 1) return quote;
  const price = (value: number): number => Math.round((value / ratio) * ticks) / ticks;
  const priceOrNull = (value: number | null): number | null => (value === null ? null : price(value));
  return {
    ...quote,
    ...{ last: price(quote.last), open: price(quote.open), high: price(quote.high), low: price(quote.low) },
    ...{ bid: priceOrNull(quote.bid), ask: priceOrNull(quote.ask), previousClose: priceOrNull(quote.previousClose) },
    averagePrice: quote.averagePrice === null ? null : quote.averagePrice / ratio,
    volume: Math.round(quote.volume * ratio),
  };
}

function splitOptionQuote(quote: OptionQuote, ratio: number, ticks: number): OptionQuote {
  return { ...splitQuote(quote, ratio, ticks), underlyingPrice: quote.underlyingPrice / ratio };
}
