import type { BarSize } from '../core/bars.js';
import type { Instrument, OptionContract, SeriesOf } from '../core/series.js';
import type { ChainsStep, ContractsStep, EquityStep, OptionsStep } from '../pipeline/pipeline.js';

/** The series that a step asks for, built in one place so that planning and looking back always mean the same. */
export function pointSeries(
  step: ContractsStep | ChainsStep,
  instrument: Instrument,
): SeriesOf<'contracts' | 'chains'> {
  return { dataset: step.uses, provider: step.provider, instrument };
}

export function equitySeries(step: EquityStep, instrument: Instrument, barSize: BarSize): SeriesOf<'equity_bars'> {
  const { provider, what, hours } = step;
  return { dataset: 'equity_bars', provider, instrument, barSize, what, hours };
}

export function optionSeries(
  step: OptionsStep,
  instrument: Instrument,
  contract: OptionContract,
  barSize: BarSize,
): SeriesOf<'option_bars'> {
  const { provider, what, hours } = step;
  return { dataset: 'option_bars', provider, instrument, contract, barSize, what, hours };
}
