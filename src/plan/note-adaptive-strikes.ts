import type { Pipeline, Step } from '../config/pipeline/pipeline.js';
import { joinList } from '../platform/format.js';
import { addDays } from '../core/time/time.js';
import type { PlanContext } from './plan-context.js';
import { listGaps } from './plan.js';
import type { PlannedTask } from './plan.js';

type AdaptiveStep = Extract<Step, { readonly adaptiveStrikes: boolean }>;

/** Symbols that a note names; it counts the others. */
const maxNamedSymbols = 3;

/**
 * Notes the steps whose adaptive strikes cannot act because too few daily closes are known: those of the lake, and those that the
 * plan fetches before.
 */
export function noteAdaptiveStrikes(
  { steps, symbols }: Pipeline,
  tasks: readonly PlannedTask[],
  context: PlanContext,
): readonly string[] {
  const minimum = context.knownState.minDailyCloses;
  return steps.filter(isAdaptive).flatMap((step) => {
    const counts = tasks
      .filter((task) => task.step === step.name)
      .map(({ symbol }) => ({ symbol, count: countCloses(symbol, step) }))
      .filter(({ count }) => count < minimum);
    const [first] = counts;
    if (first === undefined) return [];
    const names = counts.slice(0, maxNamedSymbols).map(({ symbol }) => symbol);
    const rest = counts.length - names.length;
    const named = rest > 0 ? `${names.join(', ')} and ${rest} more` : joinList(names);
    const known = counts.length === 1 ? `${first.count} of ${minimum}` : `fewer than ${minimum}`;
    return [
      `${step.name}: adaptive_strikes does not widen the strikes of ${named}: ${known} daily closes are known (a longer lookback of an equity step with bars of 1 day gives more)`,
    ];
  });

  /** Counts the closes of the lake and those that needed steps of the plan ask for. */
  function countCloses(symbol: string, { provider, needs }: AdaptiveStep): number {
    const instrument = symbols.find((candidate) => candidate.instrument.symbol === symbol)?.instrument;
    if (instrument === undefined) return Infinity;
    const calendar = context.calendar(instrument.calendar);
    const daily = new Set(
      steps.filter((step) => isDaily(step, provider) && isNeeded(step.name, { needs }, steps)).map(getName),
    );
    let requested = 0;
    for (const task of tasks) {
      if (task.symbol !== symbol || !daily.has(task.step)) continue;
      // Its requests are known only when the steps that it needs have ended.
      if (task.status === 'deferred') return Infinity;
      for (const { window } of listGaps(task)) {
        const until = addDays(calendar.dateAt(window.end - 1), 1);
        requested += calendar.sessions(calendar.dateAt(window.start), until).length;
      }
    }
    return context.knownState.dailyCloses(provider, symbol) + requested;
  }
}

/** Returns whether a step is needed, directly or through others. */
function isNeeded(name: string, { needs }: Pick<Step, 'needs'>, steps: readonly Step[]): boolean {
  return needs.includes(name) || steps.some((other) => needs.includes(other.name) && isNeeded(name, other, steps));
}

function getName({ name }: Step): string {
  return name;
}

function isAdaptive(step: Step): step is AdaptiveStep {
  return 'adaptiveStrikes' in step && step.adaptiveStrikes;
}

function isDaily(step: Step, provider: Step['provider']): boolean {
  return step.uses === 'equity' && step.provider === provider && step.barSizes.includes('1 day');
}
