import { joinList } from '../../../platform/format.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import type { PipelineSymbol, Step } from '../pipeline.js';

/** Reports steps that would fetch the same series for the same symbol. */
export function reportOverlappingSteps(
  steps: readonly Step[],
  symbols: readonly PipelineSymbol[],
  locateStep: (step: string) => Parameters<typeof problem>[1],
  report: ReportDiagnostic,
): void {
  for (const [index, step] of steps.entries()) {
    for (const other of steps.slice(0, index)) {
      const shared = describeSharedSeries(step, other);
      if (shared === null) continue;
      const symbol = symbols.find(
        ({ steps: names }) => names === null || (names.includes(step.name) && names.includes(other.name)),
      );
      if (symbol === undefined) continue;
      const message = `\`${step.name}\` and \`${other.name}\` would both fetch ${shared} of ${quote(symbol.instrument.symbol)}`;
      report(
        problem('overlapping-steps', locateStep(step.name), message, {
          related: [{ message: 'the other step', location: locateStep(other.name) }],
          suggestion: 'select one of them with `steps:` on symbols or groups, or merge the steps',
        }),
      );
    }
  }
}

function describeSharedSeries(step: Step, other: Step): string | null {
  if (
    step.uses === 'contracts' ||
    step.uses === 'chains' ||
    step.uses === 'quotes' ||
    step.uses === 'snapshots' ||
    step.uses === 'overview'
  ) {
    return step.uses === other.uses ? `the ${step.uses}` : null;
  }
  if (step.uses === 'history') {
    const isSame = other.uses === 'history' && step.priceType === other.priceType && step.hours === other.hours;
    return isSame ? 'the start of the history' : null;
  }
  if ((other.uses !== 'equity' && other.uses !== 'options') || step.uses !== other.uses) return null;
  if (step.priceType !== other.priceType || step.hours !== other.hours) return null;
  const sizes = step.barSizes.filter((size) => other.barSizes.includes(size));
  return sizes.length === 0 ? null : `bars of ${joinList(sizes)}`;
}
