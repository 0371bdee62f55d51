import { Command, CommanderError, Option } from 'commander';

import { LakeError } from '../lake/lake-error.js';
import { QueryError } from '../lake/reader/run-query.js';
import { loadCommands } from './command-registry.js';
import type { DefineCommand } from './command-registry.js';
import { exitCode } from '../app/exit-code.js';
import type { ExitCode } from '../app/exit-code.js';
import { parseGlobalOptions } from './options/global-options.js';
import type { RunAction } from './run-action.js';
import { CliError } from '../app/cli-error.js';
import { createCliContext } from '../app/cli-context.js';
import type { CliContext } from '../app/cli-context.js';
import { version } from '../app/version.js';

/** Understands the command line, runs the command and sets the exit code; nothing else ends the process. */
export async function main(argv: readonly string[]): Promise<void> {
  // `pipe plan | head` closes our output early: that is not an error, and a run that nobody listens to goes on.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const program = defineProgram(await loadCommands(argv), async (action) => {
    process.exitCode = await runGuarded(program, action);
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.usage;
  }
}

function defineProgram(commands: readonly DefineCommand[], run: RunAction): Command {
  const program = new Command('pipe')
    .description('Turns a YAML file into a market-data lake that is complete, explained and never asked for twice.')
    .version(version(), '-V, --version', 'print the version')
    .addOption(new Option('--data <folder>', 'where the lake is').env('PIPE_DATA').default('data'))
    .addOption(new Option('--lineage <folder>', 'where runs are recorded').env('PIPE_LINEAGE').default('lineage'))
    .addOption(new Option('--now <instant>', 'plan and run as if it were this moment (ISO 8601)'))
    .option('-q, --quiet', 'say nothing but answers and errors')
    .option('-v, --verbose', 'say what each task does')
    .option('--debug', 'say everything that happens, as JSON lines')
    .option('--no-color', 'no colours; NO_COLOR is respected too')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError(true)
    .showHelpAfterError('  pipe --help lists the commands')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'pipe: ').replace(/^\(Did you mean (.*)\?\)$/m, '  did you mean $1?'));
      },
    })
    .exitOverride();
  for (const define of commands) define(program, run);
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError(`  pipe help ${command.name()} explains it`);
  program.addHelpText(
    'after',
    `
Start here:
  pipe init                          write a pipeline with comments
  pipe plan pipelines/daily.yaml     what would be fetched, and why
  pipe run pipelines/daily.yaml      fetch it
  pipe lineage AAPL                  where the data came from

Exit codes: 0 done · 1 bug · 2 wrong command line or pipeline · 3 some tasks
  failed · 4 provider refused · 5 a check failed · 6 plan --exit-code: work to
  do · 7 the lake's disk · 11 another run holds the lock · 130, 143 interrupted`,
  );
  return program;
}

/** What was expected to go wrong becomes words and a code; what was not is a bug and keeps its stack. */
async function runGuarded(program: Command, action: (ctx: CliContext) => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await action(createCliContext(parseGlobalOptions(program)));
  } catch (error) {
    const printError = (text: string): void => void process.stderr.write(`${text}\n`);
    if (error instanceof CliError) {
      if (error.message !== '') printError(`pipe: ${error.message}`);
      if (error.hint !== null) printError(`  ${error.hint}`);
      return error.code;
    }
    if (error instanceof LakeError) {
      printError(`pipe: ${error.message}`);
      printError(`  ${error.hint}`);
      return exitCode.storage;
    }
    if (error instanceof QueryError) {
      printError(`pipe: ${error.message}`);
      return exitCode.usage;
    }
    printError(
      `pipe: unexpected failure; this is a bug\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return exitCode.unexpected;
  }
}
