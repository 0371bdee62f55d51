import type { RequestId } from '../../core/request.js';
import { decodeCounts, decodeNumbers, encodeNumbers, expectList, numberAt } from './columns.js';
import type { JsonValue } from './columns.js';
import { malformed } from '../lake-error.js';

/** Run ids, each once; a request id is the position of its run and its number. */
export interface RunDictionary {
  readonly runs: readonly string[];
  positionOf(run: string): number;
}

export function createRunDictionary(): RunDictionary {
  const positions = new Map<string, number>();
  const runs: string[] = [];
  return {
    runs,
    positionOf(run) {
      const known = positions.get(run);
      if (known !== undefined) return known;
      positions.set(run, runs.length);
      runs.push(run);
      return runs.length - 1;
    },
  };
}

/** The number of an id that does not end in one: the dictionary then holds the whole id. */
const noNumber = -1;

/** Request ids as two columns, `[runs, numbers]`; an id that is no `<run>/<number>` is kept whole, with number -1. */
export function encodeRequestIds(ids: readonly RequestId[], dictionary: RunDictionary): JsonValue {
  const runs: number[] = [];
  const numbers: number[] = [];
  for (const id of ids) {
    const slash = id.lastIndexOf('/');
    const tail = id.slice(slash + 1);
    const number = slash !== -1 && /^(0|[1-9]\d{0,14})$/.test(tail) ? Number(tail) : noNumber;
    runs.push(dictionary.positionOf(number === noNumber ? id : id.slice(0, slash)));
    numbers.push(number);
  }
  return [encodeNumbers(runs), encodeNumbers(numbers)];
}

/** Gives the id in a row; every run it names has been checked to be in the dictionary. */
export function decodeRequestIds(
  value: unknown,
  size: number,
  runs: readonly string[],
  place: string,
): (row: number) => RequestId {
  const columns = expectList(value, place);
  const positions = decodeCounts(columns[0], size, `${place}[0]`);
  const numbers = decodeNumbers(columns[1], size, `${place}[1]`);
  for (const position of typeof positions === 'number' ? [positions] : positions) {
    if (runs[position] === undefined) throw malformed(`${place}[0]`, `there is no run ${position}`);
  }
  return (row) => {
    const run = runs[numberAt(positions, row)] ?? '';
    const number = numberAt(numbers, row);
    return number === noNumber ? run : `${run}/${number}`;
  };
}
