import { readFile } from 'node:fs/promises';

import { plainStyle } from '../../platform/style.js';
import { loadScenario } from '../../config/scenario/load-scenario.js';
import type { LoadedScenario } from '../../config/scenario/load-scenario.js';
import { isScenarioText } from '../../config/scenario/recognise.js';
import type { Scenario, ScenarioSource } from '../../config/scenario/scenario.js';
import { renderDiagnostics } from '../../config/yaml/render-diagnostics.js';
import { createDefinitionReader, existsInDefinition } from './definition-snapshot.js';
import { exitCode } from '../exit-code.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../cli-context.js';

/** Whether a file means to be a scenario; one that cannot be read does not. */
export async function isScenarioFile(file: string): Promise<boolean> {
  try {
    return isScenarioText(await readFile(file, 'utf8'));
  } catch {
    return false;
  }
}

/** Reads a scenario whatever the file holds; the loader says what is wrong with it. */
export function loadScenarioFile(file: string, ctx: Pick<CliContext, 'definition'> = {}): Promise<LoadedScenario> {
  return loadScenario(file, createDefinitionReader(ctx));
}

/** The scenario of a source, or the end of the command with everything that is wrong with the file. */
export async function loadScenarioOrExit(file: string, source: ScenarioSource, ctx: CliContext): Promise<Scenario> {
  if (!existsInDefinition(file, ctx)) {
    throw new CliError(exitCode.usage, `there is no file ${file}`, 'docs/scenarios.md has examples to begin with');
  }
  const loaded = await loadScenarioFile(file, ctx);
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
  if (diagnostics.length > 0) {
    ctx.error(renderDiagnostics(diagnostics, loaded.sourceTexts, { color: ctx.stderrStyle !== plainStyle }).trimEnd());
  }
  if (!loaded.ok) throw new CliError(exitCode.usage, '', null);
  const { scenario } = loaded;
  const mismatch = describeMismatch(scenario, file, source);
  if (mismatch === null) return scenario;
  throw new CliError(exitCode.usage, mismatch, describeUse(scenario, file));
}

/** That a scenario is one of another source, in words; null when it is not. */
export function describeMismatch(scenario: Scenario, file: string, source: ScenarioSource): string | null {
  return scenario.source === source ? null : `${file} is a scenario of ${scenario.source}, not of ${source}`;
}

/** How a scenario is played, by its source. */
function describeUse({ source }: Scenario, file: string): string {
  return source === 'synthetic'
    ? `name it in a pipeline: \`providers: { synthetic: { scenario: ${file} } }\``
    : `play it with: pipe simulate ${source} --scenario ${file}`;
}
