import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { exitCode } from '../exit-code.js';
import { findPipelineFiles } from './load-pipeline.js';
import { CliError } from '../cli-error.js';

/** The files that were named and those in the folders that were, each once; those of the project when nothing was. */
export async function expandPipelinePaths(paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return findPipelineFiles();
  const files = new Set<string>();
  for (const path of paths) {
    const names = await listPipelinesInFolder(path);
    if (names?.length === 0)
      throw new CliError(exitCode.usage, `there is no pipeline in ${path}`, 'its name ends in .yaml');
    for (const file of names ?? [path]) files.add(file);
  }
  return [...files];
}

/** The pipelines in a folder; null when there is no such folder, or none that can be looked into. */
export async function listPipelinesInFolder(path: string): Promise<readonly string[] | null> {
  try {
    const names = await readdir(path);
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch {
    return null;
  }
}
