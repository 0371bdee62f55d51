import { availableParallelism } from 'node:os';

import type { Command } from 'commander';

import { parseDuration } from '../../core/time/duration.js';
import { quote } from '../../config/yaml/quote.js';
import { plainStyle } from '../../platform/style.js';
import { acquireCollectorLock } from '../../app/serve/collector-lock.js';
import { runCollector } from '../../app/serve/run-collector.js';
import { listWatchedPaths, requirePath } from '../../app/pipeline/find-pipeline-files.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { prepareLineageFolder } from '../../app/lineage-folder.js';
import { formatLockHolder } from '../output/format-lock.js';
import { readPipelineTexts } from '../../app/pipeline/project-pipelines.js';
import { warnAboutVariables } from '../load-pipeline.js';
import { parseHostNames, parsePort } from '../options/server-options.js';
import { createServeDisplay } from '../output/serve-output.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly port: string;
  readonly host: string;
  readonly allowHost?: string;
  readonly http: boolean;
  readonly readOnly?: boolean;
  readonly grace: string;
  readonly maxConcurrentRuns?: string;
  readonly json?: boolean;
}

export function defineServe(command: Command, run: RunAction): void {
  command
    .command('serve')
    .argument('[pipelines...]', 'pipeline files or folders [pipelines/]')
    .option('--port <number>', 'port of the page and /metrics; 0 = any free port', '9108')
    .option('--host <address>', 'address to bind; others need the token to read', '127.0.0.1')
    .option('--allow-host <names>', 'more host names of HTTP requests, with commas')
    .option('--no-http', 'do not start the HTTP server')
    .option('--read-only', 'let the page trigger nothing')
    .option('--grace <duration>', 'how long runs may take to end after a stop', '30s')
    .option('--max-concurrent-runs <n>', 'runs at once; others queue [cores, at least 2]')
    .option('--json', 'print every event as a JSON line')
    .action((files: readonly string[], flags: Flags) => run((ctx) => runServe(files, flags, ctx)));
}

async function runServe(paths: readonly string[], flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const files = paths.length === 0 ? listWatchedPaths() : paths;
  for (const file of files) requirePath(file);
  const grace = parseDuration(flags.grace);
  if (!grace.ok)
    throw new CliError(exitCode.usage, `--grace ${flags.grace}: ${grace.error.message}`, grace.error.suggestion);
  const port = flags.http ? parsePort(flags.port) : null;
  const options = {
    host: flags.host,
    allowedHosts: parseHostNames(flags.allowHost ?? ''),
    port,
    grace: grace.value,
    maxConcurrentRuns: parseMaxRuns(flags.maxConcurrentRuns),
    color: ctx.stderrStyle !== plainStyle,
    debug: ctx.verbosity === 'debug',
    isReadOnly: flags.readOnly === true,
  };
  warnAboutVariables(ctx, await readPipelineTexts(files, ctx));
  await prepareLineageFolder(ctx.lineageFolder);
  const lock = await acquireCollectorLock(ctx);
  if (!lock.ok) {
    throw new CliError(
      exitCode.locked,
      `another collector serves this lake (${formatLockHolder(lock.error)})`,
      'see: pipe status',
    );
  }
  try {
    return await runCollector(files, options, createServeDisplay(flags.json === true, ctx), ctx);
  } finally {
    await lock.value.release();
  }
}

function parseMaxRuns(text: string | undefined): number {
  if (text === undefined) return Math.max(2, availableParallelism());
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1000) return count;
  throw new CliError(
    exitCode.usage,
    `--max-concurrent-runs ${quote(text)} is not a number of runs`,
    'use a whole number from 1 to 1000',
  );
}
