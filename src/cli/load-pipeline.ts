import type { Diagnostic } from '../core/diagnostic.js';
import type { Pipeline } from '../config/pipeline/pipeline.js';
import type { Scenario, ScenarioSource } from '../config/scenario/scenario.js';
import { renderDiagnostics } from '../config/yaml/render-diagnostics.js';
import type { SourceTexts } from '../config/yaml/source-texts.js';
import { plainStyle } from '../platform/style.js';
import { CliError } from '../app/cli-error.js';
import type { AppContext } from '../app/context.js';
import { exitCode } from '../app/exit-code.js';
import { describeUnusedVariables } from '../app/pipeline/collector-environment.js';
import { existsInDefinition } from '../app/pipeline/definition-snapshot.js';
import { suggestPipelineFile } from '../app/pipeline/find-pipeline-files.js';
import { applyProviderEnvironment, loadPipelineFile } from '../app/pipeline/load-pipeline.js';
import { describeMismatch, loadScenarioFile } from '../app/pipeline/load-scenario.js';
import type { Console } from './cli-context.js';

type LoadContext = Pick<AppContext, 'environment' | 'definition' | 'dataFolder' | 'clock'> &
  Pick<Console, 'info' | 'error' | 'stderrStyle'>;

/** The pipeline of a file, ready to run; a file with errors ends the command with all of them printed. */
export async function loadPipelineOrExit(file: string, ctx: LoadContext): Promise<Pipeline> {
  if (!existsInDefinition(file, ctx))
    throw new CliError(exitCode.usage, `no such file: ${file}`, suggestPipelineFile(file));
  const loaded = await loadPipelineFile(file, ctx, 'use');
  if (!loaded.ok) throw printErrors(file, loaded.diagnostics, loaded.sourceTexts, ctx);
  if (loaded.warnings.length > 0) ctx.info(renderForStderr(loaded.warnings, loaded.sourceTexts, ctx));
  // Printed with --quiet too: a user who expects real prices must not take mock prices for them.
  const { autoProviderWarning } = loaded.pipeline;
  if (autoProviderWarning !== null) ctx.error(ctx.stderrStyle('warn', `warning: ${autoProviderWarning}`));
  warnAboutVariables(ctx, loaded.sourceTexts.values());
  const pipeline = applyProviderEnvironment(loaded.pipeline, ctx.environment);
  const { scenario } = pipeline.providers.synthetic;
  const usesSynthetic = pipeline.steps.some(({ provider }) => provider === 'synthetic');
  if (usesSynthetic && scenario !== null) await loadScenarioOrExit(scenario, 'synthetic', ctx);
  return pipeline;
}

/** Prints the variables that are set, have no effect and are not in the texts of pipelines. */
export function warnAboutVariables(
  { environment, info, stderrStyle }: Pick<LoadContext, 'environment' | 'info' | 'stderrStyle'>,
  texts: Iterable<string>,
): void {
  for (const text of describeUnusedVariables(environment, texts)) info(stderrStyle('warn', `warning: ${text}`));
}

/** The scenario of a file for a provider; a file with errors ends the command with all of them printed. */
export async function loadScenarioOrExit(
  file: string,
  source: ScenarioSource,
  ctx: Pick<LoadContext, 'definition' | 'info' | 'error' | 'stderrStyle'>,
): Promise<Scenario> {
  if (!existsInDefinition(file, ctx))
    throw new CliError(exitCode.usage, `no such file: ${file}`, 'docs/reference/scenarios.md has examples');
  const loaded = await loadScenarioFile(file, ctx);
  if (!loaded.ok) throw printErrors(file, loaded.diagnostics, loaded.sourceTexts, ctx);
  if (loaded.warnings.length > 0) ctx.error(renderForStderr(loaded.warnings, loaded.sourceTexts, ctx));
  const mismatch = describeMismatch(loaded.scenario, file, source);
  if (mismatch === null) return loaded.scenario;
  throw new CliError(exitCode.usage, mismatch, describeUse(loaded.scenario, file));
}

/** Renders diagnostics with the lines of the files that they point to. */
export function renderForStderr(
  diagnostics: readonly Diagnostic[],
  sources: SourceTexts,
  { stderrStyle }: Pick<Console, 'stderrStyle'>,
): string {
  return renderDiagnostics(diagnostics, sources, { color: stderrStyle !== plainStyle }).trimEnd();
}

function printErrors(
  file: string,
  diagnostics: readonly Diagnostic[],
  sources: SourceTexts,
  ctx: Pick<Console, 'error' | 'stderrStyle'>,
): CliError {
  ctx.error(renderForStderr(diagnostics, sources, ctx));
  return new CliError(exitCode.usage, `${file} has errors`, null, true);
}

function describeUse({ source }: Scenario, file: string): string {
  return source === 'synthetic'
    ? `name it in a pipeline: \`providers: { synthetic: { scenario: ${file} } }\``
    : `use it with: pipe simulate ${source} --scenario ${file}`;
}
