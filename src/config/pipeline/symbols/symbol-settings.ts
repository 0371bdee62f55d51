import type { InstrumentKind } from '../../../core/series.js';
import type { Location } from '../../../core/diagnostic.js';
import { getDefaultCalendar, getDefaultCurrency } from './exchange-defaults.js';
import { closestMatch } from '../../../platform/suggest.js';
import { didYouMean, problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import type { Exchange } from '../schema.generated.js';
import { joinList, quote } from '../../yaml/quote.js';

/** What a symbol, a group, a file of symbols or the defaults may say. */
export interface SymbolSettings {
  readonly kind?: InstrumentKind;
  readonly exchange?: Exchange;
  readonly currency?: string;
  readonly calendar?: string;
  readonly priority?: number;
}

export const symbolSettingNames = ['kind', 'exchange', 'currency', 'calendar', 'priority'] as const;

/** Settings with nothing left open but the calendar, for which an exchange may have no default. */
export interface ResolvedSymbolSettings {
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
export function resolveSymbolSettings(levels: readonly SymbolSettings[]): ResolvedSymbolSettings {
  const first = <Name extends keyof SymbolSettings>(name: Name): SymbolSettings[Name] | undefined =>
    levels.find((level) => level[name] !== undefined)?.[name];

  const exchange = first('exchange') ?? 'SMART';
  let currency: string | undefined;
  for (const level of levels) {
    currency ??= level.currency ?? (level.exchange === undefined ? undefined : getDefaultCurrency(level.exchange));
  }
  const resolvedCurrency = currency ?? getDefaultCurrency(exchange);
  const calendarLevel = levels.find((level) => level.calendar !== undefined || level.exchange !== undefined);
  return {
    kind: first('kind') ?? 'stock',
    exchange,
    currency: resolvedCurrency,
    calendar: calendarLevel?.calendar ?? getDefaultCalendar(exchange, resolvedCurrency),
    priority: first('priority') ?? 5,
  };
}

/** Says what is wrong with a calendar; null when it is known. */
export function explainCalendar(
  calendar: string,
  known: readonly string[],
): { message: string; suggestion: string } | null {
  if (known.includes(calendar)) return null;
  return {
    message: `no calendar ${quote(calendar)} is known`,
    suggestion: didYouMean(closestMatch(calendar, known)) ?? `known are ${joinList(known)}`,
  };
}

let knownCurrencies: ReadonlySet<string> | null = null;

/** Says what is wrong with a currency; null when there is one of that name. */
export function explainCurrency(currency: string): { message: string; suggestion: string | null } | null {
  knownCurrencies ??= new Set(Intl.supportedValuesOf('currency'));
  if (knownCurrencies.has(currency)) return null;
  const common = ['USD', 'AUD', 'INR', 'EUR', 'GBP', 'JPY', 'HKD', 'CAD', 'CHF', 'SGD', 'CNY'];
  return { message: `there is no currency ${quote(currency)}`, suggestion: didYouMean(closestMatch(currency, common)) };
}

/** Reports what the schema cannot know about settings: which calendars and currencies there are. */
export function checkSymbolSettings(
  settings: SymbolSettings,
  knownCalendars: readonly string[],
  locate: (name: keyof SymbolSettings) => Location,
  report: ReportDiagnostic,
): void {
  const { calendar, currency } = settings;
  const badCalendar = calendar === undefined ? null : explainCalendar(calendar, knownCalendars);
  if (badCalendar !== null) report(problem('unknown-calendar', locate('calendar'), badCalendar.message, badCalendar));
  const badCurrency = currency === undefined ? null : explainCurrency(currency);
  if (badCurrency !== null) report(problem('unknown-currency', locate('currency'), badCurrency.message, badCurrency));
}
