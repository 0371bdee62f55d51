import { Argument } from 'commander';
import type { Command } from 'commander';
import { resolve } from 'node:path';

import {
  lookUpExchanges,
  lookUpFiles,
  lookUpRuns,
  lookUpSteps,
  lookUpSymbols,
  lookUpTables,
} from '../../app/completion/look-up-values.js';
import type { KnownValue, LookUpContext } from '../../app/completion/look-up-values.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { templateProviders } from '../../config/pipeline/template/choices.js';
import { formatManPage } from '../completion/man-page.js';
import { CliError } from '../../app/cli-error.js';
import { version } from '../../app/version.js';
import { complete } from '../completion/complete.js';
import type { ValueKind } from '../completion/complete.js';
import { completionScripts, shells } from '../completion/shell-scripts.js';
import type { Shell } from '../completion/shell-scripts.js';
import type { CliContext } from '../cli-context.js';
import type { RunAction } from '../run-action.js';

export function defineCompletion(program: Command, run: RunAction): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', shells.join(', ')).choices(shells))
    .action((shell: Shell) =>
      run((ctx) => {
        ctx.print(completionScripts[shell]);
        return Promise.resolve(exitCode.done);
      }),
    );
}

export function defineMan(program: Command, run: RunAction): void {
  program
    .command('man')
    .argument('[command]', 'name of a command [all of them, in short]')
    .action((name: string | undefined) => run((ctx) => Promise.resolve(printManPage(program, name, ctx))));
}

function printManPage(program: Command, name: string | undefined, ctx: CliContext): ExitCode {
  const command = name === undefined ? program : program.commands.find((known) => known.name() === name);
  if (command === undefined)
    throw new CliError(exitCode.usage, `no command ${name ?? ''}`, 'pipe --help lists the commands');
  ctx.print(formatManPage(program, command, version()));
  return exitCode.done;
}

/** The command that the scripts call: it prints what the last of some words can be, one value per line. */
export function defineComplete(program: Command, run: RunAction): void {
  program
    .command('complete', { hidden: true })
    .argument('[words...]', 'the words after the name of the program')
    .action((words: readonly string[]) => run((ctx) => printCandidates(program, words, ctx)));
}

async function printCandidates(program: Command, words: readonly string[], ctx: CliContext): Promise<ExitCode> {
  const completion = complete(program, words);
  const candidates =
    completion.kind === 'candidates'
      ? completion.candidates
      : (await lookUp(completion.valueKind, completion.prefix, words, applyFolders(words, ctx)))
          .filter(({ value }) => value.startsWith(completion.prefix))
          .map(({ value, description }) => ({ value: completion.before + value, description }));
  // A value with a line break cannot be one of the lines.
  const lines = candidates.filter(({ value }) => !/[\n\t]/.test(value));
  ctx.print(lines.map(({ value, description }) => `${value}\t${description.replaceAll(/\s+/g, ' ')}\n`).join(''));
  return exitCode.done;
}

/** A line that is being written may name another lake than the variables do. */
function applyFolders(words: readonly string[], ctx: CliContext): LookUpContext {
  const read = (name: string, otherwise: string): string => {
    const index = words.slice(0, -1).indexOf(name);
    const value =
      index === -1 ? words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) : words[index + 1];
    return value === undefined || value === '' ? otherwise : resolve(value);
  };
  return { ...ctx, dataFolder: read('--data', ctx.dataFolder), lineageFolder: read('--lineage', ctx.lineageFolder) };
}

async function lookUp(
  kind: ValueKind,
  prefix: string,
  words: readonly string[],
  ctx: LookUpContext,
): Promise<readonly KnownValue[]> {
  const files = words.slice(0, -1).filter((word) => isPipeline(word));
  switch (kind) {
    case 'symbol':
      return lookUpSymbols(files, ctx);
    case 'step':
      return lookUpSteps(files, ctx);
    case 'dataset':
      return lookUpTables(ctx);
    case 'run':
      return lookUpRuns(ctx);
    case 'exchange':
      return lookUpExchanges();
    case 'provider':
      return templateProviders.map((value) => ({ value, description: '' }));
    case 'pipeline':
      return lookUpFiles(prefix, (name, isFolder) => isFolder || isPipeline(name));
    case 'folder':
      return lookUpFiles(prefix, (_, isFolder) => isFolder);
    case 'file':
      return lookUpFiles(prefix, () => true);
    case 'none':
      return [];
  }
}

function isPipeline(name: string): boolean {
  return /\.ya?ml$/.test(name);
}
