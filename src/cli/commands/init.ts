import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Command } from 'commander';

import { errorCode } from '../../platform/error-message.js';
import { renderPipelineTemplate } from '../../config/pipeline/pipeline-template.js';
import { formatTable } from '../../platform/table.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import type { RunAction } from '../run-action.js';
import { resolveSchemaPath } from '../schema-path.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

export function defineInit(command: Command, run: RunAction): void {
  command
    .command('init')
    .description('Write a pipeline with comments to start from')
    .argument('[file]', 'file to write', 'pipelines/my-pipeline.yaml')
    .action((file: string) => run((ctx) => init(file, ctx)));
}

async function init(file: string, ctx: CliContext): Promise<ExitCode> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, renderPipelineTemplate(file, resolveSchemaPath(file, process.cwd())), { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new CliError(
      exitCode.usage,
      `${file} already exists`,
      'name another file, such as: pipe init pipelines/other.yaml',
    );
  }
  const next = [
    [`edit ${file}`, 'set symbols, lookback and steps; comments explain them'],
    [`pipe lint ${file}`, 'check it for errors'],
    [`pipe plan ${file}`, 'show what would be fetched, and why'],
    [`pipe run ${file}`, 'fetch it; the mock provider needs no account and no network'],
  ].map(([command = '', purpose = '']) => [
    { text: `  ${command}` },
    { text: purpose, style: (cell: string) => ctx.style('quiet', cell) },
  ]);
  ctx.print(`wrote ${file}\n\nNext:\n${formatTable(next, ['left', 'left']).join('\n')}\n`);
  return exitCode.done;
}
