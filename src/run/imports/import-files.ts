import type { ImportStep } from '../../config/pipeline/pipeline.js';
import type { RunEventBody } from '../../core/events.js';
import type { FetchResult } from '../../core/fetch-result.js';
import type { RequestId } from '../../core/request.js';
import type { Clock } from '../../core/time/clock.js';
import type { LakeWriter } from '../../lake/api.js';
import type { ExaminedFile, ExaminedFiles } from '../../imports/examine-files.js';
import { readImportFile } from '../../imports/read-file.js';
import type { ReadFile } from '../../imports/read-file.js';
import { getRecordId } from '../../imports/records/import-record.js';
import type { ImportRecord, ImportedSeries } from '../../imports/records/import-record.js';
import type { ImportSettings } from '../../imports/rows/import-settings.js';
import { pluralize } from '../../platform/format.js';
import { cancelledStep, failedStep } from '../run-custom-step.js';
import type { CustomStepEnd } from '../run-custom-step.js';
import type { Shutdown } from '../../platform/shutdown.js';
import type { TaskId } from '../../plan/task-graph.js';
import type { ImportAccess } from './import-access.js';
import { createOverlapResolver } from './resolve-overlap.js';
import type { ResolvedSeries } from './resolve-overlap.js';

/** What a step needs to import files. */
export interface ImportDeps {
  readonly access: ImportAccess;
  readonly writer: Pick<LakeWriter, 'receive' | 'flush'>;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  readonly nextRequestId: () => RequestId;
  readonly shutdown: Shutdown;
  /** The pipeline and the run, for records. */
  readonly author: Pick<ImportRecord, 'pipeline' | 'runId'>;
}

/** A file whose rows the lake has received and not committed. */
interface PendingFile {
  readonly record: ImportRecord;
  readonly series: readonly ImportedSeries[];
  readonly content: ReadFile;
  readonly superseded: readonly ImportRecord[];
}

/** Imports the files of a step that are new or have changed. */
export async function importFiles(
  task: TaskId,
  step: ImportStep,
  examined: ExaminedFiles,
  settings: ImportSettings,
  deps: ImportDeps,
): Promise<CustomStepEnd> {
  const { access, shutdown, writer } = deps;
  const records = (await access.readRecords()).filter(({ source }) => source === step.source);
  const pending: PendingFile[] = [];
  const commit = async (): Promise<void> => {
    await writer.flush();
    for (const file of pending.splice(0)) await writeRecords(file, access);
  };
  const resolver = await createOverlapResolver(step, access, commit);
  const problems: string[] = [];
  let [rows, rejectedRows] = [0, countRejected(examined)];
  for (const one of examined.files.filter(({ reason }) => reason !== 'imported')) {
    if (shutdown.stopping.aborted) break;
    const startedAt = deps.clock.now();
    const content = await readImportFile(one.file.location, settings, access.readParquet, shutdown.stopping);
    if (!content.ok) {
      problems.push(`${one.file.path}: ${content.error}`);
      continue;
    }
    const former = findFormer(one, content.value, records);
    const resolved = await resolver.resolve(content.value, former, settings);
    const series = [...resolved.carried, ...(await receive(resolved.series, step, deps))];
    const record = toRecord(one, content.value, series, step, settings, deps);
    pending.push({
      record,
      series,
      content: content.value,
      superseded: former.filter((old) => getRecordId(old) !== getRecordId(record)),
    });
    rows += record.storedRows;
    rejectedRows += content.value.rejected.length;
    deps.emit({
      type: 'file-imported',
      task,
      ...{ path: one.file.path, sha256: record.sha256, bytes: one.file.bytes },
      ...{ dataset: step.dataset, provider: step.source, rows: content.value.rows, storedRows: record.storedRows },
      leftOut: { ...content.value.leftOut, ...resolved.leftOut },
      rejectedRows: content.value.rejected.length,
      rejected: content.value.rejected.slice(0, 5).map(({ line, problem }) => ({ line, problem })),
      comparisons: resolved.comparisons,
      durationMs: deps.clock.now() - startedAt,
    });
    for (const warning of resolved.warnings) deps.emit({ type: 'warning', message: `${one.file.path}: ${warning}` });
  }
  await commit();
  if (shutdown.stopping.aborted) return cancelledStep;
  return { ...toEnd(problems, rejectedRows, examined, step, deps), rows };
}

function toEnd(
  problems: readonly string[],
  rejectedRows: number,
  { files }: ExaminedFiles,
  { acceptsRejected }: ImportStep,
  { access }: ImportDeps,
): Omit<CustomStepEnd, 'rows'> {
  const imports = files.filter(({ reason }) => reason !== 'imported').length;
  if (problems.length > 0) {
    const [first = '', ...others] = problems;
    const reason = `cannot import ${first}${others.length === 0 ? '' : `, and ${pluralize(others.length, 'more file')}`}`;
    return problems.length === imports ? failedStep(reason) : { status: 'partial', reason };
  }
  if (rejectedRows > 0 && !acceptsRejected)
    return { status: 'partial', reason: describeRejected(rejectedRows, access) };
  return { status: imports === 0 ? 'up-to-date' : 'ok', reason: null };
}

/** The reason of a step that rejected lines of files, now or before. */
export function describeRejected(rows: number, access: Pick<ImportAccess, 'rejectedFolder'>): string {
  return `${pluralize(rows, 'line')} rejected: see ${access.rejectedFolder}/*.rejected.csv, or set \`accept_rejected: true\``;
}

function countRejected({ files }: ExaminedFiles): number {
  const imported = files.filter(({ reason }) => reason === 'imported');
  return imported.reduce((sum, { record }) => sum + (record?.rejectedRows ?? 0), 0);
}

/** Records of the same file: of an earlier content, or of this content with other settings. */
function findFormer(
  { file }: ExaminedFile,
  { hash }: ReadFile,
  records: readonly ImportRecord[],
): readonly ImportRecord[] {
  return records.filter(
    ({ path, sha256, supersededBy }) => supersededBy === null && (path === file.path || sha256 === hash),
  );
}

/** Hands the bars to the lake, one result for each series. */
async function receive(
  resolved: readonly ResolvedSeries[],
  step: ImportStep,
  { clock, nextRequestId, writer }: ImportDeps,
): Promise<readonly ImportedSeries[]> {
  const imported: ImportedSeries[] = [];
  for (const { name, series, rows, lines, closedWindows } of resolved) {
    if (closedWindows.length === 0) continue;
    const now = clock.now();
    const requestId = nextRequestId();
    const result: FetchResult = {
      requestId,
      series,
      step: step.name,
      ...{ requestedAt: now, answeredAt: now },
      upstream: [],
      closedWindows,
      rows,
    };
    await writer.receive(result);
    const option =
      series.dataset === 'equity_bars'
        ? null
        : { expiry: series.contract.expiry, strike: series.contract.strike, right: series.contract.right };
    imported.push({
      request: requestId,
      series: name,
      symbol: series.instrument.symbol,
      option,
      windows: closedWindows.map(({ window }) => window),
      ts: rows === null ? [] : [...rows.columns.ts],
      lines,
    });
  }
  return imported;
}

function toRecord(
  { file }: ExaminedFile,
  content: ReadFile,
  series: readonly ImportedSeries[],
  step: ImportStep,
  { symbols }: ImportSettings,
  { clock, author }: ImportDeps,
): ImportRecord {
  return {
    source: step.source,
    path: file.path,
    sha256: content.hash,
    bytes: file.bytes,
    modifiedAt: file.modifiedAt,
    importedAt: clock.now(),
    definition: step.definition,
    symbols: [...symbols.keys()].sort(),
    ...author,
    step: step.name,
    requestRuns: [...new Set(series.map(({ request }) => request.slice(0, request.lastIndexOf('/'))))],
    rows: content.rows,
    storedRows: series.reduce((sum, { ts }) => sum + ts.length, 0),
    rejectedRows: content.rejected.length,
    supersededBy: null,
  };
}

/** Writes the record of a file once its rows are committed. */
async function writeRecords({ record, series, content, superseded }: PendingFile, access: ImportAccess): Promise<void> {
  await access.writeRecord(record, series, content.rejected);
  for (const old of superseded) await access.rewriteRecord({ ...old, supersededBy: getRecordId(record) });
}
