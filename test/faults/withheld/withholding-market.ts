import type { Calendar } from '../../../src/core/time/calendar.js';
import type { BarSize } from '../../../src/core/tables/bars.js';
import type { Instrument, OptionContract } from '../../../src/core/series.js';
import { selectBars } from '../../../src/core/tables/select-bars.js';
import { addDays } from '../../../src/core/time/time.js';
import type { Instant, LocalDate } from '../../../src/core/time/time.js';
import type { AnsweredBars, LookupResult, Market } from '../../../src/market/market.js';

/** A bar of the market, as a fault selects it. */
export interface BarOfMarket {
  readonly symbol: string;
  readonly barSize: BarSize;
  /** Null for a bar of the symbol itself. */
  readonly option: Omit<OptionContract, 'conId'> | null;
  readonly ts: Instant;
  readonly session: LocalDate;
  /** Part of the session that has passed when the bar begins, from 0 to 1. */
  readonly progress: number;
}

/** What a fault leaves out of the answers of a source; every other answer is right and looks complete. */
export interface Fault {
  bar?(bar: BarOfMarket): boolean;
  quote?(symbol: string): boolean;
  optionQuote?(symbol: string, contract: Omit<OptionContract, 'conId'>): boolean;
  contract?(symbol: string): boolean;
  chain?(symbol: string): boolean;
  /** A scenario rule for what the market does not decide, and the point that it withholds. */
  readonly rule?: { readonly when: object; readonly do: string; readonly point: string };
}

/** The source's own log of what it has left out. */
export interface WithheldLog {
  /** Instants by series of bars, named as in coverage. */
  readonly bars: Map<string, Set<Instant>>;
  /** `quotes/AAPL`, `chains/AAPL` and so on. */
  readonly points: Set<string>;
}

/** A market whose answers lack what the fault selects, and which notes what it leaves out. */
export function createWithholdingMarket(market: Market, calendar: Calendar, fault: Fault, log: WithheldLog): Market {
  const filter = (
    found: LookupResult<AnsweredBars>,
    { symbol }: Instrument,
    barSize: BarSize,
    option: BarOfMarket['option'],
  ): LookupResult<AnsweredBars> => {
    if (!found.found || fault.bar === undefined) return found;
    const { ts } = found.value.columns;
    const kept = new Set<number>();
    for (const [row, at] of ts.entries()) {
      const session = calendar.dateAt(at);
      const [hours] = calendar.sessions(session, addDays(session, 1));
      const progress = hours === undefined ? 0 : (at - hours.open) / (hours.close - hours.open);
      if (!fault.bar({ symbol, barSize, option, ts: at, session, progress })) {
        kept.add(row);
        continue;
      }
      const series = nameSeries(symbol, barSize, option);
      log.bars.set(series, (log.bars.get(series) ?? new Set()).add(at));
    }
    if (kept.size === ts.length) return found;
    const { length, columns } = found.value;
    const rest = selectBars({ dataset: 'equity_bars', length, columns }, kept.size, (column) =>
      column.filter((_, row) => kept.has(row)),
    );
    return { found: true, value: { ...found.value, length: kept.size, columns: rest.columns } };
  };
  const withhold = (isSelected: boolean | undefined, point: string): boolean => {
    if (isSelected === true) log.points.add(point);
    return isSelected === true;
  };
  return {
    contract: (instrument) =>
      withhold(fault.contract?.(instrument.symbol), `contracts/${instrument.symbol}`)
        ? { found: false, reason: 'no-symbol' }
        : market.contract(instrument),
    bars: (query) => filter(market.bars(query), query.instrument, query.barSize, null),
    optionBars: (query) => filter(market.optionBars(query), query.instrument, query.barSize, query.contract),
    chain(instrument, at) {
      const found = market.chain(instrument, at);
      return found.found && withhold(fault.chain?.(instrument.symbol), `chains/${instrument.symbol}`)
        ? { found: true, value: [] }
        : found;
    },
    historyStart: (instrument) => market.historyStart(instrument),
    quote(instrument, at) {
      const found = market.quote(instrument, at);
      return found.found && withhold(fault.quote?.(instrument.symbol), `quotes/${instrument.symbol}`)
        ? { found: true, value: null }
        : found;
    },
    optionQuote(instrument, contract, at) {
      const found = market.optionQuote(instrument, contract, at);
      const point = `option_snapshots/${instrument.symbol}/${contract.expiry}`;
      return found.found && withhold(fault.optionQuote?.(instrument.symbol, contract), point)
        ? { found: true, value: null }
        : found;
    },
  };
}

function nameSeries(symbol: string, barSize: BarSize, option: BarOfMarket['option']): string {
  return option === null
    ? `equity_bars/${symbol}/${barSize}/TRADES/rth`
    : `option_bars/${symbol}/${option.expiry}/${String(option.strike)}/${option.right}/${barSize}/TRADES/rth`;
}
