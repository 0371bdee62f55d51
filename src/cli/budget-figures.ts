import type { ProviderName } from '../core/series.js';
import { openPacing } from '../pacing/pacing.js';
import type { Pacing } from '../pacing/pacing.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { BudgetFigures } from '../serve/metrics.js';
import { limitsFor } from './providers.js';
import type { Surroundings } from './surroundings.js';

/** What is left of the budgets of every source that some pipelines ask, shared by all processes of this machine. */
export async function budgetFigures(
  pipelines: readonly Pipeline[],
  at: Surroundings,
): Promise<readonly BudgetFigures[]> {
  const figures: BudgetFigures[] = [];
  const seen = new Set<ProviderName>();
  for (const pipeline of pipelines) {
    for (const { provider } of pipeline.steps) {
      if (seen.has(provider)) continue;
      seen.add(provider);
      const { budgets } = limitsFor(pipeline, provider);
      const pacing = await openPacing({
        folder: at.dataFolder,
        provider,
        account: 'default',
        budgets,
        clock: at.clock,
      });
      try {
        figures.push(...figuresOf(provider, pacing));
      } finally {
        await pacing.close();
      }
    }
  }
  return figures;
}

function figuresOf(provider: string, pacing: Pacing): readonly BudgetFigures[] {
  return pacing
    .left()
    .filter(({ kind }) => kind === 'rolling')
    .map(({ name, limit, left }) => ({ provider, budget: name, limit, left }));
}
