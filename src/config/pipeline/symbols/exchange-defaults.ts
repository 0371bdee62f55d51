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
  CME: { currency: 'USD', calendar: null },
  CBOT: { currency: 'USD', calendar: null },
  NYMEX: { currency: 'USD', calendar: null },
  COMEX: { currency: 'USD', calendar: null },
};

/** SMART routes to any exchange of a country; the currency identifies the country. */
const smartCalendars: Readonly<Record<string, string>> = { USD: 'XNYS', AUD: 'XASX', INR: 'XNSE' };

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
