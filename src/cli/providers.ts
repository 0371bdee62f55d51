import type { Clock } from '../core/clock.js';
import type { ProviderLimits } from '../core/provider-limits.js';
import type { ProviderName } from '../core/series.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Provider } from '../providers/contract.js';
import { mockLimits, mockProvider } from '../providers/mock/provider.js';
import { calendarNamed } from './calendars.js';

/** What planning has to know of a source; the pipeline's own budgets and concurrency replace the source's. */
export function limitsFor(pipeline: Pipeline, name: ProviderName): ProviderLimits {
  const limits = makerOf(name).limits(pipeline);
  return {
    ...limits,
    budgets: pipeline.pacing.budgets ?? limits.budgets,
    concurrency: pipeline.pacing.concurrency ?? limits.concurrency,
  };
}

/** How one source is made from what the pipeline says of it. */
interface SourceMaker {
  limits(pipeline: Pipeline): ProviderLimits;
  provider(pipeline: Pipeline, clock: Clock): Provider;
}

const makers: Readonly<Partial<Record<ProviderName, SourceMaker>>> = {
  mock: {
    limits: ({ providers }) => ({ ...mockLimits, typicalLatency: providers.mock.delay }),
    provider: ({ providers }, clock) => mockProvider({ settings: providers.mock, calendarOf: calendarNamed, clock }),
  },
};

function makerOf(name: ProviderName): SourceMaker {
  const maker = makers[name];
  if (maker === undefined) throw new Error(`there is no provider ${name} yet`);
  return maker;
}

export function makeProvider(pipeline: Pipeline, name: ProviderName, clock: Clock): Provider {
  return makerOf(name).provider(pipeline, clock);
}
