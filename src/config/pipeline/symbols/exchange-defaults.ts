import type { Exchange } from '../schema.generated.js';

/** Currency and calendar of a symbol that sets only its exchange. */
interface ExchangeDefaults {
  readonly currency: string;
  /** Null if the exchange has no default: the symbol must set its calendar. */
  readonly calendar: string | null;
}

const exchangeDefaults: Readonly<Record<Exchange, ExchangeDefaults>> = {
  SMART: { currency: 'USD', calendar: 'XNYS' },
  NYSE: { currency: 'USD', calendar: 'XNYS' },
  ARCA: { currency: 'USD', calendar: 'XNYS' },
  AMEX: { currency: 'USD', calendar: 'XNYS' },
  BATS: { currency: 'USD', calendar: 'XNYS' },
  CBOE: { currency: 'USD', calendar: 'XNYS' },
  NASDAQ: { currency: 'USD', calendar: 'XNAS' },
  ASX: { currency: 'AUD', calendar: 'XASX' },
  NSE: { currency: 'INR', calendar: 'XNSE' },
  BSE: { currency: 'INR', calendar: 'XBOM' },
  LSE: { currency: 'GBP', calendar: 'XLON' },
  LSEETF: { currency: 'GBP', calendar: 'XLON' },
  IBIS: { currency: 'EUR', calendar: 'XETR' },
  IBIS2: { currency: 'EUR', calendar: 'XETR' },
  SBF: { currency: 'EUR', calendar: 'XPAR' },
  AEB: { currency: 'EUR', calendar: 'XAMS' },
  'ENEXT.BE': { currency: 'EUR', calendar: 'XBRU' },
  BVME: { currency: 'EUR', calendar: 'XMIL' },
  'BVME.ETF': { currency: 'EUR', calendar: 'XMIL' },
  EBS: { currency: 'CHF', calendar: 'XSWX' },
  TSE: { currency: 'CAD', calendar: 'XTSE' },
  TSEJ: { currency: 'JPY', calendar: 'XTKS' },
  SEHK: { currency: 'HKD', calendar: 'XHKG' },
  CME: { currency: 'USD', calendar: null },
  CBOT: { currency: 'USD', calendar: null },
  NYMEX: { currency: 'USD', calendar: null },
  COMEX: { currency: 'USD', calendar: null },
};

/** SMART routes to any exchange of a country; the currency identifies the country, except the euro. */
const smartCalendars: Readonly<Record<string, string>> = {
  USD: 'XNYS',
  AUD: 'XASX',
  INR: 'XNSE',
  GBP: 'XLON',
  CHF: 'XSWX',
  CAD: 'XTSE',
  JPY: 'XTKS',
  HKD: 'XHKG',
};

/** Calendars of exchanges that have the same sessions. */
const equalCalendars: readonly (readonly string[])[] = [
  ['XNYS', 'XNAS'],
  ['XNSE', 'XBOM'],
  ['XPAR', 'XAMS', 'XBRU'],
];

export const exchangeNames: readonly string[] = Object.keys(exchangeDefaults);

export function isExchange(text: string): text is Exchange {
  return Object.hasOwn(exchangeDefaults, text);
}

export function getDefaultCurrency(exchange: Exchange): string {
  return exchangeDefaults[exchange].currency;
}

/** Returns the default calendar of an exchange; null if it has none. */
export function getDefaultCalendar(exchange: Exchange, currency: string): string | null {
  if (exchange !== 'SMART') return exchangeDefaults[exchange].calendar;
  return Object.hasOwn(smartCalendars, currency) ? (smartCalendars[currency] ?? null) : null;
}

/** Returns whether two calendars have the same sessions. */
export function haveSameSessions(calendar: string, other: string): boolean {
  return calendar === other || equalCalendars.some((group) => group.includes(calendar) && group.includes(other));
}

/** `XETR (IBIS, IBIS2), XPAR (SBF)`: the calendars of a currency with the exchanges that set them; null if there is none. */
export function describeCalendarsOf(currency: string): string | null {
  const exchangesByCalendar = new Map<string, string[]>();
  for (const [exchange, defaults] of Object.entries(exchangeDefaults)) {
    if (defaults.currency !== currency || defaults.calendar === null) continue;
    const exchanges = exchangesByCalendar.get(defaults.calendar);
    if (exchanges === undefined) exchangesByCalendar.set(defaults.calendar, [exchange]);
    else exchanges.push(exchange);
  }
  if (exchangesByCalendar.size === 0) return null;
  return [...exchangesByCalendar].map(([calendar, exchanges]) => `${calendar} (${exchanges.join(', ')})`).join(', ');
}
