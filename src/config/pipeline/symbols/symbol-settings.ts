import type { InstrumentKind } from '../../../core/series.js';
import type { Location } from '../../../core/diagnostic.js';
import { getDefaultCalendar, getDefaultCurrency } from './exchange-defaults.js';
import { closestMatch } from '../../../platform/suggest.js';
import { didYouMean, problem } from '../../yaml/problem.js';
import type { Explanation, ReportDiagnostic } from '../../yaml/problem.js';
import type { Exchange } from '../schema.generated.js';
import { joinList } from '../../../platform/format.js';
import { quote } from '../../yaml/quote.js';

/** Settings of a symbol, a group, a symbols file or the defaults. */
export interface SymbolSettings {
  readonly kind?: InstrumentKind;
  readonly exchange?: Exchange;
  readonly currency?: string;
  readonly calendar?: string;
  readonly priority?: number;
}

export const symbolSettingNames = ['kind', 'exchange', 'currency', 'calendar', 'priority'] as const;

/** Settings with defaults applied; the calendar is null if the exchange has no default. */
export interface ResolvedSymbolSettings {
  readonly kind: InstrumentKind;
  readonly exchange: Exchange;
  readonly currency: string;
  readonly calendar: string | null;
  readonly priority: number;
}

/**
 * Resolves settings from several levels, the most specific first. The exchange of a level sets the default currency and
 * calendar, which take precedence over less specific levels: `exchange: ASX` on a symbol overrides the pipeline's `calendar: XNYS`.
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

/** Explains why a calendar is unknown; null if it is known. */
export function explainCalendar(calendar: string, known: readonly string[]): Explanation | null {
  if (known.includes(calendar)) return null;
  return {
    message: `there is no calendar ${quote(calendar)}`,
    suggestion: didYouMean(closestMatch(calendar, known)) ?? `the calendars are ${joinList(known)}`,
  };
}

let knownCurrencies: ReadonlySet<string> | null = null;

/** Explains why a currency is unknown; null if it is known. */
export function explainCurrency(currency: string): Explanation | null {
  knownCurrencies ??= new Set(Intl.supportedValuesOf('currency'));
  if (knownCurrencies.has(currency)) return null;
  const common = ['USD', 'AUD', 'INR', 'EUR', 'GBP', 'JPY', 'HKD', 'CAD', 'CHF', 'SGD', 'CNY'];
  return { message: `there is no currency ${quote(currency)}`, suggestion: didYouMean(closestMatch(currency, common)) };
}

/** Reports unknown calendars and currencies, which the schema cannot check. */
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
