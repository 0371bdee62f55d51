import { existsSync } from 'node:fs';

import type { Command } from 'commander';

import { parseDuration } from '../../core/time/duration.js';
import { formatInstant } from '../../core/time/time.js';
import { acquireLock } from '../../lake/locks/lock.js';
import type { Lock } from '../../lake/locks/lock.js';
import { runCollector } from '../../app/serve/run-collector.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { prepareLineageFolder } from '../../app/lineage-folder.js';
import type { RunAction } from '../run-action.js';
import { createRunId } from '../../app/run/run-id.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';

interface Flags {
  readonly port: string;
  readonly host: string;
  readonly http: boolean;
  readonly grace: string;
  readonly json?: boolean;
}

export function defineServe(command: Command, run: RunAction): void {
  command
    .command('serve')
    .description('Run pipelines when they are due, until it is stopped')
    .argument('[pipelines...]', 'pipeline files, or folders of them; pipelines/ when left out')
    .option('--port <number>', 'where health and metrics are asked for; 0 for any', '9108')
    .option('--host <address>', 'where to listen; others than this machine see everything', '127.0.0.1')
    .option('--no-http', 'answer nobody')
    .option('--grace <duration>', 'how long runs may take to end when the collector is stopped', '30s')
    .option('--json', 'every event as a JSON line on stdout')
    .action((files: readonly string[], flags: Flags) => run((ctx) => runServe(files, flags, ctx)));
}

async function runServe(paths: readonly string[], flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const files = paths.length === 0 ? ['pipelines'] : paths;
  for (const file of files) {
    if (!existsSync(file))
      throw new CliError(exitCode.usage, `there is no ${file}`, 'name pipeline files, or a folder of them');
  }
  const grace = parseDuration(flags.grace);
  if (!grace.ok)
    throw new CliError(exitCode.usage, `--grace ${flags.grace}: ${grace.error.message}`, grace.error.suggestion);
  const port = flags.http ? parsePort(flags.port) : null;
  const settings = { host: flags.host, port, grace: grace.value, json: flags.json === true };
  await prepareLineageFolder(ctx.lineageFolder);
  const lock = await acquireCollectorLock(ctx);
  try {
    return await runCollector(files, settings, ctx);
  } finally {
    await lock.release();
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new CliError(exitCode.usage, `--port ${text} is not a port`, 'a number from 0 to 65535, such as 9108');
}

/** One collector a lake: two would run the same due times, and neither would know what the other has missed. */
async function acquireCollectorLock(ctx: CliContext): Promise<Lock> {
  const holder = { runId: createRunId(ctx.clock.now()), command: ['pipe', ...process.argv.slice(2)].join(' ') };
  // No pipeline can be called so.
  const lock = await acquireLock({ folder: ctx.dataFolder, name: '(collector)', clock: ctx.clock, holder, wait: null });
  if (lock.ok) return lock.value;
  const { pid, host, since } = lock.error.holder;
  throw new CliError(
    exitCode.locked,
    `another collector serves this lake: process ${String(pid)} on ${host}, since ${formatInstant(since)}`,
    'see: pipe status',
  );
}
