import { second } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Converts a list to a program and its arguments; the schema requires at least one item. */
export function toCommand([program = '', ...args]: readonly string[]): [string, ...string[]] {
  return [program, ...args];
}

/** Reads the time limit of a command and reports one of 0s. */
export function readCommandTimeout(
  timeout: string,
  path: NodePath,
  validated: ValidatedPipeline,
  report: ReportDiagnostic,
): Duration {
  const limit = createDurationReader(validated, report)(timeout, path);
  if (limit === 0) {
    const location = findLocation(validated.root, path);
    report(
      problem('out-of-range', location, 'the timeout must be more than 0s', {
        suggestion: 'for example `timeout: 30s`',
      }),
    );
  }
  return limit ?? 30 * second;
}
