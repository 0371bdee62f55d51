import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { supportedExchanges } from '../../calendar/calendars.js';
import { closestMatch } from '../../platform/suggest.js';
import type { Result } from '../../core/result.js';
import { loadPipeline } from '../../config/pipeline/load-pipeline.js';
import type { LoadedPipeline } from '../../config/pipeline/load-pipeline.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { applyIbEnvironment } from '../../providers/ib/environment.js';
import { applyKiteEnvironment } from '../../providers/kite/environment.js';
import { applyMockEnvironment } from '../../providers/mock/environment.js';
import { plainStyle } from '../../platform/style.js';
import { renderDiagnostics } from '../../config/yaml/render-diagnostics.js';
import { createDefinitionReader, existsInDefinition } from './definition-snapshot.js';
import { detectProvider } from '../providers/detect-provider.js';
import { exitCode } from '../exit-code.js';
import { loadScenarioOrExit } from './load-scenario.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../cli-context.js';

/** The pipeline a command works on: the file that was named, or the only one there is. */
export function findPipelineFile(named: string | undefined): string {
  if (named !== undefined) return named;
  if (existsSync('pipeline.yaml')) return 'pipeline.yaml';
  const found = listPipelines();
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new CliError(
    exitCode.usage,
    found.length === 0 ? 'no pipeline was named and none was found' : 'which pipeline?',
    found.length === 0 ? 'name a file, or make one with: pipe init' : `name one of ${found.join(', ')}`,
  );
}

/** The pipelines of this project: those a command that works on all of them means when none is named. */
export function findPipelineFiles(): readonly string[] {
  const found = existsSync('pipeline.yaml') ? ['pipeline.yaml'] : listPipelines();
  if (found.length > 0) return found;
  throw new CliError(
    exitCode.usage,
    'no pipeline was named and none was found',
    'name a file, or make one with: pipe init',
  );
}

function listPipelines(): readonly string[] {
  if (!existsSync('pipelines')) return [];
  return readdirSync('pipelines')
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join('pipelines', name));
}

/** What was probably meant by a file that is not there. */
function suggestFile(file: string): string {
  const existing = listPipelines();
  const suggestion =
    existing.find((path) => path === join('pipelines', basename(file))) ?? closestMatch(file, existing);
  if (suggestion !== null) return `did you mean ${suggestion}?`;
  return existing.length > 0
    ? `there is ${existing.join(', ')}`
    : `this is ${process.cwd()}; make a pipeline with: pipe init`;
}

/** Reads a file whatever it holds; the loader says what is wrong with it. To be used, it may lack what only the environment lacks. */
export function loadPipelineFile(file: string, ctx: CliContext, purpose: 'lint' | 'use'): Promise<LoadedPipeline> {
  return loadPipeline(file, {
    environment: ctx.environment,
    resolveAuto: () => detectProvider(ctx.environment),
    knownCalendars: supportedExchanges,
    readFile: createDefinitionReader(ctx),
    disablesUnsetChannels: purpose === 'use',
  });
}

/** The pipeline, or the end of the command with everything that is wrong with it. */
export async function loadPipelineOrExit(file: string, ctx: CliContext): Promise<Pipeline> {
  if (!existsInDefinition(file, ctx)) throw new CliError(exitCode.usage, `there is no file ${file}`, suggestFile(file));
  const loaded = await loadPipelineFile(file, ctx, 'use');
  const color = ctx.stderrStyle !== plainStyle;
  if (!loaded.ok) {
    ctx.error(renderDiagnostics(loaded.diagnostics, loaded.sourceTexts, { color }).trimEnd());
    throw new CliError(exitCode.usage, '', null);
  }
  if (loaded.warnings.length > 0) {
    ctx.info(renderDiagnostics(loaded.warnings, loaded.sourceTexts, { color }).trimEnd());
  }
  // Said even to those who want to hear little: whoever meant to collect real prices would be deceived.
  const { autoProviderWarning } = loaded.pipeline;
  if (autoProviderWarning !== null) ctx.error(ctx.stderrStyle('warn', `warning: ${autoProviderWarning}`));
  const pipeline = applyEnvironment(loaded.pipeline, ctx);
  const { scenario } = pipeline.providers.synthetic;
  const usesSynthetic = pipeline.steps.some(({ provider }) => provider === 'synthetic');
  if (usesSynthetic && scenario !== null) await loadScenarioOrExit(scenario, 'synthetic', ctx);
  return pipeline;
}

/** What the environment says of the sources goes before what the pipeline says. */
function applyEnvironment(pipeline: Pipeline, { environment }: CliContext): Pipeline {
  const { providers } = pipeline;
  const mock = unwrapOrExit(applyMockEnvironment(providers.mock, environment));
  const ib = unwrapOrExit(applyIbEnvironment(providers.ib, environment));
  const kite = unwrapOrExit(applyKiteEnvironment(providers.kite, environment));
  return { ...pipeline, providers: { ...providers, mock, ib, kite } };
}

function unwrapOrExit<Settings>(
  settings: Result<Settings, { readonly name: string; readonly message: string }>,
): Settings {
  if (settings.ok) return settings.value;
  throw new CliError(exitCode.usage, `${settings.error.name}: ${settings.error.message}`);
}
