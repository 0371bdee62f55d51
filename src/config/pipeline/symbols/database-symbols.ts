import type { Location } from '../../../core/diagnostic.js';
import type { InstrumentKind } from '../../../core/series.js';
import { parsePostgresUrl, postgresUrlExample } from '../../../platform/urls/postgres-url.js';
import { problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import { exchangeNames, isExchange } from './exchange-defaults.js';
import { explainSymbol } from './explain-symbol.js';
import { explainCurrency } from './symbol-settings.js';
import type { SymbolSettings } from './symbol-settings.js';

/** The rows of a table `symbols` that a pipeline uses. */
export interface SymbolQuery {
  /** A secret. */
  readonly url: string;
  /** An expression of SQL over the columns of the table. */
  readonly condition: string;
}

/** A row of the table `symbols`; columns that it lacks are absent. */
export type DatabaseRow = Readonly<Record<string, unknown>>;

/** The answer of a database, or what it answered before if it cannot be reached. */
export type SymbolAnswer =
  | {
      readonly kind: 'rows';
      readonly rows: readonly DatabaseRow[];
      /** Present if the rows are those of an earlier answer: its age and the failure, in one sentence. */
      readonly outdated: string | null;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly suggestion: string };

export type QuerySymbols = (query: SymbolQuery) => Promise<SymbolAnswer>;

/** A symbol of a database with its settings. */
export interface DatabaseSymbol {
  readonly symbol: string;
  readonly settings: SymbolSettings;
}

/** The symbols of an answer; null after a report. A row that cannot be used is left out with a warning. */
export function readDatabaseSymbols(
  answer: SymbolAnswer,
  location: Location,
  report: ReportDiagnostic,
): readonly DatabaseSymbol[] | null {
  if (answer.kind === 'failed') {
    report(problem('unreachable-database', location, answer.message, { suggestion: answer.suggestion }));
    return null;
  }
  const found = new Map<string, DatabaseSymbol>();
  for (const row of answer.rows) {
    const read = readRow(row);
    if (typeof read === 'string') report(warning('unusable-row', location, `${read}; the symbol is omitted`));
    else if (!found.has(read.symbol)) found.set(read.symbol, read);
  }
  return [...found.values()];
}

export function checkSymbolQuery({ url }: SymbolQuery, location: Location, report: ReportDiagnostic): boolean {
  const parsed = parsePostgresUrl(url);
  if (typeof parsed !== 'string') return true;
  report(problem('invalid-url', location, `the address of the symbols ${parsed}`, { suggestion: postgresUrlExample }));
  return false;
}

/** A text is what is wrong with the row. */
function readRow(row: DatabaseRow): DatabaseSymbol | string {
  const { symbol } = row;
  if (typeof symbol !== 'string' || explainSymbol(symbol) !== null)
    return `the table symbols has ${quote(String(symbol))}, which is not a symbol`;
  const settings: { -readonly [Name in keyof SymbolSettings]: SymbolSettings[Name] } = {};
  const exchange = readText(row['exchange']);
  if (exchange !== null) {
    if (!isExchange(exchange))
      return `the exchange of ${quote(symbol)} in the table symbols is ${quote(exchange)}; known are ${exchangeNames.join(', ')}`;
    settings.exchange = exchange;
  }
  const currency = readText(row['currency']);
  if (currency !== null) {
    if (explainCurrency(currency) !== null)
      return `the currency of ${quote(symbol)} in the table symbols is ${quote(currency)}`;
    settings.currency = currency;
  }
  const kind = kinds[readText(row['security_type'])?.toUpperCase() ?? ''];
  if (kind !== undefined) settings.kind = kind;
  const priority = row['priority'];
  // Other collectors use other ranges.
  if (typeof priority === 'number') settings.priority = Math.min(9, Math.max(1, Math.round(priority)));
  return { symbol, settings };
}

/** The names of kinds in the column `security_type`. */
const kinds: Readonly<Record<string, InstrumentKind>> = {
  STK: 'stock',
  STOCK: 'stock',
  EQUITY: 'stock',
  ETF: 'etf',
  IND: 'index',
  INDEX: 'index',
  FUT: 'future',
  FUTURE: 'future',
};

function readText(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
