import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { LakeReader } from '../../lake/api.js';
import type { MissedRuns } from '../../outputs/alerts/missed-runs.js';
import { defaultPlanOptions } from '../../plan/plan-options.js';
import type { Plan } from '../../plan/plan.js';
import { findPipelineMissedRuns, getGrace } from '../alerts/missed-runs.js';
import type { AppContext, Folders } from '../context.js';
import { planPipeline } from '../plan/plan-pipeline.js';

/** What a status says of one pipeline; both are null without a pipeline. */
export interface PipelineStatus {
  readonly plan: Plan | null;
  /** Due times of the pipeline without a run; null when there are none. */
  readonly missed: MissedRuns | null;
}

export async function collectPipelineStatus(
  pipeline: Pipeline,
  reader: LakeReader,
  ctx: Folders & Pick<AppContext, 'clock'>,
): Promise<PipelineStatus> {
  return {
    missed: await findPipelineMissedRuns(pipeline, getGrace(pipeline), ctx),
    plan: (await planPipeline(pipeline, reader, defaultPlanOptions, ctx.clock.now(), false)).plan,
  };
}
