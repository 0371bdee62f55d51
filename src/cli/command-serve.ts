import { existsSync } from 'node:fs';

import type { Command } from 'commander';

import { parseDuration } from '../core/duration.js';
import { isoInstant } from '../core/time.js';
import { acquireLock } from '../lake/lock.js';
import type { Lock } from '../lake/lock.js';
import { collect } from './collecting.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { prepareLineageFolder } from './lineage-folder.js';
import type { RunAction } from './run-action.js';
import { newRunId } from './run-id.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

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
    .action((files: readonly string[], flags: Flags) => run((at) => serve(files, flags, at)));
}

async function serve(named: readonly string[], flags: Flags, at: Surroundings): Promise<ExitCode> {
  const files = named.length === 0 ? ['pipelines'] : named;
  for (const file of files) {
    if (!existsSync(file))
      throw new Stop(exitCode.usage, `there is no ${file}`, 'name pipeline files, or a folder of them');
  }
  const grace = parseDuration(flags.grace);
  if (!grace.ok)
    throw new Stop(exitCode.usage, `--grace ${flags.grace}: ${grace.error.message}`, grace.error.suggestion);
  const port = flags.http ? portOf(flags.port) : null;
  const settings = { host: flags.host, port, grace: grace.value, json: flags.json === true };
  await prepareLineageFolder(at.lineageFolder);
  const lock = await collectorLock(at);
  try {
    return await collect(files, settings, at);
  } finally {
    await lock.release();
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Stop(exitCode.usage, `--port ${text} is not a port`, 'a number from 0 to 65535, such as 9108');
}

/** One collector a lake: two would run the same due times, and neither would know what the other has missed. */
async function collectorLock(at: Surroundings): Promise<Lock> {
  const holder = { runId: newRunId(at.clock.now()), command: ['pipe', ...process.argv.slice(2)].join(' ') };
  // No pipeline can be called so.
  const lock = await acquireLock({ folder: at.dataFolder, name: '(collector)', clock: at.clock, holder, wait: null });
  if (lock.ok) return lock.value;
  const { pid, host, since } = lock.error.holder;
  throw new Stop(
    exitCode.locked,
    `another collector serves this lake: process ${String(pid)} on ${host}, since ${isoInstant(since)}`,
    'see: pipe status',
  );
}
