#!/usr/bin/env node
// The entry point: the arguments, streams and variables of the process go in, an exit code comes out. `--version` loads
// nothing that it does not need.
import { version } from './app/version.js';

const argv = process.argv.slice(2);
const [first] = argv;
if (argv.length === 1 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${version()}\n`);
} else {
  // `pipe plan | head` closes stdout early: that is no error. A run without a reader continues, and so does one whose output
  // goes to a full disk; it must not look complete, though.
  let outputError: NodeJS.ErrnoException | null = null;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') outputError ??= error;
  });
  process.stderr.on('error', () => undefined);
  const { main, reportFailure, reportOutputError } = await import('./cli/program.js').catch((error: unknown) => {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EMFILE') throw error;
    process.stderr.write('pipe: too many open files\n  raise the limit of open files, such as ulimit -n 4096\n');
    return process.exit(7);
  });
  // A failure of work in the background, such as no more files to open, reaches no command.
  process.on('uncaughtException', (error) => process.exit(reportFailure(error, process)));
  process.exitCode = await main(argv, process);
  process.on('exit', () => {
    if (outputError !== null) process.exitCode = reportOutputError(outputError, process.exitCode, process);
  });
}
