import { existsSync } from 'node:fs';

import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { LakeState } from '../../lake/api.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import type { Plan } from '../../plan/plan.js';
import type { AppContext } from '../context.js';
import { withLakeReader } from '../lake-reader.js';
import { getProviderLimits } from '../providers/create-provider.js';
import { createSpentPacer } from '../../pacing/spent-budgets.js';
import { describeForeignRequests, readAccountSpending } from '../providers/pacing-ledger.js';
import type { AccountSpending } from '../providers/pacing-ledger.js';
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
    const spending = await readAccountSpending(pipeline, ctx);
    const { plan, state } = await planPipeline(pipeline, reader, options, ctx.clock.now(), false, spending);
    const accountNotes = describeAccounts(plan, pipeline, spending);
    return { plan, damage: state.damage, isNewLake: !existsSync(ctx.dataFolder), accountNotes };
  });
}

function describeAccounts(plan: Plan, pipeline: Pipeline, { now, byProvider }: AccountSpending): readonly string[] {
  const notes: string[] = [];
  for (const provider of new Set(plan.budgets.map((budget) => budget.provider))) {
    const { budgets } = getProviderLimits(pipeline, provider);
    const { requests } = createSpentPacer(budgets, byProvider.get(provider), now);
    const note = describeForeignRequests(provider, requests, budgets);
    if (note !== null) notes.push(note);
  }
  return notes;
}
