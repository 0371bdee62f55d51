#!/usr/bin/env node
// The entry: argv, environment and the real clock go in here, an exit code comes out. Asking for the version must not
// load anything that the answer does not need.
import { version } from './app/version.js';

const [first] = process.argv.slice(2);
if (process.argv.length === 3 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${version()}\n`);
} else {
  const { main } = await import('./cli/program.js');
  await main(process.argv.slice(2));
}
