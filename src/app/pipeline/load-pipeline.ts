import { supportedExchanges } from '../../calendar/calendars.js';
import type { Result } from '../../core/result.js';
import { loadPipeline } from '../../config/pipeline/load-pipeline.js';
import type { AutoProvider, LoadedPipeline } from '../../config/pipeline/load-pipeline.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { applyIbEnvironment } from '../../providers/ib/environment.js';
import { applyKiteEnvironment } from '../../providers/kite/environment.js';
import { applyMockEnvironment } from '../../providers/mock/environment.js';
import { applyCollectorEnvironment } from './collector-environment.js';
import { createSymbolQuery } from './query-symbols.js';
import { findProject } from './project-folder.js';
import { createDefinitionReader } from './definition-snapshot.js';
import { detectProvider } from '../providers/detect-provider.js';
import { getKiteTokenFile } from '../providers/kite-credentials.js';
import { exitCode } from '../exit-code.js';
import { CliError } from '../cli-error.js';
import type { AppContext, Environment } from '../context.js';

export type LoadContext = Pick<AppContext, 'environment' | 'definition' | 'dataFolder' | 'clock'>;

/** A pipeline, and the files besides its own that decide its provider. */
export type LoadedPipelineFile = LoadedPipeline & { readonly watchedFiles?: readonly string[] };

/** Loads a pipeline; a file with errors yields their diagnostics. With `use`, channels whose variables are unset are disabled. */
export async function loadPipelineFile(
  file: string,
  ctx: LoadContext,
  purpose: 'lint' | 'use',
): Promise<LoadedPipelineFile> {
  const auto = { isUsed: false };
  const load = (selected: AutoProvider): Promise<LoadedPipeline> =>
    loadPipeline(file, {
      environment: ctx.environment,
      resolveAuto() {
        auto.isUsed = true;
        return selected;
      },
      knownCalendars: supportedExchanges,
      readFile: createDefinitionReader(ctx),
      querySymbols: createSymbolQuery(ctx),
      // A definition that a collector has accepted was confined then.
      project: ctx.definition === undefined ? findProject(file, ctx.environment) : null,
      disablesUnsetChannels: purpose === 'use',
    });
  const loaded = await load({ provider: 'mock', warning: null });
  // Only pipelines that use `auto` pay for a look at the login and the lake.
  if (!auto.isUsed || !loaded.ok) return loaded;
  return { ...(await load(await detectProvider(ctx))), watchedFiles: [getKiteTokenFile(ctx.environment)] };
}

/** The pipeline with the settings of the environment, which take precedence over those of the file. */
export function applyProviderEnvironment(pipeline: Pipeline, environment: Environment): Pipeline {
  const { providers } = pipeline;
  const mock = unwrapOrExit(applyMockEnvironment(providers.mock, environment));
  const ib = unwrapOrExit(applyIbEnvironment(providers.ib, environment));
  const kite = unwrapOrExit(applyKiteEnvironment(providers.kite, environment));
  const limited = unwrapOrExit(applyCollectorEnvironment(pipeline, environment));
  return { ...limited, providers: { ...providers, mock, ib, kite } };
}

function unwrapOrExit<Settings>(
  settings: Result<Settings, { readonly name: string; readonly message: string }>,
): Settings {
  if (settings.ok) return settings.value;
  throw new CliError(exitCode.usage, `the environment variable ${settings.error.name} ${settings.error.message}`);
}
