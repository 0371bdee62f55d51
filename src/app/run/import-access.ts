import { readForeignParquet } from '../../lake/parquet/foreign-file.js';
import type { LakeReader } from '../../lake/api.js';
import {
  getImportsFolder,
  readImportRecords,
  readImportedSeries,
  rewriteImportRecord,
  writeImportRecord,
} from '../../imports/records/import-record.js';
import { queryStoredSeries } from '../../queries/stored-series.js';
import type { ImportAccess } from '../../run/imports/import-access.js';

/** Creates what steps that import read and write besides the tables. */
export function createImportAccess(reader: LakeReader): ImportAccess {
  const { folder } = reader;
  return {
    readParquet: readForeignParquet,
    readState: () => reader.readState(),
    readStored: (series, window) => queryStoredSeries(reader, series, window),
    readRecords: () => readImportRecords(folder),
    readSeries: (record) => readImportedSeries(folder, record),
    writeRecord: (record, series, rejected) => writeImportRecord(folder, record, series, rejected),
    rewriteRecord: (record) => rewriteImportRecord(folder, record),
    rejectedFolder: getImportsFolder(folder),
  };
}
