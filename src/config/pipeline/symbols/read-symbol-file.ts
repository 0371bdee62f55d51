import { readCsv } from './read-csv.js';
import type { CsvCell } from './read-csv.js';
import { exchangeNames, isExchange } from './exchange-defaults.js';
import { closestMatch } from '../../../platform/suggest.js';
import { didYouMean, problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { explainCalendar, explainCurrency, symbolSettingNames } from './symbol-settings.js';
import type { SymbolSettings } from './symbol-settings.js';
import { explainSeveralSymbols } from './check-bare-symbol.js';
import { explainSymbol } from './explain-symbol.js';
import { joinList, pluralize } from '../../../platform/format.js';
import type { TextProblem } from '../../yaml/diagnose-text.js';
import { quote } from '../../yaml/quote.js';
import type { Diagnostic, Location } from '../../../core/diagnostic.js';
import type { InstrumentKind } from '../../../core/series.js';

/** One row of a symbols file. */
export interface SymbolRow {
  readonly symbol: string;
  readonly settings: SymbolSettings;
  readonly location: Location;
}

const symbolColumns = ['symbol', ...symbolSettingNames] as const;

type SymbolColumn = (typeof symbolColumns)[number];

const instrumentKinds: readonly InstrumentKind[] = ['stock', 'etf', 'index', 'future'];

/** Limit on problems; a file with more is probably not a symbols file. */
const maxProblems = 200;

const noSettings: SymbolSettings = {};

/**
 * Reads a symbols file: the header `symbol[,kind,exchange,currency,calendar,priority]` and one symbol a row. Calls `conceal` for
 * a file of another kind, whose lines must not be shown.
 */
export function readSymbolFile(
  file: string,
  text: string,
  knownCalendars: readonly string[],
  report: ReportDiagnostic,
  conceal: () => void = () => undefined,
): SymbolRow[] {
  const lines = readCsv(file, text, report);
  const first = lines.next();
  if (first.done === true) {
    report(
      problem('empty-file', { file, offset: 0, length: 0 }, 'the file is empty', {
        suggestion: `start with the line \`${symbolColumns.join(',')}\``,
      }),
    );
    return [];
  }
  if (!looksLikeHeader(first.value)) {
    conceal();
    report(
      problem('csv-header', { file, offset: 0, length: 0 }, 'the first line has no column of a symbols file', {
        suggestion: `start with the line \`${symbolColumns.join(',')}\``,
      }),
    );
    return [];
  }
  const header = readHeader(first.value, report);
  if (header === null) return [];

  const rows: SymbolRow[] = [];
  let problems = 0;
  const countAndReport: ReportDiagnostic = (diagnostic) => {
    problems++;
    report(diagnostic);
  };
  for (const cells of lines) {
    if (problems > maxProblems) break;
    const row = readRow(cells, header, knownCalendars, countAndReport);
    if (row !== null) rows.push(row);
  }
  return rows;
}

/** Returns whether a cell names a column, misspelt or with another separator. */
function looksLikeHeader(cells: readonly CsvCell[]): boolean {
  return cells
    .flatMap(({ text }) => text.slice(0, 200).split(/[;\t|,"']/))
    .some((name) => closestMatch(name, symbolColumns) !== null);
}

function isColumn(text: string): text is SymbolColumn {
  return symbolColumns.some((column) => column === text);
}

function readHeader(cells: readonly CsvCell[], report: ReportDiagnostic): readonly SymbolColumn[] | null {
  const header: SymbolColumn[] = [];
  const problems: Diagnostic[] = [];
  for (const cell of cells) {
    const name = cell.text.toLowerCase();
    if (isColumn(name) && !header.includes(name)) header.push(name);
    else problems.push(explainUnknownColumn(cell, name));
  }
  const [first] = cells;
  if (problems.length === 0 && first !== undefined && !header.includes('symbol')) {
    const suggestion = `start with the line \`${symbolColumns.join(',')}\``;
    problems.push(problem('csv-header', first.location, 'the header has no column `symbol`', { suggestion }));
  }
  problems.forEach(report);
  return problems.length > 0 ? null : header;
}

function explainUnknownColumn({ text, location }: CsvCell, name: string): Diagnostic {
  if (isColumn(name)) return problem('csv-header', location, `duplicate column \`${name}\``);
  const separator = /[;\t|]/.exec(text)?.[0];
  if (separator !== undefined) {
    const message = `the columns are separated by ${quote(separator)}`;
    return problem('csv-header', location, message, { suggestion: 'separate them with commas' });
  }
  return problem('csv-header', location, `${quote(text)} is not a column of a symbols file`, {
    suggestion: didYouMean(closestMatch(name, symbolColumns)) ?? `the columns are ${joinList(symbolColumns)}`,
  });
}

function readRow(
  cells: readonly CsvCell[],
  header: readonly SymbolColumn[],
  knownCalendars: readonly string[],
  report: ReportDiagnostic,
): SymbolRow | null {
  const [first] = cells;
  if (first === undefined) return null;
  if (cells.length !== header.length) {
    const last = cells.at(-1) ?? first;
    const location = { ...first.location, length: last.location.offset + last.location.length - first.location.offset };
    const message = `the row has ${pluralize(cells.length, 'cell')}, the header ${pluralize(header.length, 'column')}`;
    report(
      problem('csv-row', location, message, {
        suggestion: 'write every comma; an empty cell uses the default',
      }),
    );
    return null;
  }
  let symbol: CsvCell | null = null;
  let settings: { -readonly [Name in keyof SymbolSettings]: SymbolSettings[Name] } | null = null;
  let failed = false;
  for (let index = 0; index < header.length; index++) {
    const cell = cells[index];
    const column = header[index];
    if (cell === undefined || column === undefined) continue;
    if (column === 'symbol') {
      symbol = cell;
      const explanation = explainSymbol(cell.text);
      if (explanation !== null) {
        failed = true;
        report(problem('bad-symbol', cell.location, explanation.message, explanation));
      }
      const several = isQuoted(cell) ? null : explainSeveralSymbols(cell.text);
      if (several !== null) {
        failed = true;
        report(problem('several-symbols', cell.location, several.message, several));
      }
    } else if (cell.text !== '') {
      settings ??= {};
      const explanation = applySetting(column, cell.text, settings, knownCalendars);
      if (explanation !== null) {
        failed = true;
        report(problem(explanation.code, cell.location, explanation.message, explanation));
      }
    }
  }
  return failed || symbol === null
    ? null
    : { symbol: symbol.text, settings: settings ?? noSettings, location: symbol.location };
}

/** The quotes of a cell are part of its location and not of its text. */
function isQuoted({ text, location }: CsvCell): boolean {
  return location.length > text.length;
}

/** Adds one cell to the settings; returns an explanation if its value is invalid. */
function applySetting(
  column: keyof SymbolSettings,
  text: string,
  settings: { -readonly [Name in keyof SymbolSettings]: SymbolSettings[Name] },
  knownCalendars: readonly string[],
): TextProblem | null {
  switch (column) {
    case 'kind': {
      const kind = instrumentKinds.find((candidate) => candidate === text);
      if (kind === undefined) return explainUnknownValue('kind', 'an instrument kind', text, instrumentKinds);
      settings.kind = kind;
      return null;
    }
    case 'exchange':
      if (!isExchange(text)) return explainUnknownValue('exchange', 'an exchange', text, exchangeNames);
      settings.exchange = text;
      return null;
    case 'currency': {
      const explanation = explainCurrency(text);
      settings.currency = text;
      return explanation === null ? null : { code: 'unknown-currency', ...explanation };
    }
    case 'calendar': {
      const explanation = explainCalendar(text, knownCalendars);
      settings.calendar = text;
      return explanation === null ? null : { code: 'unknown-calendar', ...explanation };
    }
    case 'priority':
      if (!/^[1-9]$/.test(text)) {
        return {
          code: 'out-of-range',
          message: `the priority is ${quote(text)}; it must be a whole number from 1 to 9`,
          suggestion: null,
        };
      }
      settings.priority = Number(text);
      return null;
  }
}

function explainUnknownValue(name: string, description: string, text: string, known: readonly string[]): TextProblem {
  return {
    code: `unknown-${name}`,
    message: `${quote(text)} is not ${description}`,
    suggestion: didYouMean(closestMatch(text, known)) ?? `one of ${joinList(known, 'or')}`,
  };
}
