import type { CellState } from './document.js';

/** One letter for each state, as the runs of a pattern have them, in the order of the codes of cells: from harmless to urgent. */
export const cellLetters = {
  closed: 'c',
  none: 'n',
  data: 'd',
  empty: 'e',
  unavailable: 'u',
  provisional: 'p',
  denied: 'x',
  partial: 'h',
  rescaled: 'r',
  failed: 'f',
  missing: 'm',
} as const satisfies Readonly<Record<CellState, string>>;

const states = Object.keys(cellLetters).filter(isCellState);
const letters = Object.values(cellLetters);
const codes: ReadonlyMap<CellState, number> = new Map(states.map((state, code) => [state, code]));

function isCellState(text: string): text is CellState {
  return Object.hasOwn(cellLetters, text);
}

/** The code of a state; of several, the highest needs attention first. */
export function codeOf(state: CellState): number {
  return codes.get(state) ?? 0;
}

/** The cells of a row, and in any order the places where a run of equal cells may begin: only those are looked at. */
export interface Row {
  readonly cells: Uint8Array;
  readonly edges: number[];
}

/** The distinct histories of a map, each with the number of its rows. */
export interface Patterns {
  /** Adds a row; returns the index of its pattern. */
  add(row: Row): number;
  /** Adds another row of a known pattern. */
  addAgain(index: number): number;
  /** The patterns as run lengths, by index. */
  texts(): readonly string[];
  /** The cells of all rows by state, without `closed`. */
  counts(): Readonly<Partial<Record<CellState, number>>>;
}

export function createPatterns(): Patterns {
  const indexes = new Map<string, number>();
  const known: { rows: number; readonly cells: Uint32Array }[] = [];
  const addAgain = (index: number): number => {
    const pattern = known[index];
    if (pattern !== undefined) pattern.rows++;
    return index;
  };
  return {
    addAgain,
    add(row) {
      const { text, counts } = encodeRuns(row);
      const earlier = indexes.get(text);
      if (earlier !== undefined) return addAgain(earlier);
      indexes.set(text, known.length);
      return known.push({ rows: 1, cells: counts }) - 1;
    },
    texts: () => [...indexes.keys()],
    counts() {
      const total = new Map<CellState, number>();
      for (const { rows, cells } of known)
        for (const [code, state] of states.entries()) {
          const count = (cells[code] ?? 0) * rows;
          if (count > 0 && state !== 'closed') total.set(state, (total.get(state) ?? 0) + count);
        }
      return Object.fromEntries(total);
    },
  };
}

function encodeRuns({ cells, edges }: Row): { readonly text: string; readonly counts: Uint32Array } {
  const counts = new Uint32Array(states.length);
  let text = '';
  let start = 0;
  const endRun = (end: number): void => {
    if (end === start) return;
    const code = cells[start] ?? 0;
    text += `${letters[code] ?? ''}${String(end - start)}`;
    counts[code] = (counts[code] ?? 0) + end - start;
    start = end;
  };
  for (const edge of edges.sort((a, b) => a - b)) {
    if (edge > start && edge < cells.length && cells[edge] !== cells[start]) endRun(edge);
  }
  endRun(cells.length);
  return { text, counts };
}
