import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { makeFolder } from '../../platform/files/make-folder.js';
import { renderPipelineTemplate } from '../../config/pipeline/pipeline-template.js';
import type { TemplateProvider } from '../../config/pipeline/pipeline-template.js';
import { errorCode } from '../../platform/error-message.js';
import { toOutputError } from '../output-file.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';
import { requireLocalPath } from '../local-path.js';
import { resolveSchemaPath } from './schema-path.js';

/** Writes a pipeline with comments to start from; a file that exists ends the command. */
export async function writePipelineTemplate(file: string, provider: TemplateProvider): Promise<void> {
  requireLocalPath('the pipeline file', file);
  try {
    await makeFolder(dirname(file));
    const text = renderPipelineTemplate(file, resolveSchemaPath(file, process.cwd()), provider);
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw toOutputError('the pipeline file', file, error);
    throw new CliError(
      exitCode.usage,
      `${file} already exists`,
      'name another file, such as: pipe init pipelines/other.yaml',
    );
  }
}
