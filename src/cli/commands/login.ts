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
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly requestToken?: string;
  readonly port: string;
  readonly baseUrl?: string;
}

export function defineLogin(command: Command, run: RunAction): void {
  command
    .command('login')
    .description('Log in to a provider and save its token for the runs of the day')
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
  const user = token.value.userId === null ? '' : ` as ${token.value.userId}`;
  ctx.print(
    `logged in${user}; saved the token in ${file}, readable by you only\n` +
      `the token expires at ${formatIndianTime(endsAt).slice(0, 16)} in India (${formatInstant(endsAt)}); then log in again\n`,
  );
  return exitCode.done;
}

function getAppOrExit({ baseUrl }: Flags, { environment }: Pick<CliContext, 'environment'>): KiteApp {
  const settings = applyKiteEnvironment(
    defaultKiteSettings,
    baseUrl === undefined ? environment : { ...environment, KITE_BASE_URL: baseUrl },
  );
  if (!settings.ok) throw new CliError(exitCode.usage, `${settings.error.name}: ${settings.error.message}`);
  const { apiKey, apiSecret } = readKiteApp(environment);
  if (apiKey === null || apiSecret === null) {
    const missing = [apiKey === null ? 'KITE_API_KEY' : '', apiSecret === null ? 'KITE_API_SECRET' : ''].filter(
      Boolean,
    );
    throw new CliError(
      exitCode.usage,
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
      'the app of your account at https://developers.kite.trade shows both',
    );
  }
  return { baseUrl: settings.value.baseUrl, apiKey, apiSecret };
}

/** The request token of the option or of the browser; null when a signal ended the wait. */
async function getRequestToken(app: KiteApp, flags: Flags, ctx: CliContext): Promise<string | null> {
  const { loginUrl, parseRequestToken } = await import('../../providers/kite/auth/login.js');
  if (flags.requestToken !== undefined) {
    const token = parseRequestToken(flags.requestToken);
    if (token !== null) return token;
    throw new CliError(
      exitCode.usage,
      '--request-token contains no request token',
      'give the token, or the URL that the browser ended at, in quotes',
    );
  }
  const port = Number(flags.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CliError(exitCode.usage, `--port ${flags.port} is not a port`, 'use a whole number from 0 to 65535');
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
      ctx.info(`waiting for the browser at ${redirect} (set this as the redirect URL of your app)`);
      ctx.info('without a browser on this machine: pipe login kite --request-token <URL it ended at>');
    },
  });
  process.off('SIGINT', onInterrupt);
  process.off('SIGTERM', onInterrupt);
  if (received.ok) return received.value;
  switch (received.error.kind) {
    case 'cancelled':
      return null;
    case 'port':
      throw new CliError(exitCode.usage, received.error.message, 'choose another port: --port 5011');
    case 'rejected':
      throw new CliError(exitCode.provider, received.error.message, 'log in again: pipe login kite');
  }
}
