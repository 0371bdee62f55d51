import { parseDuration } from '../core/duration.js';
import type { Duration } from '../core/time.js';
import { problem } from './problem.js';
import type { Report } from './problem.js';
import { placeAt } from './tree.js';
import type { MapNode, Path } from './tree.js';

/** Reads durations whose shape the schema has checked: their order of units and their size are left. Null after a report. */
export function durationReader(
  { root }: { readonly root: MapNode },
  report: Report,
): (text: string, path: Path) => Duration | null {
  return (text, path) => {
    const parsed = parseDuration(text);
    if (parsed.ok) return parsed.value;
    report(problem('bad-duration', placeAt(root, path), parsed.error.message, parsed.error));
    return null;
  };
}
