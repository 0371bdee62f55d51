import type { ImportDataset, ImportLayout } from '../../core/import-layout.js';
import type { ImportSource, Instrument } from '../../core/series.js';
import type { BarSize, PriceType, TradingHours } from '../../core/tables/bars.js';
import type { Calendar } from '../../core/time/calendar.js';
import type { Instant } from '../../core/time/time.js';

/** A symbol whose rows are imported. */
export interface ImportSymbol {
  readonly instrument: Instrument;
  readonly calendar: Calendar;
}

/** What decides how the rows of a file become bars. */
export interface ImportSettings {
  readonly source: ImportSource;
  readonly dataset: ImportDataset;
  /** The first one whose columns a file has is used. */
  readonly layouts: readonly ImportLayout[];
  readonly barSize: BarSize;
  readonly priceType: PriceType;
  readonly hours: TradingHours;
  /** The symbol of files without a column of symbols; null to find it in the name of the file. */
  readonly symbol: string | null;
  /** Symbols of the pipeline by the name that the files use. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly symbols: ReadonlyMap<string, ImportSymbol>;
  readonly now: Instant;
}
