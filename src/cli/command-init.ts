import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Command } from 'commander';

import { systemCode } from '../lake/lake-error.js';
import { pipelineTemplate } from '../pipeline/template.js';
import { columns } from '../report/columns.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import type { RunAction } from './run-action.js';
import { schemaFor } from './schema-file.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

export function defineInit(command: Command, run: RunAction): void {
  command
    .command('init')
    .description('Write a pipeline with comments to start from, and say what to do next')
    .argument('[file]', 'where to write it', 'pipelines/my-pipeline.yaml')
    .action((file: string) => run((at) => init(file, at)));
}

async function init(file: string, at: Surroundings): Promise<ExitCode> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, pipelineTemplate(file, schemaFor(file, process.cwd())), { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    throw new Stop(
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
    { text: why, paint: (own: string) => at.paint('quiet', own) },
  ]);
  at.answer(`wrote ${file}\n\nNext:\n${columns(next, ['left', 'left']).join('\n')}\n`);
  return exitCode.done;
}
