import type { Location } from '../../../core/diagnostic.js';
import { joinList } from '../../../platform/format.js';
import { warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import type { Step } from '../pipeline.js';

/** Warns about adaptive strikes that cannot act, because the pipeline fetches no daily closes or fetches them too late. */
export function checkAdaptiveStrikes(
  steps: readonly Step[],
  locate: (step: string) => Location,
  report: ReportDiagnostic,
): void {
  for (const step of steps) {
    if (!('adaptiveStrikes' in step) || !step.adaptiveStrikes) continue;
    const daily = steps.filter(
      ({ uses, provider, ...other }) =>
        uses === 'equity' &&
        provider === step.provider &&
        'barSizes' in other &&
        other.barSizes.includes('1 day') &&
        other.priceType === 'TRADES' &&
        other.hours === 'rth',
    );
    if (daily.length === 0) {
      const message = `\`${step.name}\` has adaptive strikes, but no step fetches the daily closes that they compare`;
      report(
        warning('adaptive-without-closes', locate(step.name), message, {
          suggestion: 'add `equity: { needs: contracts, bar_size: 1 day, lookback: 1y }`, and `equity` to the needs',
        }),
      );
    } else if (!daily.some(({ name }) => isNeeded(name, step, steps))) {
      const names = joinList(
        daily.map(({ name }) => `\`${name}\``),
        'or',
      );
      const message = `in a first run \`${step.name}\` may start before ${names} has fetched the closes of its adaptive strikes`;
      report(
        warning('adaptive-before-closes', locate(step.name), message, {
          suggestion: `add ${names} to its needs`,
        }),
      );
    }
  }
}

/** Returns whether a step needs another one, directly or through others. */
function isNeeded(name: string, { needs }: Pick<Step, 'needs'>, steps: readonly Step[]): boolean {
  if (needs.includes(name)) return true;
  // Steps are acyclic once their needs have been checked; a cycle among invalid ones must not loop.
  return steps.some((other, index) => needs.includes(other.name) && isNeeded(name, other, steps.toSpliced(index, 1)));
}
