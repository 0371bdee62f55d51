import type { Clock } from '../core/clock.js';
import type { ProviderLimits } from '../core/provider-limits.js';
import type { ProviderName } from '../core/series.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Provider } from '../providers/contract.js';
import { mockLimits, mockProvider } from '../providers/mock/provider.js';
import { calendarNamed } from './calendars.js';

/** What planning has to know of a source; the pipeline's own budgets and concurrency replace the source's. */
export function limitsFor(pipeline: Pipeline, name: ProviderName): ProviderLimits {
  const limits = limitsOf(pipeline, name);
  return {
    ...limits,
    budgets: pipeline.pacing.budgets ?? limits.budgets,
    concurrency: pipeline.pacing.concurrency ?? limits.concurrency,
  };
}

function limitsOf(pipeline: Pipeline, name: ProviderName): ProviderLimits {
  switch (name) {
    case 'mock':
      return { ...mockLimits, typicalLatency: pipeline.providers.mock.delay };
  }
}

export function makeProvider(pipeline: Pipeline, name: ProviderName, clock: Clock): Provider {
  switch (name) {
    case 'mock':
      return mockProvider({ settings: pipeline.providers.mock, calendarOf: calendarNamed, clock });
  }
}
