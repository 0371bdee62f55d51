import type { Command } from 'commander';

import { escapeLine } from '../../platform/text/escape.js';
import { CliError } from '../../app/cli-error.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import {
  awaitRequestToken,
  logInToKite,
  parseRequestTokenOrExit,
  readKiteAppOrExit,
} from '../../app/providers/kite-login.js';
import type { AwaitedToken } from '../../app/providers/kite-login.js';
import { formatInstant } from '../../core/time/time.js';
import { formatIndianTime } from '../../providers/kite/indian-time.js';
import type { CliContext } from '../cli-context.js';
import type { RunAction } from '../run-action.js';

interface Flags {
  readonly requestToken?: string;
  readonly port: string;
  readonly baseUrl?: string;
}

export function defineLogin(command: Command, run: RunAction): void {
  command
    .command('login')
    .argument('<provider>', 'kite (Zerodha)')
    .option('--request-token <token>', 'request token, or the URL that the browser ended at')
    .option('--port <number>', 'port on which to wait for the browser', '5010')
    .option('--base-url <url>', 'address of the Kite API [Zerodha]')
    .action((provider: string, flags: Flags) => run((ctx) => login(provider, flags, ctx)));
}

async function login(provider: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  if (provider !== 'kite') {
    const hint =
      provider === 'ib' ? 'log in to TWS or IB Gateway itself; see: pipe doctor ib' : 'log in with: pipe login kite';
    throw new CliError(exitCode.usage, `${provider} has no login`, hint);
  }
  const app = readKiteAppOrExit(flags.baseUrl, ctx);
  const awaited: AwaitedToken =
    flags.requestToken === undefined
      ? await awaitRequestToken(app, parsePort(flags.port), ({ url, redirect }) => {
          ctx.print(`Open this page in a browser and log in:\n\n  ${url}\n\n`);
          ctx.info(`waiting for the browser at ${redirect} (set this as the redirect URL of your app)`);
          ctx.info('without a browser on this machine: pipe login kite --request-token <URL it ended at>');
        })
      : { kind: 'received', requestToken: await parseRequestTokenOrExit(flags.requestToken) };
  if (awaited.kind === 'stopped') return awaited.code;

  const { userId, file, expiresAt, hiddenBy } = await logInToKite(app, awaited.requestToken, ctx);
  const user = userId === null ? '' : ` as ${escapeLine(userId)}`;
  ctx.print(
    `logged in${user}; saved the token in ${file}, readable by you only\n` +
      `the token expires at ${formatIndianTime(expiresAt).slice(0, 16)} in India (${formatInstant(expiresAt)}); then log in again\n`,
  );
  if (hiddenBy !== null)
    ctx.error(ctx.stderrStyle('warn', `warning: ${hiddenBy} is set, and runs use its token instead: unset it`));
  return exitCode.done;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new CliError(exitCode.usage, `--port ${text} is not a port`, 'use a whole number from 0 to 65535');
}
