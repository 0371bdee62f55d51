import { existsSync } from 'node:fs';

import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { LakeState } from '../../lake/api.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import type { Plan } from '../../plan/plan.js';
import type { AppContext } from '../context.js';
import { withLakeReader } from '../lake-reader.js';
import { getProviderLimits } from '../providers/create-provider.js';
import { countSpentRequests, describeForeignRequests } from '../providers/pacing-ledger.js';
import { planPipeline } from './plan-pipeline.js';

/** A plan with what the user should know about the lake. */
export interface PlanOfLake {
  readonly plan: Plan;
  readonly damage: LakeState['damage'];
  /** True if the first run creates the lake. */
  readonly isNewLake: boolean;
  /** What other runs have spent of the accounts that the plan uses. */
  readonly accountNotes: readonly string[];
}

/** Plans a pipeline from the lake as it is, without writing anything. */
export function readPlan(
  pipeline: Pipeline,
  options: PlanOptions,
  ctx: Pick<AppContext, 'dataFolder' | 'clock' | 'environment'>,
): Promise<PlanOfLake> {
  return withLakeReader(ctx, async (reader) => {
    const { plan, state } = await planPipeline(pipeline, reader, options, ctx.clock.now(), false);
    const accountNotes = await describeAccounts(plan, pipeline, ctx);
    return { plan, damage: state.damage, isNewLake: !existsSync(ctx.dataFolder), accountNotes };
  });
}

async function describeAccounts(
  plan: Plan,
  pipeline: Pipeline,
  ctx: Pick<AppContext, 'dataFolder' | 'clock' | 'environment'>,
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const provider of new Set(plan.budgets.map((budget) => budget.provider))) {
    const { budgets } = getProviderLimits(pipeline, provider);
    const note = describeForeignRequests(provider, await countSpentRequests(provider, pipeline, budgets, ctx), budgets);
    if (note !== null) notes.push(note);
  }
  return notes;
}
