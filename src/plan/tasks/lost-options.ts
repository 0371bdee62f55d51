import type { OptionContract, SeriesOf } from '../../core/series.js';
import { formatSeriesName, parseSeriesName, unescapePart } from '../../core/series.js';
import type { OptionsStep } from '../../config/pipeline/pipeline.js';
import type { PlanContext } from '../plan-context.js';
import type { Task } from '../task-graph.js';
import { optionSeries } from './step-series.js';

/**
 * Lists the series of options of a task that have lost rows in the lake, also of options that the step no longer chooses: they
 * have expired, or the price has moved away.
 */
export function listLostOptions(
  { symbol: { instrument } }: Task,
  step: OptionsStep,
  context: PlanContext,
): readonly SeriesOf<'option_bars'>[] {
  const names = context.lostSeries?.('option_bars', step.provider, instrument.symbol) ?? [];
  if (names.length === 0) return [];
  const listed = [
    ...(context.knownState.chain(step.provider, instrument.symbol)?.contracts ?? []),
    ...(context.knownOptions?.(step.provider, instrument.symbol) ?? []),
  ];
  const found: SeriesOf<'option_bars'>[] = [];
  for (const name of names) {
    const parsed = parseContract(parseSeriesName(name).parameters);
    if (parsed === null) continue;
    for (const barSize of step.barSizes) {
      const build = (contract: OptionContract): SeriesOf<'option_bars'> =>
        optionSeries(step, instrument, contract, barSize);
      // Chains, and other bars of an option that has expired, have the provider's id, which the name lacks.
      const known = listed.find(
        (contract) => contract.expiry === parsed.expiry && formatSeriesName(build(contract)) === name,
      );
      const series = build(known ?? parsed);
      if (formatSeriesName(series) === name) found.push(series);
    }
  }
  return found;
}

/** Parses `2026-12-18/152.5/P/5 mins/TRADES/rth`, perhaps with a trading class at the end. */
function parseContract(parameters: string): OptionContract | null {
  const [expiry, strike, right, , , , tradingClass] = parameters.split('/');
  if (expiry === undefined || strike === undefined || (right !== 'C' && right !== 'P')) return null;
  const contract: OptionContract = { expiry, strike: Number(strike), right, conId: null };
  return tradingClass === undefined
    ? contract
    : { ...contract, tradingClass: unescapePart(tradingClass), isOtherClass: true };
}
