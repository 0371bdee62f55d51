import { expectList } from '../expect-json.js';
import type { RequestId } from '../../core/request.js';
import { decodeCounts, decodeNumbers, encodeNumbers, getNumber } from './column-encoding.js';
import type { JsonValue } from './column-encoding.js';
import { malformedError } from '../lake-error.js';

/** Distinct run ids; a request id is encoded as the position of its run and its number. */
export interface RunDictionary {
  readonly runs: readonly string[];
  intern(run: string): number;
}

export function createRunDictionary(): RunDictionary {
  const positions = new Map<string, number>();
  const runs: string[] = [];
  return {
    runs,
    intern(run) {
      const known = positions.get(run);
      if (known !== undefined) return known;
      positions.set(run, runs.length);
      runs.push(run);
      return runs.length - 1;
    },
  };
}

/** The number on disk of an id without a number: the dictionary then holds the whole id. */
const noRequestNumber = -1;

/** Encodes request ids as two columns, `[runs, numbers]`; an id that is no `<run>/<number>` is stored whole, with number -1. */
export function encodeRequestIds(ids: readonly RequestId[], dictionary: RunDictionary): JsonValue {
  const runs: number[] = [];
  const numbers: number[] = [];
  for (const id of ids) {
    const slash = id.lastIndexOf('/');
    const tail = id.slice(slash + 1);
    const number = slash !== -1 && /^(0|[1-9]\d{0,14})$/.test(tail) ? Number(tail) : noRequestNumber;
    runs.push(dictionary.intern(number === noRequestNumber ? id : id.slice(0, slash)));
    numbers.push(number);
  }
  return [encodeNumbers(runs), encodeNumbers(numbers)];
}

/** Returns a function that returns the id of a row. Throws if a run is not in the dictionary. */
export function decodeRequestIds(
  value: unknown,
  size: number,
  runs: readonly string[],
  location: string,
): (row: number) => RequestId {
  const columns = expectList(value, location);
  const positions = decodeCounts(columns[0], size, `${location}[0]`);
  const numbers = decodeNumbers(columns[1], size, `${location}[1]`);
  for (const position of typeof positions === 'number' ? [positions] : positions) {
    if (runs[position] === undefined) throw malformedError(`${location}[0]`, `run ${position} does not exist`);
  }
  return (row) => {
    const run = runs[getNumber(positions, row)] ?? '';
    const number = getNumber(numbers, row);
    return number === noRequestNumber ? run : `${run}/${number}`;
  };
}
