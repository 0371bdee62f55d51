import { join } from 'node:path';

import type { ProviderLimits } from '../core/provider-limits.js';
import { err } from '../core/result.js';
import type { Result } from '../core/result.js';
import type { ProviderName } from '../core/series.js';
import type { Instant } from '../core/time.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Provider } from '../providers/contract.js';
import { ibLimits } from '../providers/ib/limits.js';
import type { IbNotice } from '../providers/ib/notice.js';
import type { CredentialProblem } from '../providers/kite/credential-problem.js';
import { tokenTrouble } from '../providers/kite/credentials.js';
import type { KiteCredentials } from '../providers/kite/credentials.js';
import { kiteLimits } from '../providers/kite/limits.js';
import { mockLimits, mockProvider } from '../providers/mock/provider.js';
import { syntheticLimits, syntheticProvider } from '../providers/synthetic/provider.js';
import { scenarioOf } from '../providers/synthetic/scenario-of.js';
import { createDirector } from '../scenario/director.js';
import { calendarNamed } from './calendars.js';
import { kiteCredentialsOf } from './kite-credentials.js';
import { scenarioOrStop } from './scenario-file.js';
import type { Surroundings } from './surroundings.js';

/** What planning has to know of a source; the pipeline's own budgets and concurrency replace the source's. */
export function limitsFor(pipeline: Pipeline, name: ProviderName): ProviderLimits {
  const limits = makerOf(name).limits(pipeline);
  return {
    ...limits,
    budgets: pipeline.pacing.budgets ?? limits.budgets,
    concurrency: pipeline.pacing.concurrency ?? limits.concurrency,
  };
}

/** What a source is made from. */
export interface SourceParts {
  readonly pipeline: Pipeline;
  readonly at: Surroundings;
  /** Takes what a user should know about the source and what answers no request. */
  readonly warn: (message: string) => void;
  /** When the run will be done, as far as its plan can tell. */
  readonly estimatedEnd: () => Instant;
}

/** How one source is made from what the pipeline says of it. */
interface SourceMaker {
  limits(pipeline: Pipeline): ProviderLimits;
  provider(parts: SourceParts): Promise<Provider>;
}

const makers: Readonly<Record<ProviderName, SourceMaker>> = {
  mock: {
    limits: ({ providers }) => ({ ...mockLimits, typicalLatency: providers.mock.delay }),
    provider: async ({ pipeline, at: { clock } }) =>
      mockProvider({ settings: pipeline.providers.mock, calendarOf: calendarNamed, clock }),
  },
  synthetic: {
    limits: () => syntheticLimits,
    async provider({ pipeline, at, at: { clock } }) {
      const { scenario: file } = pipeline.providers.synthetic;
      // What is to be said of the file was said when the pipeline was read.
      const silent = { ...at, complain: () => undefined };
      const scenario = file === null ? scenarioOf() : await scenarioOrStop(file, 'synthetic', silent);
      return syntheticProvider({ scenario, director: createDirector(scenario), calendarOf: calendarNamed, clock });
    },
  },
  ib: {
    limits: ({ pacing }) => ibLimits(pacing.rules),
    async provider({ pipeline, at: { clock }, warn }) {
      // The client library is large: only those who ask it wait for it.
      const { ibProvider } = await import('../providers/ib/provider.js');
      return ibProvider({
        settings: pipeline.providers.ib,
        calendarOf: calendarNamed,
        clock,
        notices: ({ kind, message }) => {
          if (!quietNotices.has(kind)) warn(message);
        },
      });
    },
  },
  kite: {
    limits: ({ providers }) => kiteLimits(providers.kite.rate),
    async provider({ pipeline, at, warn, estimatedEnd }) {
      const { kiteProvider } = await import('../providers/kite/provider.js');
      const { kite } = pipeline.providers;
      return kiteProvider({
        settings: kite,
        credentials: () => credentialsFor(kite.root, at, estimatedEnd()),
        cacheFolder: join(at.dataFolder, '_cache', 'kite'),
        calendarOf: calendarNamed,
        clock: at.clock,
        notices: ({ message }) => {
          warn(message);
        },
      });
    },
  },
};

/** Credentials whose token lasts for the run: one that ends in the middle of it is refused before anything is asked. */
async function credentialsFor(
  root: string,
  at: Surroundings,
  estimatedEnd: Instant,
): Promise<Result<KiteCredentials, CredentialProblem>> {
  const credentials = await kiteCredentialsOf(root, at.environment);
  if (!credentials.ok) return credentials;
  const trouble = tokenTrouble(credentials.value, at.clock.now(), estimatedEnd);
  return trouble === null ? credentials : err(trouble);
}

/** What a gateway says all day long and nobody has to act on. */
const quietNotices: ReadonlySet<IbNotice['kind']> = new Set(['connected', 'farm-up', 'no-answer', 'message']);

function makerOf(name: ProviderName): SourceMaker {
  return makers[name];
}

export function makeProvider(name: ProviderName, parts: SourceParts): Promise<Provider> {
  return makerOf(name).provider(parts);
}
