import { joinList } from '../../platform/format.js';
import type { InvalidFile } from '../../scheduler/collector.js';
import { exitCode } from '../exit-code.js';
import { CliError } from '../cli-error.js';

/** So many files are named; the rest is counted. */
const maxNamed = 5;

/** Why a collector that was given these has nothing to do. Why a file cannot be used has been said. */
export function createNothingToServeError(
  paths: readonly string[],
  invalidFiles: readonly InvalidFile[],
  unscheduled: readonly string[],
): CliError {
  const reasons = [
    ...invalidFiles.map(({ file }) => `${file} cannot be used as it is`),
    ...unscheduled.map((file) => `${file} has no schedule`),
  ];
  if (reasons.length === 0)
    return new CliError(exitCode.usage, `there is no pipeline in ${joinList(paths)}`, 'make one with: pipe init');
  const more = reasons.length > maxNamed ? [`${String(reasons.length - maxNamed)} more cannot be either`] : [];
  return new CliError(
    exitCode.usage,
    `none of the pipelines can be served: ${joinList([...reasons.slice(0, maxNamed), ...more])}`,
    unscheduled.length > 0
      ? 'give one a schedule, such as `schedule: { every: 5m }`'
      : 'pipe lint explains each of them',
  );
}
