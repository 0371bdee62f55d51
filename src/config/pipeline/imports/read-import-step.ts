import { createHash } from 'node:crypto';
import { dirname } from 'node:path';

import { toImportSource } from '../../../core/series.js';
import { isIntraday } from '../../../core/tables/bars.js';
import type { BarSize } from '../../../core/tables/bars.js';
import { createTimeParser, isEpochFormat } from '../../../core/time/time-format.js';
import { isTimeZone } from '../../../core/time/time-zone.js';
import { joinList } from '../../../platform/format.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import { isInProject } from '../../yaml/source-texts.js';
import type { ProjectFolder } from '../../yaml/source-texts.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import { resolveFrom } from '../files/read-with-includes.js';
import { canonicalJson } from '../hash-pipeline.js';
import type { ImportStep } from '../pipeline.js';
import type { ImportStep as RawImportStep } from '../schema.generated.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';
import type { ImportDataset, ImportField, ImportLayout } from '../../../core/import-layout.js';
import { getImportPreset } from './presets.js';
import type { ImportPreset } from './presets.js';

/** A step as written. */
export interface RawImport {
  readonly name: string;
  readonly needs: readonly string[];
  readonly settings: RawImportStep;
  /** Path of the pipeline file. */
  readonly path: string;
  readonly validated: ValidatedPipeline;
  /** The folder to which files are confined; null for any. */
  readonly project: ProjectFolder | null;
}

/** Reads a step that imports files; null after a report. */
export async function readImportStep(raw: RawImport, report: ReportDiagnostic): Promise<ImportStep | null> {
  const { name, needs, settings, path } = raw;
  const preset = settings.preset === undefined ? null : getImportPreset(settings.preset);
  const dataset = settings.dataset ?? preset?.defaultDataset ?? 'equity_bars';
  const layouts = readLayouts(raw, preset, dataset, report);
  const barSize = readBarSize(raw, preset, report);
  if (layouts === null || barSize === null) return null;
  const areValid = [
    checkZone(raw, layouts, barSize, report),
    checkFormats(raw, layouts, report),
    checkPreset(raw, preset, barSize, report),
    await checkProject(raw, report),
  ];
  if (areValid.includes(false)) return null;
  const { files, symbol = null, aliases = {}, hours = 'rth', price_type: priceType = 'TRADES' } = settings;
  const source = toImportSource(settings.source ?? settings.preset ?? 'files');
  const meaning = { dataset, layouts, barSize, priceType, hours, symbol, aliases };
  return {
    name,
    uses: 'import',
    needs,
    files: typeof files === 'string' ? [files] : files,
    folder: dirname(path),
    project: raw.project?.folder ?? null,
    source,
    ...meaning,
    onDifference: settings.on_difference ?? 'keep',
    acceptsRejected: settings.accept_rejected ?? false,
    definition: createHash('sha256').update(canonicalJson(meaning)).digest('hex'),
  };
}

function readLayouts(
  { name, settings, validated: { root } }: RawImport,
  preset: ImportPreset | null,
  dataset: ImportDataset,
  report: ReportDiagnostic,
): readonly ImportLayout[] | null {
  const bases = preset === null ? [plainLayout] : (preset.layouts[dataset] ?? []);
  if (bases.length === 0) {
    const message = `the preset ${String(settings.preset)} has no ${dataset}`;
    report(
      problem('preset-table', findLocation(root, ['steps', name, 'dataset']), message, {
        suggestion: 'remove `dataset`',
      }),
    );
    return null;
  }
  const layouts = bases.map((base) => applySettings(base, settings));
  const lacking = listLacking(layouts[0] ?? plainLayout, dataset);
  if (lacking.length === 0) return layouts;
  const message = `\`${name}\` does not say which ${lacking.length === 1 ? 'column is' : 'columns are'} ${joinList(lacking)}`;
  const suggestion = 'add `columns: { date: Date, open: Open, high: High, low: Low, close: Close }`, or a `preset`';
  const hasColumns = settings.columns !== undefined;
  const location = findKeyLocation(root, ['steps', name, ...(hasColumns ? ['columns'] : [])]);
  report(problem('missing-columns', location, message, { suggestion }));
  return null;
}

const plainLayout: ImportLayout = {
  format: null,
  delimiter: ',',
  header: null,
  columns: {},
  filters: [],
  timeFormat: 'auto',
  expiryFormat: 'auto',
  timeZone: null,
  barTime: 'start',
  marksUntraded: false,
};

function applySettings(base: ImportLayout, settings: RawImportStep): ImportLayout {
  const only = Object.entries(settings.only ?? {}).map(([column, values]) => ({ column, values }));
  const zone = settings.time_zone === 'offset' ? null : settings.time_zone;
  return {
    ...base,
    format: settings.format ?? base.format,
    delimiter: settings.delimiter ?? base.delimiter,
    header: settings.header ?? base.header,
    columns: { ...base.columns, ...settings.columns },
    filters: [...base.filters, ...only],
    timeFormat: settings.time_format ?? base.timeFormat,
    expiryFormat: settings.expiry_format ?? base.expiryFormat,
    timeZone: zone === undefined ? base.timeZone : zone,
    barTime: settings.bar_time ?? base.barTime,
  };
}

/** Lists the values without a column that bars need. */
function listLacking({ columns }: ImportLayout, dataset: ImportDataset): readonly string[] {
  const isAbsent = (field: ImportField): boolean => columns[field] === undefined;
  const needed: ImportField[] = ['open', 'high', 'low', 'close'];
  if (dataset === 'option_bars' && isAbsent('contract')) needed.push('symbol', 'expiry', 'strike', 'right');
  const lacking: string[] = needed.filter(isAbsent);
  return isAbsent('date') && isAbsent('time') ? ['`date` or `time`', ...lacking] : lacking;
}

function readBarSize(
  { name, settings, validated: { root } }: RawImport,
  preset: ImportPreset | null,
  report: ReportDiagnostic,
): BarSize | null {
  if (settings.bar_size !== undefined) return settings.bar_size;
  if (preset === null) return '1 day';
  if (preset.barSize !== null) return preset.barSize;
  const message = `\`${name}\` does not say which bar size the files have`;
  const suggestion = 'add `bar_size: 1 min`, or another one';
  report(problem('missing-bar-size', findKeyLocation(root, ['steps', name]), message, { suggestion }));
  return null;
}

/** The zone of a time is never guessed. */
function checkZone(
  { name, settings, validated: { root } }: RawImport,
  layouts: readonly ImportLayout[],
  barSize: BarSize,
  report: ReportDiagnostic,
): boolean {
  const zone = settings.time_zone;
  if (zone !== undefined && zone !== 'exchange' && zone !== 'offset' && !isTimeZone(zone)) {
    const message = `there is no time zone ${quote(zone)}`;
    const suggestion = 'write an IANA name such as `America/New_York`, `exchange` or `offset`';
    report(problem('unknown-zone', findLocation(root, ['steps', name, 'time_zone']), message, { suggestion }));
    return false;
  }
  const needsZone = layouts.some((layout) => {
    const isEpoch = isEpochFormat(layout.timeFormat);
    return layout.timeZone === null && (isIntraday(barSize) ? !isEpoch : isEpoch);
  });
  if (!needsZone || zone === 'offset') return true;
  const message = `\`${name}\` does not say in which zone the times of the files are`;
  const suggestion = 'add `time_zone: exchange`, an IANA name, or `offset` if every time has its offset from UTC';
  report(problem('missing-zone', findKeyLocation(root, ['steps', name]), message, { suggestion }));
  return false;
}

function checkFormats(
  { name, settings, validated: { root } }: RawImport,
  layouts: readonly ImportLayout[],
  report: ReportDiagnostic,
): boolean {
  let isValid = true;
  for (const key of ['time_format', 'expiry_format'] as const) {
    const format = settings[key];
    if (format === undefined || layouts.length === 0) continue;
    const parser = createTimeParser(format);
    if (parser.ok) continue;
    isValid = false;
    report(problem('time-format', findLocation(root, ['steps', name, key]), `${quote(format)}: ${parser.error}`));
  }
  return isValid;
}

/** A pipeline from elsewhere must not show lines of private files. */
async function checkProject(
  { name, settings: { files }, path, project, validated: { root } }: RawImport,
  report: ReportDiagnostic,
): Promise<boolean> {
  let isInside = true;
  for (const pattern of typeof files === 'string' ? [files] : files) {
    const fixed = pattern.split('/').slice(
      0,
      Math.max(
        1,
        pattern.split('/').findIndex((part) => /[*?]/.test(part)),
      ),
    );
    const target = /[*?]/.test(fixed[0] ?? '') ? '.' : /[*?]/.test(pattern) ? fixed.join('/') : pattern;
    const location = findLocation(root, ['steps', name, 'files']);
    isInside =
      (await isInProject(project, resolveFrom(path, target === '' ? '/' : target), location, report)) && isInside;
  }
  return isInside;
}

function checkPreset(
  { name, settings, validated: { root } }: RawImport,
  preset: ImportPreset | null,
  barSize: BarSize,
  report: ReportDiagnostic,
): boolean {
  if ((preset?.barSize ?? barSize) === barSize) return true;
  const message = `the files of ${String(settings.preset)} have bars of ${String(preset?.barSize)}`;
  report(
    problem('preset-bar-size', findLocation(root, ['steps', name, 'bar_size']), message, {
      suggestion: 'remove `bar_size`',
    }),
  );
  return false;
}
