import type { Diagnostic } from '../../core/diagnostic.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { SourceTexts } from '../../config/yaml/source-texts.js';
import { loadScenarioFile, describeMismatch } from './load-scenario.js';
import type { CliContext } from '../cli-context.js';

/** The scenario that a pipeline's source plays, as far as its file can be used. */
export interface PipelineScenario {
  readonly file: string;
  readonly sources: SourceTexts;
  readonly problem?: string | readonly Diagnostic[];
}

/** A scenario is part of the definition, though only the run reads it; null for a pipeline that plays none. */
export async function loadPipelineScenario(
  { steps, providers }: Pipeline,
  ctx: Pick<CliContext, 'definition'>,
): Promise<PipelineScenario | null> {
  const { scenario: file } = providers.synthetic;
  if (file === null || !steps.some(({ provider }) => provider === 'synthetic')) return null;
  const loaded = await loadScenarioFile(file, ctx);
  const { sourceTexts } = loaded;
  if (!loaded.ok) return { file, sources: sourceTexts, problem: loaded.diagnostics };
  const mismatch = describeMismatch(loaded.scenario, file, 'synthetic');
  return mismatch === null ? { file, sources: sourceTexts } : { file, sources: sourceTexts, problem: mismatch };
}
