import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Command } from 'commander';

import { getErrorCode } from '../../lake/lake-error.js';
import { renderPipelineTemplate } from '../../config/pipeline/pipeline-template.js';
import { formatTable } from '../../platform/table.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import type { RunAction } from '../run-action.js';
import { resolveSchemaPath } from '../schema-path.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';

export function defineInit(command: Command, run: RunAction): void {
  command
    .command('init')
    .description('Write a pipeline with comments to start from, and say what to do next')
    .argument('[file]', 'where to write it', 'pipelines/my-pipeline.yaml')
    .action((file: string) => run((ctx) => init(file, ctx)));
}

async function init(file: string, ctx: CliContext): Promise<ExitCode> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, renderPipelineTemplate(file, resolveSchemaPath(file, process.cwd())), { flag: 'wx' });
  } catch (error) {
    if (getErrorCode(error) !== 'EEXIST') throw error;
    throw new CliError(
      exitCode.usage,
      `${file} is there already; it was not touched`,
      'name another file: pipe init pipelines/other.yaml',
    );
  }
  const next = [
    [`edit ${file}`, 'symbols, look-back and steps are explained inside'],
    [`pipe lint ${file}`, 'what is wrong with it, and where'],
    [`pipe plan ${file}`, 'what would be fetched, and why'],
    [`pipe run ${file}`, 'fetch it: the mock provider needs no account and no network'],
  ].map(([command = '', why = '']) => [
    { text: `  ${command}` },
    { text: why, paint: (own: string) => ctx.style('quiet', own) },
  ]);
  ctx.print(`wrote ${file}\n\nNext:\n${formatTable(next, ['left', 'left']).join('\n')}\n`);
  return exitCode.done;
}
