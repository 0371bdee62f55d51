import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { CliError } from '../cli-error.js';
import { expandPipelinePaths } from './find-pipeline-files.js';
import { applyProviderEnvironment, loadPipelineFile } from './load-pipeline.js';
import type { LoadContext } from './load-pipeline.js';

/** The pipelines of the project that have no errors; none outside of a project. */
export async function loadProjectPipelines(ctx: LoadContext): Promise<readonly Pipeline[]> {
  const found: Pipeline[] = [];
  for (const file of await listFiles([])) {
    const loaded = await loadPipelineFile(file, ctx, 'use');
    if (loaded.ok) found.push(applyProviderEnvironment(loaded.pipeline, ctx.environment));
  }
  return found;
}

/** The texts of pipelines and of the files they include, with or without errors. */
export async function readPipelineTexts(paths: readonly string[], ctx: LoadContext): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const file of await listFiles(paths)) {
    const { sourceTexts } = await loadPipelineFile(file, ctx, 'use');
    texts.push(...sourceTexts.values());
  }
  return texts;
}

/** The files of paths; without paths, those of the project. */
async function listFiles(paths: readonly string[]): Promise<readonly string[]> {
  try {
    return await expandPipelinePaths(paths);
  } catch (error) {
    if (error instanceof CliError) return [];
    throw error;
  }
}
