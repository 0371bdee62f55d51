#!/usr/bin/env node
// The entry point: the arguments, streams and variables of the process go in, an exit code comes out. `--version` loads
// nothing that it does not need.
import { version } from './app/version.js';

const argv = process.argv.slice(2);
const [first] = argv;
if (argv.length === 1 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${version()}\n`);
} else {
  // `pipe plan | head` closes stdout early: that is no error, and a run without a reader continues.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const { main } = await import('./cli/program.js');
  process.exitCode = await main(argv, process);
}
