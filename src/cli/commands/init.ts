import type { Command } from 'commander';

import { formatTable } from '../../platform/table.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { writePipelineTemplate } from '../../app/pipeline/write-template.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../cli-context.js';

export function defineInit(command: Command, run: RunAction): void {
  command
    .command('init')
    .description('Write a pipeline with comments to start from')
    .argument('[file]', 'file to write', 'pipelines/my-pipeline.yaml')
    .action((file: string) => run((ctx) => init(file, ctx)));
}

async function init(file: string, ctx: CliContext): Promise<ExitCode> {
  await writePipelineTemplate(file);
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
