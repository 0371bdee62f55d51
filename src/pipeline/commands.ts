import { second } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { durationReader } from '../yaml/duration-reader.js';
import { problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { placeAt } from '../yaml/tree.js';
import type { Path } from '../yaml/tree.js';
import type { Validated } from './validate.js';

/** A program and its arguments; the schema wants a word at least. */
export function commandOf([program = '', ...words]: readonly string[]): [string, ...string[]] {
  return [program, ...words];
}

/** How long a command may take; no time at all is a mistake. */
export function readTimeout(timeout: string, path: Path, validated: Validated, report: Report): Duration {
  const limit = durationReader(validated, report)(timeout, path);
  if (limit === 0) {
    const place = placeAt(validated.root, path);
    report(problem('out-of-range', place, 'a command would have no time at all', { suggestion: 'such as `30s`' }));
  }
  return limit ?? 30 * second;
}
