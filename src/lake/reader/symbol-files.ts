import type { ConstantColumns, SymbolRows } from '../../core/symbol-rows.js';
import type { LiveFile } from '../delta/actions.js';
import type { Snapshot } from '../delta/snapshot.js';
import { getConstantText, getRange } from '../parquet/file-statistics.js';

type TextRange = { readonly min: string; readonly max: string } | null;

interface FileEntry {
  readonly file: LiveFile;
  readonly symbols: TextRange;
  readonly sessions: TextRange;
  readonly constants: ConstantColumns;
}

/** The files of a snapshot by symbol: those of the folder of one symbol, and the others with what their statistics say. */
interface FileIndex {
  readonly bySymbol: ReadonlyMap<string, readonly LiveFile[]>;
  readonly others: readonly FileEntry[];
}

const indexes = new WeakMap<Snapshot, FileIndex>();

/** The files that may have rows of a symbol, found without opening them, and what their statistics say about all of them. */
export interface SymbolFiles {
  readonly files: readonly LiveFile[];
  readonly constants: ConstantColumns;
}

/** Finds the files that may have rows of a symbol. Statistics are parsed once for each version of a table. */
export function findSymbolFiles(snapshot: Snapshot, { symbol, barSize, from, to }: SymbolRows): SymbolFiles {
  const { bySymbol, others } = getIndex(snapshot);
  const found = others.filter(
    ({ file, symbols, sessions }) =>
      mayHold(symbols, symbol) &&
      (barSize === undefined || (file.partitionValues['bar_size'] ?? barSize) === barSize) &&
      (sessions === null || ((from === undefined || sessions.max >= from) && (to === undefined || sessions.min < to))),
  );
  const own = bySymbol.get(symbol) ?? [];
  return {
    files: [...own, ...found.map(({ file }) => file)],
    constants:
      own.length > 0
        ? noConstants
        : {
            provider: findCommon(found.map(({ constants }) => constants.provider)),
            what: findCommon(found.map(({ constants }) => constants.what)),
          },
  };
}

const noConstants: ConstantColumns = { provider: null, what: null };

/** The value that all have; null for different values and for none. */
function findCommon(values: readonly (string | null)[]): string | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

function getIndex(snapshot: Snapshot): FileIndex {
  let index = indexes.get(snapshot);
  if (index === undefined) indexes.set(snapshot, (index = buildIndex(snapshot)));
  return index;
}

function buildIndex({ files }: Snapshot): FileIndex {
  const bySymbol = new Map<string, LiveFile[]>();
  const others: FileEntry[] = [];
  for (const file of files.values()) {
    const folder = file.partitionValues['symbol'];
    if (folder === undefined || folder === null) {
      const range = (column: string): TextRange => toTextRange(getRange(file.stats, column));
      const constants = {
        provider: getConstantText(file.stats, 'provider'),
        what: getConstantText(file.stats, 'what'),
      };
      others.push({ file, symbols: range('symbol'), sessions: range('session'), constants });
      continue;
    }
    const held = bySymbol.get(folder);
    if (held === undefined) bySymbol.set(folder, [file]);
    else held.push(file);
  }
  return { bySymbol, others };
}

function toTextRange(range: ReturnType<typeof getRange>): TextRange {
  return typeof range?.min === 'string' && typeof range.max === 'string' ? { min: range.min, max: range.max } : null;
}

function mayHold(range: TextRange, symbol: string): boolean {
  // Statistics order text by its bytes; `<` orders some characters differently.
  if (range === null || !/^[\u0000-\u007f]*$/.test(symbol)) return true;
  return symbol >= range.min && symbol <= range.max;
}
