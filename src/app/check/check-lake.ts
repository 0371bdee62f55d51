import { checkLake } from '../../checks/check-lake.js';
import type { LakeCheckResult } from '../../checks/check-lake.js';
import { allRules } from '../../checks/rules/all-rules.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { VerifiedFile } from '../../lake/api.js';
import { quarantine } from '../../lake/verify/quarantine.js';
import type { CheckFindings } from '../../outputs/alerts/evaluate-check.js';
import { formatCount } from '../../platform/format.js';
import { evaluatePipelineCheckAlerts } from '../alerts/evaluate-alerts.js';
import type { AppContext, Folders } from '../context.js';
import { withLakeReader } from '../lake-reader.js';

export interface CheckOptions {
  readonly datasets: readonly Dataset[];
  /** True if damaged files are quarantined. */
  readonly repair: boolean;
}

/** A checked lake with the files that were quarantined; null without a repair. */
export interface CheckedLake {
  readonly result: LakeCheckResult;
  readonly quarantined: readonly VerifiedFile[] | null;
}

/** Checks tables of the lake, and quarantines damaged files on demand. */
export function checkTables(
  { datasets, repair }: CheckOptions,
  ctx: Pick<Folders, 'dataFolder'>,
): Promise<CheckedLake> {
  return withLakeReader(ctx, async (reader) => {
    const result = await checkLake(reader, datasets, allRules);
    return { result, quarantined: repair ? await quarantine(ctx.dataFolder, result.damaged) : null };
  });
}

/** Raises or resolves the alerts of a pipeline from the result of a check. */
export async function notifyCheck(
  pipeline: Pipeline,
  result: LakeCheckResult,
  datasets: readonly Dataset[],
  warn: (message: string) => void,
  ctx: Pick<AppContext, 'dataFolder' | 'clock' | 'environment'>,
): Promise<void> {
  await evaluatePipelineCheckAlerts(pipeline, toCheckFindings(result, datasets), warn, ctx);
}

/** Only errors raise the alert; rules that were not checked leave it as it is. */
function toCheckFindings({ findings, notChecked }: LakeCheckResult, selected: readonly string[]): CheckFindings {
  const failures = findings
    .filter(({ severity }) => severity === 'error')
    .map(({ dataset, rule, problem, count }) => ({ dataset, rule, message: `${problem}: ${formatCount(count)}` }));
  return {
    failures,
    wasExamined: ({ dataset, rule }) =>
      selected.includes(dataset) && !notChecked.some((one) => one.dataset === dataset && one.rule === rule),
  };
}
