import type { Command } from 'commander';

import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import type { CliContext } from '../cli-context.js';
import { parseCount } from '../options/parse-count.js';
import type { RunAction, RunCommandLine } from '../run-action.js';

interface Flags {
  readonly rows: string;
  readonly characters: string;
}

export function defineMcp(command: Command, run: RunAction, runCommandLine: RunCommandLine): void {
  command
    .command('mcp')
    .option('--rows <number>', 'most items of one list in an answer', '200')
    .option('--characters <number>', 'most characters of an answer', '50000')
    .action((flags: Flags) => run((ctx) => serve(flags, runCommandLine, ctx)));
}

async function serve(
  flags: Flags,
  runCommandLine: RunCommandLine,
  { dataFolder, lineageFolder, environment }: CliContext,
): Promise<ExitCode> {
  const rows = parseCount('--rows', flags.rows, 1) ?? 200;
  const characters = parseCount('--characters', flags.characters, 1000) ?? 50_000;
  const { serveTools } = await import('./serve-tools.js');
  await serveTools({
    run: runCommandLine,
    project: process.cwd(),
    globalOptions: [`--data=${dataFolder}`, `--lineage=${lineageFolder}`],
    environment,
    limits: { rows, characters },
  });
  return exitCode.done;
}
