import { join } from 'node:path';

import type { ProviderLimits } from '../../core/provider-limits.js';
import { err } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { ProviderName } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { Provider } from '../../providers/provider.js';
import { createIbLimits } from '../../providers/ib/limits.js';
import type { IbNotice } from '../../providers/ib/notice.js';
import type { CredentialProblem } from '../../providers/kite/auth/credential-problem.js';
import { checkToken } from '../../providers/kite/auth/credentials.js';
import type { KiteCredentials } from '../../providers/kite/auth/credentials.js';
import { createKiteLimits } from '../../providers/kite/limits.js';
import { mockLimits, createMockProvider } from '../../providers/mock/provider.js';
import { syntheticLimits, createSyntheticProvider } from '../../providers/synthetic/provider.js';
import { buildScenario } from '../../providers/synthetic/build-scenario.js';
import { createScenarioEngine } from '../../config/scenario/engine/scenario-engine.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { resolveKiteCredentials } from './kite-credentials.js';
import { loadScenarioOrExit } from '../pipeline/load-scenario.js';
import type { CliContext } from '../cli-context.js';

/** What planning has to know of a source; the pipeline's own budgets and concurrency replace the source's. */
export function getProviderLimits(pipeline: Pipeline, name: ProviderName): ProviderLimits {
  const limits = getFactory(name).limits(pipeline);
  return {
    ...limits,
    budgets: pipeline.pacing.budgets ?? limits.budgets,
    maxConcurrency: pipeline.pacing.concurrency ?? limits.maxConcurrency,
  };
}

/** What a source is made from. */
export interface ProviderDeps {
  readonly pipeline: Pipeline;
  readonly ctx: CliContext;
  /** Takes what a user should know about the source and what answers no request. */
  readonly warn: (message: string) => void;
  /** When the run will be done, as far as its plan can tell. */
  readonly estimatedEnd: () => Instant;
}

/** How one source is made from what the pipeline says of it. */
interface ProviderFactory {
  limits(pipeline: Pipeline): ProviderLimits;
  provider(deps: ProviderDeps): Promise<Provider>;
}

const factories: Readonly<Record<ProviderName, ProviderFactory>> = {
  mock: {
    limits: ({ providers }) => ({ ...mockLimits, typicalLatency: providers.mock.delay }),
    provider: async ({ pipeline, ctx: { clock } }) =>
      createMockProvider({ settings: pipeline.providers.mock, calendarOf: getCalendarOrExit, clock }),
  },
  synthetic: {
    limits: () => syntheticLimits,
    async provider({ pipeline, ctx, ctx: { clock } }) {
      const { scenario: file } = pipeline.providers.synthetic;
      // What is to be said of the file was said when the pipeline was read.
      const silentCtx = { ...ctx, error: () => undefined };
      const scenario = file === null ? buildScenario() : await loadScenarioOrExit(file, 'synthetic', silentCtx);
      return createSyntheticProvider({
        scenario,
        engine: createScenarioEngine(scenario),
        calendarOf: getCalendarOrExit,
        clock,
      });
    },
  },
  ib: {
    limits: ({ pacing }) => createIbLimits(pacing.rules),
    async provider({ pipeline, ctx: { clock }, warn }) {
      // The client library is large: only those who ask it wait for it.
      const { createIbProvider } = await import('../../providers/ib/provider.js');
      return createIbProvider({
        settings: pipeline.providers.ib,
        calendarOf: getCalendarOrExit,
        clock,
        onNotice: ({ kind, message }) => {
          if (!ignoredNotices.has(kind)) warn(message);
        },
      });
    },
  },
  kite: {
    limits: ({ providers }) => createKiteLimits(providers.kite.rate),
    async provider({ pipeline, ctx, warn, estimatedEnd }) {
      const { createKiteProvider } = await import('../../providers/kite/provider.js');
      const { kite } = pipeline.providers;
      return createKiteProvider({
        settings: kite,
        credentials: () => getRunCredentials(kite.baseUrl, ctx, estimatedEnd()),
        cacheFolder: join(ctx.dataFolder, '_cache', 'kite'),
        calendarOf: getCalendarOrExit,
        clock: ctx.clock,
        onNotice: ({ message }) => {
          warn(message);
        },
      });
    },
  },
};

/** Credentials whose token lasts for the run: one that ends in the middle of it is refused before anything is asked. */
async function getRunCredentials(
  root: string,
  ctx: CliContext,
  estimatedEnd: Instant,
): Promise<Result<KiteCredentials, CredentialProblem>> {
  const credentials = await resolveKiteCredentials(root, ctx.environment);
  if (!credentials.ok) return credentials;
  const problem = checkToken(credentials.value, ctx.clock.now(), estimatedEnd);
  return problem === null ? credentials : err(problem);
}

/** What a gateway says all day long and nobody has to act on. */
const ignoredNotices: ReadonlySet<IbNotice['kind']> = new Set(['connected', 'farm-up', 'no-answer', 'message']);

function getFactory(name: ProviderName): ProviderFactory {
  return factories[name];
}

export function createProvider(name: ProviderName, deps: ProviderDeps): Promise<Provider> {
  return getFactory(name).provider(deps);
}
