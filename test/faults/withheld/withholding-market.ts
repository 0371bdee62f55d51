import type { Calendar } from '../../../src/core/time/calendar.js';
import { barSizes } from '../../../src/core/tables/bars.js';
import type { BarSize } from '../../../src/core/tables/bars.js';
import type { Instrument, OptionContract } from '../../../src/core/series.js';
import { selectBars } from '../../../src/core/tables/select-bars.js';
import { addDays, minute } from '../../../src/core/time/time.js';
import type { Duration, Instant, LocalDate } from '../../../src/core/time/time.js';
import type { AnsweredBars, BarsQuery, LookupResult, Market } from '../../../src/market/market.js';

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
  /** Share of the trading time of the first answer of the series that has bars. */
  readonly density: number;
}

/** What a fault leaves out of the answers of a source; every other answer is right and looks complete. */
export interface Fault {
  bar?(bar: BarOfMarket): boolean;
  quote?(symbol: string): boolean;
  optionQuote?(symbol: string, contract: Omit<OptionContract, 'conId'>): boolean;
  /** Options without a quote in a snapshot that has others. */
  optionQuotePart?(symbol: string, contract: Omit<OptionContract, 'conId'>): boolean;
  /** Symbols whose options the source says not to know. */
  unknownOptions?(symbol: string): boolean;
  contract?(symbol: string): boolean;
  chain?(symbol: string): boolean;
  /** Options that the chain leaves out, while it lists others. */
  chainPart?(symbol: string, contract: OptionContract): boolean;
  /** True for bars outside of trading hours beside the right ones: on a Saturday, and after the close. */
  readonly addsOutside?: boolean;
  /** A scenario rule for what the market does not decide, and the point that it withholds. */
  readonly rule?: { readonly when: object; readonly do: string; readonly point: string };
}

/** The source's own log of what it has left out. */
export interface WithheldLog {
  /** Instants by series of bars, named as in coverage. */
  readonly bars: Map<string, Set<Instant>>;
  /** `quotes/AAPL`, `chains/AAPL` and so on. */
  readonly points: Set<string>;
  /** Parts of answers with rows, by series: `650 C` of a snapshot, `2026-12-18 650 C` of a chain. */
  readonly parts: Map<string, Set<string>>;
  /** Symbols whose options the source said not to know. */
  readonly unknown: Set<string>;
  /** Number of bars outside of trading hours that were sent. */
  outside: number;
}

/** A market whose answers lack what the fault selects, and which notes what it leaves out. */
export function createWithholdingMarket(market: Market, calendar: Calendar, fault: Fault, log: WithheldLog): Market {
  // A request for a part of a series meets the same fault as the one for the whole.
  const densities = new Map<string, number>();
  const filter = (
    found: LookupResult<AnsweredBars>,
    { symbol }: Instrument,
    barSize: BarSize,
    option: BarOfMarket['option'],
  ): LookupResult<AnsweredBars> => {
    if (!found.found || fault.bar === undefined) return found;
    const { ts } = found.value.columns;
    const kept = new Set<number>();
    const series = nameSeries(symbol, barSize, option);
    const density = densities.get(series) ?? computeDensity(ts, barSizes[barSize], calendar);
    densities.set(series, density);
    for (const [row, at] of ts.entries()) {
      const session = calendar.dateAt(at);
      const [hours] = calendar.sessions(session, addDays(session, 1));
      const progress = hours === undefined ? 0 : (at - hours.open) / (hours.close - hours.open);
      if (!fault.bar({ symbol, barSize, option, ts: at, session, progress, density })) {
        kept.add(row);
        continue;
      }
      log.bars.set(series, (log.bars.get(series) ?? new Set()).add(at));
    }
    if (kept.size === ts.length) return found;
    const { length, columns } = found.value;
    const rest = selectBars({ dataset: 'equity_bars', length, columns }, kept.size, (column) =>
      column.filter((_, row) => kept.has(row)),
    );
    return { found: true, value: { ...found.value, length: kept.size, columns: rest.columns } };
  };
  const withholdPart = (series: string, item: string): void =>
    void log.parts.set(series, (log.parts.get(series) ?? new Set()).add(item));
  /** Adds a bar of the Saturday in the window, and one after the close of its first session. */
  const addOutside = (
    found: LookupResult<AnsweredBars>,
    { window, barSize }: BarsQuery,
  ): LookupResult<AnsweredBars> => {
    if (!found.found || fault.addsOutside !== true || found.value.length === 0) return found;
    const { columns, length } = found.value;
    const days = calendar.sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end - 1), 1));
    const [first] = days;
    if (first === undefined || barSize === '1 day') return found;
    const late = [first.close + 30 * minute].filter((ts) => ts >= window.start && ts < window.end);
    const times = [...columns.ts, ...late].sort((a, b) => a - b);
    log.outside += late.length;
    const rows = selectBars({ dataset: 'equity_bars', length, columns }, times.length, (column) =>
      Float64Array.from(times, (ts) =>
        column === columns.ts ? ts : (column[Math.max(0, columns.ts.indexOf(ts))] ?? NaN),
      ),
    );
    return { found: true, value: { ...found.value, length: times.length, columns: rows.columns } };
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
    bars: (query) => addOutside(filter(market.bars(query), query.instrument, query.barSize, null), query),
    optionBars: (query) => filter(market.optionBars(query), query.instrument, query.barSize, query.contract),
    // Simulators answer requests for options by the chain.
    chain(instrument, at) {
      const found = market.chain(instrument, at);
      if (found.found && fault.unknownOptions?.(instrument.symbol) === true) {
        log.unknown.add(instrument.symbol);
        return { found: true, value: [] };
      }
      if (found.found && withhold(fault.chain?.(instrument.symbol), `chains/${instrument.symbol}`))
        return { found: true, value: [] };
      if (!found.found || fault.chainPart === undefined) return found;
      const isLeftOut = (contract: OptionContract): boolean => fault.chainPart?.(instrument.symbol, contract) === true;
      for (const { expiry, strike, right } of found.value.filter(isLeftOut))
        withholdPart(`chains/${instrument.symbol}`, `${expiry} ${String(strike)} ${right}`);
      return { found: true, value: found.value.filter((contract) => !isLeftOut(contract)) };
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
      if (found.found && fault.optionQuotePart?.(instrument.symbol, contract) === true) {
        const series = `option_snapshots/${instrument.symbol}/${contract.expiry}/1`;
        withholdPart(series, `${String(contract.strike)} ${contract.right}`);
        return { found: true, value: null };
      }
      const point = `option_snapshots/${instrument.symbol}/${contract.expiry}`;
      return found.found && withhold(fault.optionQuote?.(instrument.symbol, contract), point)
        ? { found: true, value: null }
        : found;
    },
  };
}

function computeDensity(ts: Float64Array, barLength: Duration, calendar: Calendar): number {
  const dates = new Set([...ts].map((at) => calendar.dateAt(at)));
  let trading = 0;
  for (const date of dates)
    for (const { open, close } of calendar.sessions(date, addDays(date, 1))) trading += close - open;
  return trading === 0 ? 0 : (ts.length * barLength) / trading;
}

function nameSeries(symbol: string, barSize: BarSize, option: BarOfMarket['option']): string {
  return option === null
    ? `equity_bars/${symbol}/${barSize}/TRADES/rth`
    : `option_bars/${symbol}/${option.expiry}/${String(option.strike)}/${option.right}/${barSize}/TRADES/rth`;
}
