import { formatDuration } from '../../../core/time/duration.js';
import { minute } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';
import { warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { findEntry, findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import { getMinDueInterval } from '../schedule/min-due-interval.js';
import type { QuotesStep, SnapshotsStep, Step } from '../pipeline.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Steps whose data is out of date by the next scheduled run. */
type LiveStep = QuotesStep | SnapshotsStep;

const maxLiveRefresh: Duration = 5 * minute;

/**
 * Returns the default `refresh` of live steps: half the interval between due times, so that every scheduled run fetches even
 * if the previous response was late.
 */
export function getDefaultLiveRefresh({ file }: Pick<ValidatedPipeline, 'file'>): Duration {
  return Math.min(maxLiveRefresh, (getMinDueInterval(file.schedule) ?? Infinity) / 2);
}

/** Warns about live steps with a `refresh` so long that some scheduled runs would fetch nothing. */
export function warnAboutIdleRuns(
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
    const message = `runs are ${formatDuration(interval)} apart, but \`refresh\` of ${stepList} is ${formatDuration(refresh)}, so some runs would fetch nothing`;
    report(warning('idle-runs', findLocation(root, path), message, { suggestion }));
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
        `${hasDefaultRefresh ? '' : 'remove it, or '}set at most \`refresh: ${maxRefresh}\``,
      );
  }
  const [first] = inherited;
  if (first === undefined) return;
  const names = inherited.map(({ name }) => name);
  const suggestion = `set at most \`refresh: ${maxRefresh}\` in ${joinList(names.map((name) => `\`${name}\``))}`;
  warn(names, first.refresh, ['defaults', 'steps', 'refresh'], suggestion);
}

function isLiveStep(step: Step): step is LiveStep {
  return step.uses === 'quotes' || step.uses === 'snapshots';
}
