import { resolve } from 'node:path';
import { checkLake } from '../../checks/check-lake.js';
import type { LakeCheckResult } from '../../checks/check-lake.js';
import { findCalendarOfZone } from '../../calendar/calendars.js';
import { allRules } from '../../checks/rules/all-rules.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset, RecordedVersions } from '../../core/tables/tables.js';
import type { VerifiedFile } from '../../lake/api.js';
import { repairLogs } from '../../lake/recovery/repair-logs.js';
import type { LogRepair } from '../../lake/recovery/repair-logs.js';
import { quarantine } from '../../lake/verify/quarantine.js';
import type { CheckFindings } from '../../outputs/alerts/evaluate-check.js';
import { listRuns, readEvents } from '../../lineage/records/read-runs.js';
import { nodeFiles } from '../../platform/file-store.js';
import { formatCount } from '../../platform/format.js';
import { evaluatePipelineCheckAlerts } from '../alerts/evaluate-alerts.js';
import type { AppContext, Folders } from '../context.js';
import { withLakeReader } from '../lake-reader.js';
import { withLineageFolder } from '../lineage-folder.js';
import { checkQuality } from '../quality/check-quality.js';
import type { QualityCheck } from '../quality/check-quality.js';
import { findRecordedRequests } from './find-recorded-requests.js';
import { createRunId } from '../run/run-id.js';
import { version } from '../version.js';

export interface CheckOptions {
  readonly datasets: readonly Dataset[];
  /** The pipelines whose quality rules are applied. */
  readonly pipelines: readonly Pick<Pipeline, 'quality'>[];
  /** True if damaged files are quarantined. */
  readonly repair: boolean;
}

/** A checked lake with the files that were quarantined; null without a repair. */
export interface CheckedLake {
  /** With the findings of quality rules. */
  readonly result: LakeCheckResult;
  readonly quality: QualityCheck;
  readonly quarantined: readonly VerifiedFile[] | null;
  /** The tables whose logs were repaired. */
  readonly repairs: readonly LogRepair[];
}

/** Checks tables of the lake; on demand quarantines damaged files and repairs damaged logs. */
export async function checkTables(
  { datasets: selected, repair, pipelines }: CheckOptions,
  ctx: Folders & Pick<AppContext, 'clock'>,
): Promise<CheckedLake> {
  const recorded = await readRecordedVersions(ctx);
  const examined = await withLakeReader(ctx, (reader) =>
    checkLake(reader, selected, allRules, recorded, findCalendarOfZone),
  );
  const quality = await checkQuality(pipelines, selected, ctx);
  const result = {
    ...examined,
    findings: [...examined.findings, ...quality.findings],
    rules: examined.rules + quality.applied.length,
  };
  if (!repair) return { result, quality, quarantined: null, repairs: [] };
  const quarantined = await quarantine(ctx.dataFolder, result.damaged);
  const repairs = result.logProblems.length === 0 ? [] : await repairTableLogs(selected, recorded, ctx);
  return { result, quality, quarantined, repairs };
}

function repairTableLogs(
  selected: readonly Dataset[],
  recorded: RecordedVersions,
  ctx: Folders & Pick<AppContext, 'clock'>,
): Promise<readonly LogRepair[]> {
  const { clock } = ctx;
  return repairLogs({
    folder: ctx.dataFolder,
    findRequests: (...wanted) => findRecordedRequests(...wanted, ctx),
    datasets: selected,
    repairsUserTables: datasets.every((dataset) => selected.includes(dataset)),
    recorded,
    // No pipeline is involved: the commits name the command.
    author: { runId: createRunId(clock.now()), pipeline: { name: 'pipe check --repair', hash: null } },
    clock,
    program: `pipe/${version()}`,
  });
}

/** The runs whose records are searched: the newest one that committed to a table names its newest version. */
const maxSearchedRuns = 50;

async function readRecordedVersions({ dataFolder, lineageFolder }: Folders): Promise<RecordedVersions> {
  const recorded: Partial<Record<Dataset, number>> = {};
  const runs = await withLineageFolder(lineageFolder, () =>
    listRuns(lineageFolder, { files: nodeFiles, limit: maxSearchedRuns }),
  );
  for (const run of runs) {
    if (resolve(run.lake) !== resolve(dataFolder)) continue;
    const committed = (await readEvents(run, nodeFiles)).filter((event) => event.type === 'committed');
    const known = new Set(Object.keys(recorded));
    for (const { dataset, version: committedVersion } of committed)
      if (!known.has(dataset)) recorded[dataset] = Math.max(recorded[dataset] ?? 0, committedVersion);
  }
  return recorded;
}

/** Raises or resolves the alerts of a pipeline from the result of a check. */
export async function notifyCheck(
  pipeline: Pipeline,
  checked: Pick<CheckedLake, 'result' | 'quality'>,
  selected: readonly Dataset[],
  warn: (message: string) => void,
  ctx: Pick<AppContext, 'dataFolder' | 'clock' | 'environment'>,
): Promise<void> {
  await evaluatePipelineCheckAlerts(pipeline, toCheckFindings(checked, selected), warn, ctx);
}

/** Only errors raise the alert; rules that were not checked leave it as it is. */
function toCheckFindings(
  { result: { findings, notChecked }, quality }: Pick<CheckedLake, 'result' | 'quality'>,
  selected: readonly string[],
): CheckFindings {
  const failures = findings
    .filter((finding) => finding.severity === 'error' && !quality.findings.includes(finding))
    .map(({ dataset, rule, problem, count }) => ({ dataset, rule, message: `${problem}: ${formatCount(count)}` }));
  return {
    failures,
    violations: quality.findings.map(({ dataset, rule, problem, count }) => ({
      dataset,
      rule,
      message: `${problem}: ${formatCount(count)}`,
    })),
    appliedRules: quality.applied,
    wasExamined: ({ dataset, rule }) =>
      isExamined(dataset, selected) && !notChecked.some((one) => one.dataset === dataset && one.rule === rule),
  };
}

/** The tables of custom steps are examined together with all others. */
function isExamined(name: string, selected: readonly string[]): boolean {
  if (name === 'lake.duckdb' || selected.includes(name)) return true;
  return datasets.every((dataset) => selected.includes(dataset));
}
