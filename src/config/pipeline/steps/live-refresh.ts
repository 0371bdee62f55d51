import { formatDuration } from '../../../core/time/duration.js';
import { minute } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';
import { warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { joinList } from '../../yaml/quote.js';
import { findEntry, findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import { getMinDueInterval } from '../schedule/min-due-interval.js';
import type { QuotesStep, SnapshotsStep, Step } from '../pipeline.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Steps that show a moment: what they bring is never what it was a cycle ago. */
type LiveStep = QuotesStep | SnapshotsStep;

const maxLiveRefresh: Duration = 5 * minute;

/**
 * How old the answer of a step may grow that shows a moment, where nothing is said: half the time between due times, so that
 * every cycle asks again even when the answer before came late.
 */
export function getDefaultLiveRefresh({ file }: Pick<ValidatedPipeline, 'file'>): Duration {
  return Math.min(maxLiveRefresh, (getMinDueInterval(file.schedule) ?? Infinity) / 2);
}

/** Says which steps have answers that stay fresh so long that cycles would ask nothing and still count as done. */
export function warnAboutIdleCycles(
  steps: readonly Step[],
  { file, root }: ValidatedPipeline,
  report: ReportDiagnostic,
): void {
  const liveSteps = steps.filter(isLiveStep);
  const interval = liveSteps.length === 0 ? null : getMinDueInterval(file.schedule);
  if (interval === null) return;
  const maxRefresh = formatDuration(interval / 2);
  const warn = (names: readonly string[], refresh: Duration, path: NodePath, suggestion: string): void => {
    const stepList = joinList(names.map((name) => `\`${name}\``));
    const message = `cycles come ${formatDuration(interval)} apart, but answers of ${stepList} stay fresh for ${formatDuration(refresh)}: not every cycle would ask`;
    report(warning('idle-cycles', findLocation(root, path), message, { suggestion }));
  };
  const hasDefaultRefresh = file.defaults?.steps?.refresh !== undefined;
  const inherited: LiveStep[] = [];
  for (const step of liveSteps.filter(({ refresh }) => refresh >= interval)) {
    const path = ['steps', step.name, 'refresh'];
    if (findEntry(root, path) === undefined) inherited.push(step);
    else
      warn(
        [step.name],
        step.refresh,
        path,
        `${hasDefaultRefresh ? '' : 'leave it out, or '}write at most \`refresh: ${maxRefresh}\``,
      );
  }
  const [first] = inherited;
  if (first === undefined) return;
  const names = inherited.map(({ name }) => name);
  const suggestion = `say at most \`refresh: ${maxRefresh}\` in ${joinList(names.map((name) => `\`${name}\``))}`;
  warn(names, first.refresh, ['defaults', 'steps', 'refresh'], suggestion);
}

function isLiveStep(step: Step): step is LiveStep {
  return step.uses === 'quotes' || step.uses === 'snapshots';
}
