import type { Calendar } from '../../core/time/calendar.js';
import type { Instrument, InstrumentKind, Right } from '../../core/series.js';
import type { LocalDate } from '../../core/time/time.js';
import { getIndianLotSize } from './indian-option-rules.js';
import type { SymbolProfile } from './symbol-profile.js';
import { hashToNumber, createPrefixHasher, drawUniform } from '../../platform/random.js';

/** The contract details of an instrument, as a provider reports them. */
export interface ContractDetails {
  readonly conId: number;
  readonly secType: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
  /** Null where one contract is one share. */
  readonly multiplier: number | null;
  readonly longName: string;
  readonly industry: string;
  readonly category: string;
  readonly minTick: number;
  readonly timeZone: string;
}

const secTypes = { stock: 'STK', etf: 'STK', index: 'IND', future: 'FUT' } as const satisfies Record<
  InstrumentKind,
  string
>;

/** The default exchange by calendar. */
const primaryExchanges: ReadonlyMap<string, string> = new Map([
  ['XNYS', 'NYSE'],
  ['XNAS', 'NASDAQ'],
  ['XASX', 'ASX'],
  ['XNSE', 'NSE'],
  ['XBOM', 'BSE'],
  ['XLON', 'LSE'],
  ['XETR', 'IBIS'],
  ['XPAR', 'SBF'],
  ['XAMS', 'AEB'],
  ['XBRU', 'ENEXT.BE'],
  ['XMIL', 'BVME'],
  ['XSWX', 'EBS'],
  ['XTSE', 'TSE'],
  ['XTKS', 'TSEJ'],
  ['XHKG', 'SEHK'],
]);

const industries: readonly (readonly [string, string])[] = [
  ['Technology', 'Software'],
  ['Technology', 'Semiconductors'],
  ['Financial', 'Banks'],
  ['Financial', 'Insurance'],
  ['Energy', 'Oil & Gas'],
  ['Industrial', 'Machinery-Diversified'],
  ['Consumer, Cyclical', 'Retail'],
  ['Consumer, Non-cyclical', 'Pharmaceuticals'],
  ['Basic Materials', 'Mining'],
  ['Communications', 'Telecommunications'],
  ['Utilities', 'Electric'],
];

/** Creates the details of an instrument; unknown symbols get made-up details that say so. */
export function createContractDetails(
  instrument: Instrument,
  profile: SymbolProfile,
  calendar: Calendar,
): ContractDetails {
  const { symbol, kind, exchange, currency } = instrument;
  const [industry, category] = profile.knownInstrument
    ? [profile.knownInstrument.industry, profile.knownInstrument.category]
    : pickIndustry(kind, profile);
  return {
    conId: hashToNumber(`${symbol}|${kind}|${currency}`),
    secType: secTypes[kind],
    exchange,
    primaryExchange: profile.knownInstrument?.primaryExchange ?? primaryExchanges.get(calendar.exchange) ?? exchange,
    currency,
    localSymbol: symbol,
    tradingClass: symbol,
    multiplier: kind === 'future' ? 50 : null,
    longName:
      profile.knownInstrument?.name ??
      `Mock ${symbol} ${{ stock: 'Corp', etf: 'ETF', index: 'Index', future: 'Future' }[kind]}`,
    industry,
    category,
    minTick: 1 / profile.ticksPerUnit,
    timeZone: calendar.timeZone,
  };
}

function pickIndustry(kind: InstrumentKind, profile: SymbolProfile): readonly [string, string] {
  if (kind === 'etf') return ['Funds', 'Equity Fund'];
  if (kind === 'index') return ['Indices', 'Broad Range Equity Index'];
  if (kind === 'future') return ['Futures', 'Index Future'];
  return industries[Math.floor(drawUniform(profile.key, 6) * industries.length)] ?? ['', ''];
}

/** The number of shares per option. */
export function getOptionMultiplier(instrument: Instrument, profile: SymbolProfile, expiry: LocalDate): number {
  return instrument.currency === 'INR' ? getIndianLotSize(instrument.symbol, profile.basePrice, expiry) : 100;
}

/** The contract ids of the options of one class and expiry. */
export function optionConIds(
  { currency }: Instrument,
  tradingClass: string,
  expiry: LocalDate,
): (strike: number, right: Right) => number {
  const hashTerms = createPrefixHasher(`${tradingClass}|${currency}|${expiry}|`);
  return (strike, right) => hashTerms(`${strike}|${right}`);
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;

/** The local symbols of the options of one class and expiry: in OCC notation, in India in that of the brokers there. */
export function optionSymbols(
  instrument: Instrument,
  tradingClass: string,
  expiry: LocalDate,
  kind: 'weekly' | 'monthly',
): (strike: number, right: Right) => string {
  const [year, month, day] = [expiry.slice(2, 4), expiry.slice(5, 7), expiry.slice(8)];
  if (instrument.currency === 'INR') {
    const name = months[Number(month) - 1] ?? '';
    const expiryCode =
      kind === 'monthly' ? `${year}${name}` : `${year}${Number(month) < 10 ? Number(month) : name.slice(0, 1)}${day}`;
    const start = instrument.symbol + expiryCode;
    return (strike, right) => `${start}${strike}${right}E`;
  }
  const start = `${tradingClass.padEnd(6)}${year}${month}${day}`;
  return (strike, right) => `${start}${right}${String(Math.round(strike * 1_000)).padStart(8, '0')}`;
}
