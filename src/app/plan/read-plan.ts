import { existsSync } from 'node:fs';

import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { LakeState } from '../../lake/api.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import type { Plan } from '../../plan/plan.js';
import type { AppContext } from '../context.js';
import { withLakeReader } from '../lake-reader.js';
import { planPipeline } from './plan-pipeline.js';

/** A plan with what the user should know about the lake. */
export interface PlanOfLake {
  readonly plan: Plan;
  readonly damage: LakeState['damage'];
  /** True if the first run creates the lake. */
  readonly isNewLake: boolean;
}

/** Plans a pipeline from the lake as it is, without writing anything. */
export function readPlan(
  pipeline: Pipeline,
  options: PlanOptions,
  ctx: Pick<AppContext, 'dataFolder' | 'clock'>,
): Promise<PlanOfLake> {
  return withLakeReader(ctx, async (reader) => {
    const { plan, state } = await planPipeline(pipeline, reader, options, ctx.clock.now(), false);
    return { plan, damage: state.damage, isNewLake: !existsSync(ctx.dataFolder) };
  });
}
