import { second } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** A program and its arguments; the schema wants a word at least. */
export function toCommand([program = '', ...args]: readonly string[]): [string, ...string[]] {
  return [program, ...args];
}

/** How long a command may take; no time at all is a mistake. */
export function readCommandTimeout(
  timeout: string,
  path: NodePath,
  validated: ValidatedPipeline,
  report: ReportDiagnostic,
): Duration {
  const limit = createDurationReader(validated, report)(timeout, path);
  if (limit === 0) {
    const location = findLocation(validated.root, path);
    report(problem('out-of-range', location, 'a command would have no time at all', { suggestion: 'such as `30s`' }));
  }
  return limit ?? 30 * second;
}
