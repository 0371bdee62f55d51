import type { ProviderName } from '../../core/series.js';
import type { Pacing } from '../../pacing/pacing.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { BudgetUsage } from '../../scheduler/monitoring/collector-metrics.js';
import { getProviderLimits } from '../providers/create-provider.js';
import { findLedger, openLedgerPacing } from '../providers/pacing-ledger.js';
import type { AppContext } from '../context.js';

/** Measures the budgets of every provider of the pipelines; all processes of this machine share them. */
export async function measureBudgets(pipelines: readonly Pipeline[], ctx: AppContext): Promise<readonly BudgetUsage[]> {
  const usage: BudgetUsage[] = [];
  const seen = new Set<ProviderName>();
  for (const pipeline of pipelines) {
    for (const { provider } of pipeline.steps) {
      if (seen.has(provider)) continue;
      seen.add(provider);
      const { budgets } = getProviderLimits(pipeline, provider);
      const { warning: _, ...ledger } = await findLedger(provider, pipeline, ctx, null);
      const pacing = await openLedgerPacing({ ...ledger, budgets, clock: ctx.clock });
      try {
        usage.push(...toBudgetUsage(provider, pacing));
      } finally {
        await pacing.close();
      }
    }
  }
  return usage;
}

function toBudgetUsage(provider: string, pacing: Pacing): readonly BudgetUsage[] {
  return pacing
    .remaining()
    .filter(({ kind }) => kind === 'rolling')
    .map(({ name, limit, remaining }) => ({ provider, budget: name, limit, left: remaining }));
}
