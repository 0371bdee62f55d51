import { parseDuration } from '../../core/time/duration.js';
import type { Duration } from '../../core/time/time.js';
import { problem } from './problem.js';
import type { ReportDiagnostic } from './problem.js';
import { findLocation } from './tree.js';
import type { MapNode, NodePath } from './tree.js';

/**
 * Creates a reader of durations. The schema has checked their form; the reader checks the order of units and the size, and
 * returns null after a report.
 */
export function createDurationReader(
  { root }: { readonly root: MapNode },
  report: ReportDiagnostic,
): (text: string, path: NodePath) => Duration | null {
  return (text, path) => {
    const parsed = parseDuration(text);
    if (parsed.ok) return parsed.value;
    report(problem('bad-duration', findLocation(root, path), parsed.error.message, parsed.error));
    return null;
  };
}
