import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { CliError } from '../cli-error.js';
import { expandPipelinePaths } from './find-pipeline-files.js';
import { applyProviderEnvironment, loadPipelineFile } from './load-pipeline.js';
import type { LoadContext } from './load-pipeline.js';

/** The pipelines of the project that have no errors; none outside of a project. */
export async function loadProjectPipelines(ctx: LoadContext): Promise<readonly Pipeline[]> {
  const found: Pipeline[] = [];
  for (const file of await listProjectFiles()) {
    const loaded = await loadPipelineFile(file, ctx, 'use');
    if (loaded.ok) found.push(applyProviderEnvironment(loaded.pipeline, ctx.environment));
  }
  return found;
}

async function listProjectFiles(): Promise<readonly string[]> {
  try {
    return await expandPipelinePaths([]);
  } catch (error) {
    if (error instanceof CliError) return [];
    throw error;
  }
}
