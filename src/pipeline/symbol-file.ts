import { readCsv } from './csv.js';
import type { Cell } from './csv.js';
import { exchanges, isExchange } from './exchanges.js';
import { nearest } from '../core/nearest.js';
import { didYouMean, problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { checkCalendar, checkCurrency, settingNames } from './settings.js';
import type { SymbolSettings } from './settings.js';
import { explainSymbol } from './symbol.js';
import { enumerate, quote } from '../yaml/text.js';
import type { Diagnostic, Place } from '../core/diagnostic.js';
import type { InstrumentKind } from '../core/series.js';

/** One row of a symbols file. */
export interface SymbolRow {
  readonly symbol: string;
  readonly settings: SymbolSettings;
  readonly place: Place;
}

const columns = ['symbol', ...settingNames] as const;

type Column = (typeof columns)[number];

const kinds: readonly InstrumentKind[] = ['stock', 'etf', 'index', 'future'];

/** After so many problems the file is another file than was meant, and reading on only takes time. */
const enough = 200;

const noSettings: SymbolSettings = {};

/** Reads `symbol[,kind,exchange,currency,calendar,priority]`, a header and one symbol a row. */
export function readSymbolFile(
  file: string,
  text: string,
  knownCalendars: readonly string[],
  report: Report,
): SymbolRow[] {
  const lines = readCsv(file, text, report);
  const first = lines.next();
  if (first.done === true) {
    report(
      problem('empty-file', { file, offset: 0, length: 0 }, 'the file says nothing', {
        suggestion: `begin with the line \`${columns.join(',')}\``,
      }),
    );
    return [];
  }
  const header = readHeader(first.value, report);
  if (header === null) return [];

  const rows: SymbolRow[] = [];
  let problems = 0;
  const count: Report = (found) => {
    problems++;
    report(found);
  };
  for (const cells of lines) {
    if (problems > enough) break;
    const row = readRow(cells, header, knownCalendars, count);
    if (row !== null) rows.push(row);
  }
  return rows;
}

function isColumn(text: string): text is Column {
  return columns.some((column) => column === text);
}

function readHeader(cells: readonly Cell[], report: Report): readonly Column[] | null {
  const header: Column[] = [];
  const problems: Diagnostic[] = [];
  for (const cell of cells) {
    const name = cell.text.toLowerCase();
    if (isColumn(name) && !header.includes(name)) header.push(name);
    else problems.push(explainColumn(cell, name));
  }
  const [first] = cells;
  if (problems.length === 0 && first !== undefined && !header.includes('symbol')) {
    const suggestion = `begin with the line \`${columns.join(',')}\``;
    problems.push(problem('csv-header', first.place, 'the header has no column `symbol`', { suggestion }));
  }
  problems.forEach(report);
  return problems.length > 0 ? null : header;
}

function explainColumn({ text, place }: Cell, name: string): Diagnostic {
  if (isColumn(name)) return problem('csv-header', place, `two columns are called \`${name}\``);
  const separator = /[;\t|]/.exec(text)?.[0];
  if (separator !== undefined) {
    const message = `the columns seem to be separated by ${quote(separator)}`;
    return problem('csv-header', place, message, { suggestion: 'separate them by commas' });
  }
  return problem('csv-header', place, `${quote(text)} is not a column of a symbols file`, {
    suggestion: didYouMean(nearest(name, columns)) ?? `columns are ${enumerate(columns)}`,
  });
}

function readRow(
  cells: readonly Cell[],
  header: readonly Column[],
  knownCalendars: readonly string[],
  report: Report,
): SymbolRow | null {
  const [first] = cells;
  if (first === undefined) return null;
  if (cells.length !== header.length) {
    const last = cells.at(-1) ?? first;
    const place = { ...first.place, length: last.place.offset + last.place.length - first.place.offset };
    const message = `the row has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, and the header names ${header.length}`;
    report(
      problem('csv-row', place, message, {
        suggestion: 'every row has all the commas, with nothing between them for a setting that is not made',
      }),
    );
    return null;
  }
  let symbol: Cell | null = null;
  let settings: { -readonly [Name in keyof SymbolSettings]: SymbolSettings[Name] } | null = null;
  let failed = false;
  for (let index = 0; index < header.length; index++) {
    const cell = cells[index];
    const column = header[index];
    if (cell === undefined || column === undefined) continue;
    if (column === 'symbol') {
      symbol = cell;
      const wrong = explainSymbol(cell.text);
      if (wrong !== null) {
        failed = true;
        report(problem('bad-symbol', cell.place, wrong.message, wrong));
      }
    } else if (cell.text !== '') {
      settings ??= {};
      const wrong = readSetting(column, cell.text, settings, knownCalendars);
      if (wrong !== null) {
        failed = true;
        report(problem(wrong.code, cell.place, wrong.message, wrong));
      }
    }
  }
  return failed || symbol === null
    ? null
    : { symbol: symbol.text, settings: settings ?? noSettings, place: symbol.place };
}

/** Puts one cell into the settings; says what is wrong with it if it does not fit. */
function readSetting(
  column: keyof SymbolSettings,
  text: string,
  settings: { -readonly [Name in keyof SymbolSettings]: SymbolSettings[Name] },
  knownCalendars: readonly string[],
): { readonly code: string; readonly message: string; readonly suggestion: string | null } | null {
  switch (column) {
    case 'kind': {
      const kind = kinds.find((one) => one === text);
      if (kind === undefined) return unknown('kind', 'an instrument kind', text, kinds);
      settings.kind = kind;
      return null;
    }
    case 'exchange':
      if (!isExchange(text)) return unknown('exchange', 'an exchange', text, exchanges);
      settings.exchange = text;
      return null;
    case 'currency': {
      const wrong = checkCurrency(text);
      settings.currency = text;
      return wrong === null ? null : { code: 'unknown-currency', ...wrong };
    }
    case 'calendar': {
      const wrong = checkCalendar(text, knownCalendars);
      settings.calendar = text;
      return wrong === null ? null : { code: 'unknown-calendar', ...wrong };
    }
    case 'priority':
      if (!/^[1-9]$/.test(text)) {
        return {
          code: 'out-of-range',
          message: `the priority is ${quote(text)}; it has to be a whole number from 1 to 9`,
          suggestion: null,
        };
      }
      settings.priority = Number(text);
      return null;
  }
}

function unknown(
  name: string,
  what: string,
  text: string,
  known: readonly string[],
): { code: string; message: string; suggestion: string } {
  return {
    code: `unknown-${name}`,
    message: `${quote(text)} is not ${what}`,
    suggestion: didYouMean(nearest(text, known)) ?? `one of ${enumerate(known, 'or')}`,
  };
}
