import type { Command } from 'commander';

import type { ExitCode } from '../../app/exit-code.js';
import { listWatchedPaths, requirePath } from '../../app/pipeline/find-pipeline-files.js';
import { serveWeb } from '../../app/web/serve-web.js';
import { isLoopback } from '../../web/server/access.js';
import type { CliContext } from '../cli-context.js';
import { parseHostNames, parsePort } from '../options/server-options.js';
import type { RunAction } from '../run-action.js';

interface Flags {
  readonly port: string;
  readonly host: string;
  readonly allowHost?: string;
  readonly readOnly?: boolean;
}

export function defineUi(command: Command, run: RunAction): void {
  command
    .command('ui')
    .argument('[pipelines...]', 'pipeline files or folders [pipelines/]')
    .option('--port <number>', 'port to listen on; 0 = any free port', '9110')
    .option('--host <address>', 'address to bind; others need the token to read', '127.0.0.1')
    .option('--allow-host <names>', 'more host names of HTTP requests, with commas')
    .option('--read-only', 'let the page trigger nothing')
    .action((files: readonly string[], flags: Flags) => run((ctx) => showPage(files, flags, ctx)));
}

async function showPage(paths: readonly string[], flags: Flags, ctx: CliContext): Promise<ExitCode> {
  for (const path of paths) requirePath(path);
  const options = {
    // A copied lake has no pipelines, and is shown all the same.
    paths: paths.length > 0 ? paths : listWatchedPaths(),
    host: flags.host,
    port: parsePort(flags.port),
    allowedHosts: parseHostNames(flags.allowHost ?? ''),
    isReadOnly: flags.readOnly === true,
  };
  const onListening = (address: string, token: string): void => {
    const needsToken = !options.isReadOnly || !isLoopback(options.host);
    ctx.print(needsToken ? `page at ${address}/?token=${token}\n` : `page at ${address}/\n`);
    ctx.info('stop it with Ctrl-C');
  };
  return serveWeb(options, onListening, ctx);
}
