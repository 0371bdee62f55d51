import type { InstrumentKind } from '../core/series.js';
import type { Place } from '../core/diagnostic.js';
import { calendarOf, currencyOf } from './exchanges.js';
import { nearest } from '../core/nearest.js';
import { didYouMean, problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import type { Exchange } from './schema.generated.js';
import { enumerate, quote } from '../yaml/text.js';

/** What a symbol, a group, a file of symbols or the defaults may say. */
export interface SymbolSettings {
  readonly kind?: InstrumentKind;
  readonly exchange?: Exchange;
  readonly currency?: string;
  readonly calendar?: string;
  readonly priority?: number;
}

export const settingNames = ['kind', 'exchange', 'currency', 'calendar', 'priority'] as const;

/** Settings with nothing left open but the calendar, for which an exchange may have no default. */
export interface ResolvedSettings {
  readonly kind: InstrumentKind;
  readonly exchange: Exchange;
  readonly currency: string;
  readonly calendar: string | null;
  readonly priority: number;
}

/**
 * Settles what a symbol is from several levels, nearest first. An exchange said at one level decides currency and calendar
 * before anything said at a level further away: `exchange: ASX` on a symbol outdoes `calendar: XNYS` for the whole pipeline.
 */
export function resolveSettings(levels: readonly SymbolSettings[]): ResolvedSettings {
  const first = <Name extends keyof SymbolSettings>(name: Name): SymbolSettings[Name] | undefined =>
    levels.find((level) => level[name] !== undefined)?.[name];

  const exchange = first('exchange') ?? 'SMART';
  let currency: string | undefined;
  for (const level of levels) {
    currency ??= level.currency ?? (level.exchange === undefined ? undefined : currencyOf(level.exchange));
  }
  const traded = currency ?? currencyOf(exchange);
  const decisive = levels.find((level) => level.calendar !== undefined || level.exchange !== undefined);
  return {
    kind: first('kind') ?? 'stock',
    exchange,
    currency: traded,
    calendar: decisive?.calendar ?? calendarOf(exchange, traded),
    priority: first('priority') ?? 5,
  };
}

/** Says what is wrong with a calendar; null when it is known. */
export function checkCalendar(
  calendar: string,
  known: readonly string[],
): { message: string; suggestion: string } | null {
  if (known.includes(calendar)) return null;
  return {
    message: `no calendar ${quote(calendar)} is known`,
    suggestion: didYouMean(nearest(calendar, known)) ?? `known are ${enumerate(known)}`,
  };
}

let currencies: ReadonlySet<string> | null = null;

/** Says what is wrong with a currency; null when there is one of that name. */
export function checkCurrency(currency: string): { message: string; suggestion: string | null } | null {
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  if (currencies.has(currency)) return null;
  const common = ['USD', 'AUD', 'INR', 'EUR', 'GBP', 'JPY', 'HKD', 'CAD', 'CHF', 'SGD', 'CNY'];
  return { message: `there is no currency ${quote(currency)}`, suggestion: didYouMean(nearest(currency, common)) };
}

/** Reports what the schema cannot know about settings: which calendars and currencies there are. */
export function checkSettings(
  settings: SymbolSettings,
  knownCalendars: readonly string[],
  placeOf: (name: keyof SymbolSettings) => Place,
  report: Report,
): void {
  const { calendar, currency } = settings;
  const badCalendar = calendar === undefined ? null : checkCalendar(calendar, knownCalendars);
  if (badCalendar !== null) report(problem('unknown-calendar', placeOf('calendar'), badCalendar.message, badCalendar));
  const badCurrency = currency === undefined ? null : checkCurrency(currency);
  if (badCurrency !== null) report(problem('unknown-currency', placeOf('currency'), badCurrency.message, badCurrency));
}
