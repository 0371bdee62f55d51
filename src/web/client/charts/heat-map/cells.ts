import type { CoverageMap } from '../../../../queries/coverage-map/document.ts';
import type { Cell } from './viewport.ts';

/** Decodes the patterns of a map when they are needed, each once; a cell has the position of its state in the legend. */
export function createDecoder({ patterns, legend, sessions }: CoverageMap): (pattern: number) => Uint8Array {
  const codes = new Map(Object.values(legend).map((letter, code) => [letter, code]));
  const decoded: (Uint8Array | undefined)[] = [];
  return (pattern) => {
    const known = decoded[pattern];
    if (known !== undefined) return known;
    const cells = new Uint8Array(sessions.length);
    let position = 0;
    for (const { letter, length } of readRuns(patterns[pattern] ?? '')) {
      cells.fill(codes.get(letter) ?? 0, position, position + length);
      position += length;
    }
    decoded[pattern] = cells;
    return cells;
  };
}

/** The state of a cell by its name. */
export function stateAt(map: CoverageMap, { row, session }: Cell): string {
  let position = 0;
  for (const { letter, length } of readRuns(map.patterns[map.rows.patterns[row] ?? 0] ?? '')) {
    position += length;
    if (session < position) return Object.entries(map.legend).find(([, one]) => one === letter)?.[0] ?? 'none';
  }
  return 'none';
}

function* readRuns(pattern: string): Iterable<{ readonly letter: string; readonly length: number }> {
  for (const [, letter = '', length = '0'] of pattern.matchAll(/([a-z])(\d+)/g))
    yield { letter, length: Number(length) };
}
