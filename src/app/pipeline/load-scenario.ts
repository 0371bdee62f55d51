import { readFile } from '../../platform/files/read-file.js';
import { loadScenario } from '../../config/scenario/load-scenario.js';
import type { LoadedScenario } from '../../config/scenario/load-scenario.js';
import { isScenarioText } from '../../config/scenario/load-scenario.js';
import type { Scenario, ScenarioSource } from '../../config/scenario/scenario.js';
import { createDefinitionReader } from './definition-snapshot.js';
import type { Definition } from '../context.js';

/** Recognises a scenario file; an unreadable file is none. */
export async function isScenarioFile(file: string): Promise<boolean> {
  try {
    return isScenarioText(await readFile(file, 'utf8'));
  } catch {
    return false;
  }
}

/** Loads a scenario; a file with errors yields their diagnostics. */
export function loadScenarioFile(file: string, definition: Definition = {}): Promise<LoadedScenario> {
  return loadScenario(file, createDefinitionReader(definition));
}

/** Describes a scenario that is for another provider; null when it is for this one. */
export function describeMismatch(scenario: Scenario, file: string, source: ScenarioSource): string | null {
  return scenario.source === source ? null : `${file} is a scenario for ${scenario.source}, not for ${source}`;
}
