import type { BarSize } from '../../core/tables/bars.js';
import type { Instrument, OptionContract, SeriesOf } from '../../core/series.js';
import type {
  ChainsStep,
  ContractsStep,
  EquityStep,
  HistoryStep,
  OptionsStep,
  QuotesStep,
} from '../../config/pipeline/pipeline.js';

/** Builds the series of a point step. Planning and lookups use the same series. */
export function pointSeries(
  step: ContractsStep | ChainsStep | HistoryStep | QuotesStep,
  instrument: Instrument,
): SeriesOf<'contracts' | 'chains' | 'history_starts' | 'quotes'> {
  const { provider } = step;
  if (step.uses !== 'history') return { dataset: step.uses, provider, instrument };
  return { dataset: 'history_starts', provider, instrument, priceType: step.priceType, hours: step.hours };
}

export function equitySeries(step: EquityStep, instrument: Instrument, barSize: BarSize): SeriesOf<'equity_bars'> {
  const { provider, priceType, hours } = step;
  return { dataset: 'equity_bars', provider, instrument, barSize, priceType, hours };
}

export function optionSeries(
  step: OptionsStep,
  instrument: Instrument,
  contract: OptionContract,
  barSize: BarSize,
): SeriesOf<'option_bars'> {
  const { provider, priceType, hours } = step;
  return { dataset: 'option_bars', provider, instrument, contract, barSize, priceType, hours };
}
