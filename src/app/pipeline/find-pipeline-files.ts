import { existsSync, readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { closestMatch } from '../../platform/suggest.js';
import { exitCode } from '../exit-code.js';
import { CliError } from '../cli-error.js';

/** Returns the pipeline file that a command uses: the given file, or the only file of the project. */
export function findPipelineFile(named: string | undefined): string {
  if (named !== undefined) return named;
  const found = findPipelineFiles();
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new CliError(exitCode.usage, 'missing PIPELINE: there are several', `name one of ${found.join(', ')}`);
}

/** Returns all pipeline files of the project. */
function findPipelineFiles(): readonly string[] {
  const found = existsSync('pipeline.yaml') ? ['pipeline.yaml'] : listPipelines();
  if (found.length > 0) return found;
  throw new CliError(
    exitCode.usage,
    `no pipeline in ${process.cwd()}`,
    'name a pipeline file, or create one with: pipe init',
  );
}

/** The files and folders that a collector or a page watches if none are named. */
export function listWatchedPaths(): readonly string[] {
  const files = existsSync('pipeline.yaml') ? ['pipeline.yaml'] : listNamedPipelines();
  return files.length > 0 && !existsSync('pipelines') ? files : [...files, 'pipelines'];
}

/** Ends the command if a path does not exist. */
export function requirePath(path: string): void {
  if (existsSync(path)) return;
  throw new CliError(exitCode.usage, `no such file or folder: ${path}`, 'name pipeline files, or a folder of them');
}

/** Returns the given files and the files in the given folders, each once; without paths, all files of the project. */
export async function expandPipelinePaths(paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return findPipelineFiles();
  const files = new Set<string>();
  for (const path of paths) {
    const names = await listPipelinesInFolder(path);
    if (names?.length === 0)
      throw new CliError(exitCode.usage, `no pipeline in ${path}`, 'pipeline files end in .yaml or .yml');
    for (const file of names ?? [path]) files.add(file);
  }
  return [...files];
}

/** The pipeline files in a folder; null when the path is not a readable folder. */
export async function listPipelinesInFolder(path: string): Promise<readonly string[] | null> {
  try {
    return toPipelinePaths(path, await readdir(path));
  } catch {
    return null;
  }
}

/** The command that fetches the first data of a project: a run of one of its pipelines, or the way to write one. */
export function suggestFirstCommand(): string {
  const [first] = existsSync('pipeline.yaml') ? ['pipeline.yaml'] : listPipelines();
  return first === undefined ? 'pipe init' : `pipe run ${first}`;
}

/** A hint for a file that does not exist. */
export function suggestPipelineFile(file: string): string {
  const existing = listPipelines();
  const suggestion =
    existing.find((path) => path === join('pipelines', basename(file))) ?? closestMatch(file, existing);
  if (suggestion !== null) return `did you mean ${suggestion}?`;
  return existing.length > 0
    ? `pipelines here: ${existing.join(', ')}`
    : `no pipelines in ${process.cwd()}; create one with: pipe init`;
}

/** The files in `pipelines/`, and those of the working folder whose names say that they are pipelines. */
function listPipelines(): readonly string[] {
  const inFolder = existsSync('pipelines') ? toPipelinePaths('pipelines', readdirSync('pipelines')) : [];
  return [...listNamedPipelines(), ...inFolder];
}

/** The files `*.pipe.yaml` of the working folder. */
function listNamedPipelines(): readonly string[] {
  return readdirSync('.')
    .filter((name) => /^[^.].*\.pipe\.ya?ml$/.test(name))
    .sort();
}

function toPipelinePaths(folder: string, names: readonly string[]): readonly string[] {
  return (
    names
      // A hidden file is the copy of an editor, or of an edit that is not done.
      .filter((name) => /^[^.].*\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name))
  );
}
