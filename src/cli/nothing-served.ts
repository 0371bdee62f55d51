import { enumerated } from '../core/words.js';
import type { RefusedFile } from '../serve/collector.js';
import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';

/** So many files are named; the rest is counted. */
const mostNamed = 5;

/** Why a collector that was given these has nothing to do. Why a file cannot be used has been said. */
export function nothingServed(
  named: readonly string[],
  refused: readonly RefusedFile[],
  unscheduled: readonly string[],
): Stop {
  const reasons = [
    ...refused.map(({ file }) => `${file} cannot be used as it is`),
    ...unscheduled.map((file) => `${file} has no schedule`),
  ];
  if (reasons.length === 0)
    return new Stop(exitCode.usage, `there is no pipeline in ${enumerated(named)}`, 'make one with: pipe init');
  const more = reasons.length > mostNamed ? [`${String(reasons.length - mostNamed)} more cannot be either`] : [];
  return new Stop(
    exitCode.usage,
    `none of the pipelines can be served: ${enumerated([...reasons.slice(0, mostNamed), ...more])}`,
    unscheduled.length > 0
      ? 'give one a schedule, such as `schedule: { every: 5m }`'
      : 'pipe lint explains each of them',
  );
}
