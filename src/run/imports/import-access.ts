import type { ReadParquet } from '../../imports/read/source-rows.js';
import type { ImportRecord, ImportedSeries } from '../../imports/records/import-record.js';
import type { RejectedLine } from '../../imports/series/collect-series.js';
import type { ImportSeries } from '../../imports/rows/read-row.js';
import type { BarValues } from '../../core/revisions/compare-bars.js';
import type { SeriesName } from '../../core/series.js';
import type { Window } from '../../core/time/window.js';
import type { LakeState } from '../../lake/api.js';

/** The stored bars of one series of one provider, by time. */
export interface StoredSeries {
  readonly provider: string;
  readonly series: SeriesName;
  readonly bars: BarValues;
}

/** Reads files and the lake for the steps that import. */
export interface ImportAccess {
  readonly readParquet: ReadParquet;
  readState(): Promise<LakeState>;
  /** The stored bars of one symbol in a window, of all providers and of all series with the parameters of this one. */
  readStored(series: ImportSeries, window: Window): Promise<readonly StoredSeries[]>;
  readRecords(): Promise<readonly ImportRecord[]>;
  readSeries(record: ImportRecord): Promise<readonly ImportedSeries[]>;
  writeRecord(
    record: ImportRecord,
    series: readonly ImportedSeries[],
    rejected: readonly RejectedLine[],
  ): Promise<void>;
  rewriteRecord(record: ImportRecord): Promise<void>;
  /** The folder with the lists of rejected lines, for messages. */
  readonly rejectedFolder: string;
}
