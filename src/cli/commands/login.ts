import type { Command } from 'commander';

import { formatInstant } from '../../core/time/time.js';
import { defaultKiteSettings } from '../../config/pipeline/settings/provider-defaults.js';
import { readKiteApp, getTokenExpiry } from '../../providers/kite/auth/credentials.js';
import { applyKiteEnvironment } from '../../providers/kite/environment.js';
import { formatIndianTime } from '../../providers/kite/indian-time.js';
import type { KiteApp } from '../../providers/kite/auth/login.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { getKiteTokenFile } from '../../app/providers/kite-credentials.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';

interface Flags {
  readonly requestToken?: string;
  readonly port: string;
  readonly root?: string;
}

export function defineLogin(command: Command, run: RunAction): void {
  command
    .command('login')
    .description('Walk through the daily login of a source and keep its token for the runs of the day')
    .argument('<source>', 'kite (Zerodha)')
    .option('--request-token <token>', 'the request token, or the whole address the browser ended at')
    .option('--port <number>', 'where this machine waits for the browser to come back', '5010')
    .option('--root <url>', 'where Kite answers, when it is not Kite itself')
    .action((source: string, flags: Flags) => run((ctx) => login(source, flags, ctx)));
}

async function login(source: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  if (source !== 'kite') {
    const remedy =
      source === 'ib' ? 'Interactive Brokers logs in inside its gateway; see: pipe doctor ib' : 'pipe login kite';
    throw new CliError(exitCode.usage, `there is nothing to log in to at ${source}`, remedy);
  }
  const app = getAppOrExit(flags, ctx);
  const { exchangeRequestToken } = await import('../../providers/kite/auth/login.js');
  const { writeTokenFile } = await import('../../providers/kite/auth/token-file.js');
  const requestToken = await getRequestToken(app, flags, ctx);
  if (requestToken === null) return exitCode.interrupted;

  const token = await exchangeRequestToken(app, requestToken, ctx.clock.now(), new AbortController().signal);
  if (!token.ok) throw new CliError(exitCode.provider, token.error.message, token.error.hint);
  const file = getKiteTokenFile(ctx.environment);
  const stored = await writeTokenFile(file, token.value);
  if (!stored.ok) throw new CliError(exitCode.storage, stored.error.message, stored.error.hint);
  const endsAt = getTokenExpiry(token.value, ctx.clock.now());
  const who = token.value.userId === null ? 'logged in' : `logged in as ${token.value.userId}`;
  ctx.print(
    `${who}; the token is in ${file}, readable by you alone\n` +
      `it ends at ${formatIndianTime(endsAt).slice(0, 16)} in India (${formatInstant(endsAt)}); log in again after that\n`,
  );
  return exitCode.done;
}

function getAppOrExit({ root }: Flags, { environment }: CliContext): KiteApp {
  const settings = applyKiteEnvironment(
    defaultKiteSettings,
    root === undefined ? environment : { ...environment, KITE_ROOT: root },
  );
  if (!settings.ok) throw new CliError(exitCode.usage, `${settings.error.name}: ${settings.error.message}`);
  const { apiKey, apiSecret } = readKiteApp(environment);
  if (apiKey === null || apiSecret === null) {
    const missing = [apiKey === null ? 'KITE_API_KEY' : '', apiSecret === null ? 'KITE_API_SECRET' : ''].filter(
      Boolean,
    );
    throw new CliError(
      exitCode.usage,
      `a login needs the variables KITE_API_KEY and KITE_API_SECRET; ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
      'both belong to your app at https://developers.kite.trade',
    );
  }
  return { baseUrl: settings.value.baseUrl, apiKey, apiSecret };
}

/** The request token that was given, or the one that the browser brings; null when nobody waits for it any more. */
async function getRequestToken(app: KiteApp, flags: Flags, ctx: CliContext): Promise<string | null> {
  const { loginUrl, parseRequestToken } = await import('../../providers/kite/auth/login.js');
  if (flags.requestToken !== undefined) {
    const given = parseRequestToken(flags.requestToken);
    if (given !== null) return given;
    throw new CliError(
      exitCode.usage,
      '--request-token holds no request token',
      'give the token, or the whole address that the browser ended at, in quotes',
    );
  }
  const port = Number(flags.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CliError(exitCode.usage, `--port ${flags.port} is not a port`, 'a whole number from 0 to 65535');
  }
  const { awaitRedirect } = await import('../../providers/kite/auth/login-redirect.js');
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const received = await awaitRedirect({
    port,
    signal: stop.signal,
    onListening(found) {
      const redirect = `http://127.0.0.1:${String(found)}/`;
      ctx.print(`Open this page in a browser and log in:\n\n  ${loginUrl(app, redirect)}\n\n`);
      ctx.info(`waiting for the browser at ${redirect} (the redirect URL of your app has to be this)`);
      ctx.info('without a browser on this machine: pipe login kite --request-token <the address it ended at>');
    },
  });
  process.off('SIGINT', onInterrupt);
  process.off('SIGTERM', onInterrupt);
  if (received.ok) return received.value;
  switch (received.error.kind) {
    case 'stopped':
      return null;
    case 'port':
      throw new CliError(exitCode.usage, received.error.message, 'name another one: --port 5011');
    case 'refused':
      throw new CliError(exitCode.provider, received.error.message, 'log in again: pipe login kite');
  }
}
