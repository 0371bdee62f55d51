import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

import type { TemplateChoices } from '../../config/pipeline/template/choices.js';
import { renderPipelineTemplate } from '../../config/pipeline/template/render-template.js';
import { errorCode } from '../../platform/error-message.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import { packageRoot } from '../../platform/package-root.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';
import { requireLocalPath } from '../local-path.js';
import { toOutputError } from '../output-file.js';
import { resolveSchemaPath } from '../pipeline/schema-path.js';
import { renderProjectFiles } from './project-files.js';

/** What happened to each file: nothing is overwritten. */
export interface WrittenProject {
  readonly written: readonly string[];
  /** Files that were there before. */
  readonly kept: readonly string[];
}

/** Ends the command if a pipeline cannot be written: before any question is asked, and again when it is written. */
export function requireNewPipeline(file: string): void {
  requireLocalPath('the pipeline file', file);
  if (existsSync(file)) throw createExistsError(file);
}

function createExistsError(file: string): CliError {
  return new CliError(
    exitCode.usage,
    `${file} already exists`,
    'name another file, such as: pipe init pipelines/other.yaml',
  );
}

/** Writes a pipeline with comments to start from; a file that exists ends the command. */
export async function writePipelineTemplate(file: string, choices: TemplateChoices): Promise<void> {
  requireNewPipeline(file);
  const text = renderPipelineTemplate(file, resolveSchemaPath(file, process.cwd()), choices);
  if (!(await writeNewFile('the pipeline file', file, text))) throw createExistsError(file);
}

/** Writes the files that a project has beside its pipelines into the working folder. */
export async function writeProjectFiles(file: string, choices: TemplateChoices): Promise<WrittenProject> {
  const folder = process.cwd();
  const schema = resolveSchemaPath('settings.json', folder);
  const packageFolder = locatePackage(folder);
  const files = renderProjectFiles({
    file,
    provider: choices.provider,
    schema: schema.includes(':') ? schema : `./${schema}`,
    program: packageFolder === packageRoot ? ['pipe'] : ['npx', '--no-install', 'pipe'],
    packageFolder,
  });
  const written: string[] = [];
  const kept: string[] = [];
  for (const [path, text] of files)
    ((await writeNewFile('a file of the project', path, text)) ? written : kept).push(path);
  return { written, kept };
}

/** The folder of this package, relative to the project if the project installs it. A copy that npx fetched counts as one that will be. */
function locatePackage(folder: string): string {
  const installed = join('node_modules', 'marketlake');
  if (isFetched() || existsSync(join(folder, installed))) return installed.replaceAll(sep, '/');
  if (packageRoot === folder) return '.';
  return packageRoot.startsWith(folder + sep) ? relative(folder, packageRoot).replaceAll(sep, '/') : packageRoot;
}

/** Returns whether npx fetched this package for one command, so that the project has no `pipe` of its own. */
export function isFetched(): boolean {
  return packageRoot.split(sep).includes('_npx');
}

/** Writes a file; false if it exists. */
async function writeNewFile(what: string, path: string, text: string): Promise<boolean> {
  try {
    await makeFolder(dirname(path));
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw toOutputError(what, path, error);
  }
}
