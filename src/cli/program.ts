import { Command, CommanderError, Option } from 'commander';
import type { Argument } from 'commander';

import { LakeError } from '../lake/lake-error.js';
import { QueryError } from '../lake/reader/run-query.js';
import { toError } from '../platform/error-message.js';
import { mapStack } from '../platform/text/map-stack.js';
import { escapeMessage, escapeText } from '../platform/text/escape.js';
import {
  describeFailedOperation,
  describeFileError,
  isFileError,
  suggestFileRemedy,
} from '../platform/files/describe-file-error.js';
import { CliError } from '../app/cli-error.js';
import { addFolderOptions } from '../app/folder-options.js';
import type { FolderContext } from '../app/folder-options.js';
import { exitCode } from '../app/exit-code.js';
import type { ExitCode } from '../app/exit-code.js';
import { version } from '../app/version.js';
import { createCliContext } from './cli-context.js';
import type { CliContext, Io } from './cli-context.js';
import { commandEntries, getCommandName, selectEntries } from './command-registry.js';
import type { CommandEntry } from './command-registry.js';
import { parseGlobalOptions } from './options/global-options.js';
import type { RunAction } from './run-action.js';

/** Parses the command line, runs the command and returns the exit code. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCode.done;
  const program = defineProgram(io);
  const run: RunAction = async (action) => {
    code = await runGuarded(program, io, action);
  };
  await defineCommands(program, selectEntries(argv), run);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  }
  return code;
}

function defineProgram({ stdout, stderr }: Io): Command {
  const program = new Command('pipe')
    .description('Builds a complete market-data lake from a YAML file and explains every row.')
    .version(version(), '-V, --version', 'print the version')
    .addOption(new Option('--data <folder>', 'folder of the lake').env('PIPE_DATA').default('data'))
    .addOption(new Option('--lineage <folder>', 'folder of the run records').env('PIPE_LINEAGE').default('lineage'))
    .addOption(new Option('--now <instant>', 'plan and run as of this time (ISO 8601)'))
    .option('--allow-outside', 'let pipelines read files outside their project')
    .option('-q, --quiet', 'print only results and errors')
    .option('-v, --verbose', 'print what each task does')
    .option('--debug', 'print every event as a JSON line')
    .option('--no-color', 'do not use colours (NO_COLOR works too)')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError(true)
    .showHelpAfterError('  pipe --help lists the commands')
    .configureHelp({
      sortSubcommands: false,
      showGlobalOptions: true,
      optionDescription: describeOption,
      argumentDescription: ({ description, defaultValue }) => withDefault(description, defaultValue),
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(formatArgument)].join(' '),
    })
    .configureOutput({
      writeOut: (text) => void stdout.write(escapeText(text)),
      writeErr: (text) => void stderr.write(escapeText(text)),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      outputError: (text, write) => {
        const message = text.replace(/^error: /, 'pipe: ').replace(/^\(Did you mean (.*)\?\)$/m, '  did you mean $1?');
        write(escapeMessage(message));
      },
    })
    .exitOverride();
  program.addHelpText(
    'after',
    `
Start here:
  pipe init                              write a pipeline with comments
  pipe plan pipelines/my-pipeline.yaml   show what would be fetched, and why
  pipe run pipelines/my-pipeline.yaml    fetch it
  pipe lineage AAPL                      show where the data came from

Exit codes: 0 done · 1 bug · 2 wrong command line or pipeline · 3 some tasks
  failed · 4 provider unreachable or credentials denied · 5 a check failed ·
  6 plan --exit-code: work to do · 7 storage error · 11 locked by another
  run · 130, 143 interrupted`,
  );
  return program;
}

/** Defines the selected commands; the others only get what the list of commands shows, without loading them. */
async function defineCommands(program: Command, selected: ReadonlySet<CommandEntry>, run: RunAction): Promise<void> {
  for (const entry of commandEntries) {
    if (selected.has(entry)) (await entry.load())(program, run, main);
    else program.addCommand(createListedCommand(entry), { hidden: entry.isHidden === true });
    program.commands.at(-1)?.description(entry.description);
  }
  for (const command of program.commands) {
    command.exitOverride().showHelpAfterError(`  see: pipe help ${command.name()}`);
    for (const subcommand of command.commands)
      subcommand.exitOverride().showHelpAfterError(`  see: pipe ${command.name()} ${subcommand.name()} --help`);
  }
}

function createListedCommand(entry: CommandEntry): Command {
  const [, ...commandArguments] = entry.usage.split(' ');
  return new Command(getCommandName(entry)).arguments(commandArguments.join(' '));
}

/** Shows the default in brackets at the end: `port to listen on [9108]`. */
function describeOption({ description, defaultValue, envVar }: Option): string {
  return withDefault(description, envVar === undefined ? defaultValue : `${String(defaultValue)} or ${envVar}`);
}

function withDefault(description: string, defaultValue: unknown): string {
  return typeof defaultValue === 'string' ? `${description} [${defaultValue}]` : description;
}

function formatArgument(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

async function runGuarded(program: Command, io: Io, action: (ctx: CliContext) => Promise<ExitCode>): Promise<ExitCode> {
  let ctx: CliContext | null = null;
  try {
    ctx = createCliContext(parseGlobalOptions(program), io);
    return await action(ctx);
  } catch (error) {
    return reportFailure(error, io, ctx);
  }
}

/** Turns expected failures into a message and an exit code; any other exception is a bug and keeps its stack. */
export function reportFailure(error: unknown, { stderr }: Io, folders: FolderContext | null = null): ExitCode {
  const printError = (text: string): void => void stderr.write(`${escapeMessage(text)}\n`);
  const printHint = (hint: string): void =>
    printError(`  ${folders === null ? hint : addFolderOptions(hint, folders)}`);
  if (error instanceof CliError) {
    if (!error.isPrinted) printError(`pipe: ${error.message}`);
    if (error.hint !== null) printHint(error.hint);
    return error.code;
  }
  if (error instanceof LakeError) {
    printError(`pipe: ${error.message}`);
    printHint(error.hint);
    return error.kind === 'not-kept' ? exitCode.usage : exitCode.storage;
  }
  if (error instanceof QueryError) {
    printError(`pipe: ${error.message}`);
    return exitCode.usage;
  }
  if (isFileError(error)) {
    printError(`pipe: ${describeFailedOperation(error)}`);
    printError(`  ${suggestFileRemedy(error.code)}`);
    return exitCode.storage;
  }
  const { stack, message } = toError(error);
  printError(`pipe: unexpected failure; this is a bug\n${stack === undefined ? message : mapStack(stack)}`);
  return exitCode.unexpected;
}

/** Reports that the result could not be written; the exit code of the command stays unless it says that all is well. */
export function reportOutputError(error: Error, code: number | string | undefined, { stderr }: Io): number | string {
  stderr.write(`pipe: cannot write to the standard output: ${describeFileError(error)}\n`);
  return code === undefined || Number(code) === exitCode.done ? exitCode.storage : code;
}
