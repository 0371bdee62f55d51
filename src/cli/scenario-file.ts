import { readFile } from 'node:fs/promises';

import { plainPaint } from '../report/paint.js';
import { loadScenario } from '../scenario/load.js';
import type { LoadedScenario } from '../scenario/load.js';
import { isScenarioText } from '../scenario/recognise.js';
import type { Scenario, ScenarioSource } from '../scenario/scenario.js';
import { renderDiagnostics } from '../yaml/render.js';
import { definitionReader, isInDefinition } from './accepted-files.js';
import { exitCode } from './exit-code.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

/** Whether a file means to be a scenario; one that cannot be read does not. */
export async function isScenarioFile(file: string): Promise<boolean> {
  try {
    return isScenarioText(await readFile(file, 'utf8'));
  } catch {
    return false;
  }
}

/** Reads a scenario whatever the file holds; the loader says what is wrong with it. */
export function loadScenarioFile(file: string, at: Pick<Surroundings, 'accepted'> = {}): Promise<LoadedScenario> {
  return loadScenario(file, definitionReader(at));
}

/** The scenario of a source, or the end of the command with everything that is wrong with the file. */
export async function scenarioOrStop(file: string, source: ScenarioSource, at: Surroundings): Promise<Scenario> {
  if (!isInDefinition(file, at)) {
    throw new Stop(exitCode.usage, `there is no file ${file}`, 'docs/scenarios.md has examples to begin with');
  }
  const loaded = await loadScenarioFile(file, at);
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
  if (diagnostics.length > 0) {
    at.complain(renderDiagnostics(diagnostics, loaded.sources, { color: at.notePaint !== plainPaint }).trimEnd());
  }
  if (!loaded.ok) throw new Stop(exitCode.usage, '', null);
  const { scenario } = loaded;
  const other = otherSource(scenario, file, source);
  if (other === null) return scenario;
  throw new Stop(exitCode.usage, other, howToPlay(scenario, file));
}

/** That a scenario is one of another source, in words; null when it is not. */
export function otherSource(scenario: Scenario, file: string, source: ScenarioSource): string | null {
  return scenario.source === source ? null : `${file} is a scenario of ${scenario.source}, not of ${source}`;
}

/** How a scenario is played, by its source. */
function howToPlay({ source }: Scenario, file: string): string {
  return source === 'synthetic'
    ? `name it in a pipeline: \`providers: { synthetic: { scenario: ${file} } }\``
    : `play it with: pipe simulate ${source} --scenario ${file}`;
}
