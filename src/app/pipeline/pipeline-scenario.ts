import type { Diagnostic } from '../../core/diagnostic.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { SourceTexts } from '../../config/yaml/source-texts.js';
import { loadScenarioFile, describeMismatch } from './load-scenario.js';
import type { Definition } from '../context.js';

/** The scenario file that a pipeline's provider simulates. */
export interface PipelineScenario {
  readonly file: string;
  readonly sources: SourceTexts;
  /** The reason why it cannot be used; absent when it can. */
  readonly problem?: string | readonly Diagnostic[];
}

/** A scenario is part of the definition, though only the run uses it; null for a pipeline without one. */
export async function loadPipelineScenario(
  { steps, providers }: Pipeline,
  definition: Definition,
): Promise<PipelineScenario | null> {
  const { scenario: file } = providers.synthetic;
  if (file === null || !steps.some(({ provider }) => provider === 'synthetic')) return null;
  const loaded = await loadScenarioFile(file, definition);
  const { sourceTexts } = loaded;
  if (!loaded.ok) return { file, sources: sourceTexts, problem: loaded.diagnostics };
  const mismatch = describeMismatch(loaded.scenario, file, 'synthetic');
  return mismatch === null ? { file, sources: sourceTexts } : { file, sources: sourceTexts, problem: mismatch };
}
