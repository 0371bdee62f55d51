import { formatDuration } from '../core/duration.js';
import { minute } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { warning } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { enumerate } from '../yaml/text.js';
import { entryAt, placeAt } from '../yaml/tree.js';
import type { Path } from '../yaml/tree.js';
import { shortestWait } from './cadence.js';
import type { QuotesStep, SnapshotsStep, Step } from './pipeline.js';
import type { Validated } from './validate.js';

/** Steps that show a moment: what they bring is never what it was a cycle ago. */
type MomentStep = QuotesStep | SnapshotsStep;

const longest: Duration = 5 * minute;

/**
 * How old the answer of a step may grow that shows a moment, where nothing is said: half the time between due times, so that
 * every cycle asks again even when the answer before came late.
 */
export function momentRefresh({ file }: Pick<Validated, 'file'>): Duration {
  return Math.min(longest, (shortestWait(file.schedule) ?? Infinity) / 2);
}

/** Says which steps have answers that stay fresh so long that cycles would ask nothing and still count as done. */
export function warnOfIdleCycles(steps: readonly Step[], { file, root }: Validated, report: Report): void {
  const moments = steps.filter(isMoment);
  const wait = moments.length === 0 ? null : shortestWait(file.schedule);
  if (wait === null) return;
  const most = formatDuration(wait / 2);
  const warn = (names: readonly string[], refresh: Duration, path: Path, suggestion: string): void => {
    const whose = enumerate(names.map((name) => `\`${name}\``));
    const message = `cycles come ${formatDuration(wait)} apart, but answers of ${whose} stay fresh for ${formatDuration(refresh)}: not every cycle would ask`;
    report(warning('idle-cycles', placeAt(root, path), message, { suggestion }));
  };
  const isInherited = file.defaults?.steps?.refresh !== undefined;
  const inherited: MomentStep[] = [];
  for (const step of moments.filter(({ refresh }) => refresh >= wait)) {
    const path = ['steps', step.name, 'refresh'];
    if (entryAt(root, path) === undefined) inherited.push(step);
    else
      warn(
        [step.name],
        step.refresh,
        path,
        `${isInherited ? '' : 'leave it out, or '}write at most \`refresh: ${most}\``,
      );
  }
  const [first] = inherited;
  if (first === undefined) return;
  const names = inherited.map(({ name }) => name);
  const suggestion = `say at most \`refresh: ${most}\` in ${enumerate(names.map((name) => `\`${name}\``))}`;
  warn(names, first.refresh, ['defaults', 'steps', 'refresh'], suggestion);
}

function isMoment(step: Step): step is MomentStep {
  return step.uses === 'quotes' || step.uses === 'snapshots';
}
