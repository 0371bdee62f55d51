import type { SeriesOf } from '../../../core/series.js';

/** The series of bars. */
export type BarSeries = SeriesOf<'equity_bars' | 'option_bars'>;
