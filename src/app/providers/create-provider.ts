import { join } from 'node:path';

import { noEmptyConfirmation } from '../../core/empty-confirmation.js';
import type { Budget } from '../../core/budget.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import { err } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { isImportSource } from '../../core/series.js';
import type { FetchProvider, ProviderName } from '../../core/series.js';
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
import type { Scenario } from '../../config/scenario/scenario.js';
import { requireAllowedHost, requireAllowedUrl } from '../allowed-hosts.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { openScenarioRun } from './scenario-run.js';
import { resolveKiteCredentials } from './kite-credentials.js';
import { loadScenarioFile } from '../pipeline/load-scenario.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';
import type { AppContext } from '../context.js';

/** The limits of a provider; settings of the pipeline replace those of the provider. */
export function getProviderLimits(pipeline: Pipeline, name: ProviderName): ProviderLimits {
  const limits = getFactory(name).limits(pipeline);
  return {
    ...limits,
    budgets: pipeline.pacing.budgets === null ? limits.budgets : withTransit(pipeline.pacing.budgets, limits.budgets),
    maxConcurrency: pipeline.pacing.concurrency ?? limits.maxConcurrency,
    confirmEmpty: { ...(limits.confirmEmpty ?? noEmptyConfirmation), ...pipeline.confirmEmpty },
  };
}

/** Budgets of the pipeline count requests in the same way as those of the provider: when they are sent, or when they arrive. */
function withTransit(budgets: readonly Budget[], declared: readonly Budget[]): readonly Budget[] {
  const transit = Math.max(0, ...declared.map((budget) => (budget.kind === 'rolling' ? (budget.transit ?? 0) : 0)));
  return transit === 0
    ? budgets
    : budgets.map((budget) => (budget.kind === 'rolling' ? { ...budget, transit } : budget));
}

/** The parts of the context that providers use. */
export type ProviderContext = Pick<
  AppContext,
  'clock' | 'dataFolder' | 'environment' | 'definition' | 'collectorStart'
>;

export interface ProviderDeps {
  readonly pipeline: Pipeline;
  readonly ctx: ProviderContext;
  /** Takes notices of the provider that belong to no request. */
  readonly warn: (message: string) => void;
  /** The end of the run, as the plan estimates it. */
  readonly estimatedEnd: () => Instant;
}

interface ProviderFactory {
  limits(pipeline: Pipeline): ProviderLimits;
  provider(deps: ProviderDeps): Promise<Provider>;
}

const factories: Readonly<Record<FetchProvider, ProviderFactory>> = {
  mock: {
    limits: ({ providers }) => ({ ...mockLimits, typicalLatency: providers.mock.delay }),
    provider: async ({ pipeline, ctx: { clock } }) =>
      createMockProvider({ settings: pipeline.providers.mock, calendarOf: getCalendarOrExit, clock }),
  },
  synthetic: {
    limits: () => syntheticLimits,
    async provider({ pipeline, ctx }) {
      const { clock } = ctx;
      const { scenario: file } = pipeline.providers.synthetic;
      const scenario = file === null ? buildScenario() : await readScenario(file, ctx);
      const run = await openScenarioRun(scenario, pipeline.name, ctx);
      const provider = createSyntheticProvider({
        scenario,
        engine: run.engine,
        startedAt: run.startedAt,
        calendarOf: getCalendarOrExit,
        clock,
      });
      return {
        ...provider,
        async close() {
          await provider.close();
          await run.save();
        },
      };
    },
  },
  ib: {
    limits: ({ pacing, providers }) => createIbLimits(pacing.rules, providers.ib.lines),
    async provider({ pipeline, ctx, warn }) {
      const { host, port } = pipeline.providers.ib;
      requireAllowedHost(host, port, ctx);
      // The client library is large: only runs that use it load it.
      const { createIbProvider } = await import('../../providers/ib/provider.js');
      return createIbProvider({
        settings: pipeline.providers.ib,
        calendarOf: getCalendarOrExit,
        clock: ctx.clock,
        onNotice: ({ kind, message }) => {
          if (!ignoredNotices.has(kind)) warn(message);
        },
      });
    },
  },
  kite: {
    limits: ({ providers }) => createKiteLimits(providers.kite.rate),
    async provider({ pipeline, ctx, warn, estimatedEnd }) {
      requireAllowedUrl(pipeline.providers.kite.baseUrl, ctx);
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

/**
 * Loading the pipeline has already printed the errors of the file; an error occurs here only if the file has changed
 * since.
 */
async function readScenario(file: string, ctx: ProviderContext): Promise<Scenario> {
  const loaded = await loadScenarioFile(file, ctx);
  if (loaded.ok) return loaded.scenario;
  throw new CliError(exitCode.usage, `${file} is not a valid scenario`, `see its errors with: pipe lint ${file}`);
}

/** The credentials of a run; a token that expires before the run ends is rejected before the first request. */
async function getRunCredentials(
  baseUrl: string,
  ctx: ProviderContext,
  estimatedEnd: Instant,
): Promise<Result<KiteCredentials, CredentialProblem>> {
  const credentials = await resolveKiteCredentials(baseUrl, ctx.environment);
  if (!credentials.ok) return credentials;
  const checked = checkToken(credentials.value, ctx.clock.now(), estimatedEnd);
  if (checked.ok) return credentials;
  const { message, hint } = checked.error;
  return err({ message, hint });
}

/** Routine notices of a gateway, which need no action. */
const ignoredNotices: ReadonlySet<IbNotice['kind']> = new Set(['connected', 'farm-up', 'no-answer', 'message']);

function getFactory(name: ProviderName): ProviderFactory {
  if (isImportSource(name)) throw new Error(`${name} is no provider`);
  return factories[name];
}

export function createProvider(name: ProviderName, deps: ProviderDeps): Promise<Provider> {
  return getFactory(name).provider(deps);
}
