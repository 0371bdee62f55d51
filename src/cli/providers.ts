import { readFile } from 'node:fs/promises';

import type { ProviderLimits } from '../core/provider-limits.js';
import type { ProviderName } from '../core/series.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Provider } from '../providers/contract.js';
import { mockLimits, mockProvider } from '../providers/mock/provider.js';
import { syntheticLimits, syntheticProvider } from '../providers/synthetic/provider.js';
import { scenarioOf } from '../providers/synthetic/scenario-of.js';
import { createDirector } from '../scenario/director.js';
import { loadScenario } from '../scenario/load.js';
import type { Scenario } from '../scenario/scenario.js';
import { renderDiagnostics } from '../yaml/render.js';
import { calendarNamed } from './calendars.js';
import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';
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
}

/** How one source is made from what the pipeline says of it. */
interface SourceMaker {
  limits(pipeline: Pipeline): ProviderLimits;
  provider(parts: SourceParts): Promise<Provider>;
}

const makers: Readonly<Partial<Record<ProviderName, SourceMaker>>> = {
  mock: {
    limits: ({ providers }) => ({ ...mockLimits, typicalLatency: providers.mock.delay }),
    provider: async ({ pipeline, at: { clock } }) =>
      mockProvider({ settings: pipeline.providers.mock, calendarOf: calendarNamed, clock }),
  },
  synthetic: {
    limits: () => syntheticLimits,
    async provider({ pipeline, at: { clock } }) {
      const { scenario: file } = pipeline.providers.synthetic;
      const scenario = file === null ? scenarioOf() : await scenarioOrStop(file);
      return syntheticProvider({ scenario, director: createDirector(scenario), calendarOf: calendarNamed, clock });
    },
  },
};

function makerOf(name: ProviderName): SourceMaker {
  const maker = makers[name];
  if (maker === undefined) throw new Error(`there is no provider ${name} yet`);
  return maker;
}

export function makeProvider(name: ProviderName, parts: SourceParts): Promise<Provider> {
  return makerOf(name).provider(parts);
}

/** The scenario that the synthetic source plays, or the end of the command with everything that is wrong with it. */
export async function scenarioOrStop(file: string): Promise<Scenario> {
  const loaded = await loadScenario(file, (path) => readFile(path));
  if (!loaded.ok) {
    throw new Stop(exitCode.usage, renderDiagnostics(loaded.diagnostics, loaded.sources, { color: false }).trimEnd());
  }
  const { scenario } = loaded;
  if (scenario.source === 'synthetic') return scenario;
  throw new Stop(
    exitCode.usage,
    `${file} is a scenario of ${scenario.source}, not of the synthetic source`,
    scenario.source === 'tws' || scenario.source === 'kite'
      ? `play it with: pipe simulate ${scenario.source} --scenario ${file}`
      : null,
  );
}
