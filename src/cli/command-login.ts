import type { Command } from 'commander';

import { isoInstant } from '../core/time.js';
import { kiteDefaults } from '../pipeline/provider-defaults.js';
import { kiteApp, tokenEnd } from '../providers/kite/credentials.js';
import { kiteFromEnvironment } from '../providers/kite/environment.js';
import { indianText } from '../providers/kite/indian-time.js';
import type { KiteApp } from '../providers/kite/login.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { kiteTokenFile } from './kite-credentials.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

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
    .action((source: string, flags: Flags) => run((at) => login(source, flags, at)));
}

async function login(source: string, flags: Flags, at: Surroundings): Promise<ExitCode> {
  if (source !== 'kite') {
    const remedy =
      source === 'ib' ? 'Interactive Brokers logs in inside its gateway; see: pipe doctor ib' : 'pipe login kite';
    throw new Stop(exitCode.usage, `there is nothing to log in to at ${source}`, remedy);
  }
  const app = appOrStop(flags, at);
  const { exchange } = await import('../providers/kite/login.js');
  const { storeToken } = await import('../providers/kite/token-file.js');
  const requestToken = await requestTokenFor(app, flags, at);
  if (requestToken === null) return exitCode.interrupted;

  const token = await exchange(app, requestToken, at.clock.now(), new AbortController().signal);
  if (!token.ok) throw new Stop(exitCode.provider, token.error.message, token.error.remedy);
  const file = kiteTokenFile(at.environment);
  const stored = await storeToken(file, token.value);
  if (!stored.ok) throw new Stop(exitCode.storage, stored.error.message, stored.error.remedy);
  const endsAt = tokenEnd(token.value, at.clock.now());
  const who = token.value.userId === null ? 'logged in' : `logged in as ${token.value.userId}`;
  at.answer(
    `${who}; the token is in ${file}, readable by you alone\n` +
      `it ends at ${indianText(endsAt).slice(0, 16)} in India (${isoInstant(endsAt)}); log in again after that\n`,
  );
  return exitCode.done;
}

function appOrStop({ root }: Flags, { environment }: Surroundings): KiteApp {
  const settings = kiteFromEnvironment(
    kiteDefaults,
    root === undefined ? environment : { ...environment, KITE_ROOT: root },
  );
  if (!settings.ok) throw new Stop(exitCode.usage, `${settings.error.name}: ${settings.error.message}`);
  const { apiKey, apiSecret } = kiteApp(environment);
  if (apiKey === null || apiSecret === null) {
    const missing = [apiKey === null ? 'KITE_API_KEY' : '', apiSecret === null ? 'KITE_API_SECRET' : ''].filter(
      Boolean,
    );
    throw new Stop(
      exitCode.usage,
      `a login needs the variables KITE_API_KEY and KITE_API_SECRET; ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
      'both belong to your app at https://developers.kite.trade',
    );
  }
  return { root: settings.value.root, apiKey, apiSecret };
}

/** The request token that was given, or the one that the browser brings; null when nobody waits for it any more. */
async function requestTokenFor(app: KiteApp, flags: Flags, at: Surroundings): Promise<string | null> {
  const { loginUrl, requestTokenIn } = await import('../providers/kite/login.js');
  if (flags.requestToken !== undefined) {
    const given = requestTokenIn(flags.requestToken);
    if (given !== null) return given;
    throw new Stop(
      exitCode.usage,
      '--request-token holds no request token',
      'give the token, or the whole address that the browser ended at, in quotes',
    );
  }
  const port = Number(flags.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Stop(exitCode.usage, `--port ${flags.port} is not a port`, 'a whole number from 0 to 65535');
  }
  const { awaitRedirect } = await import('../providers/kite/redirect.js');
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const brought = await awaitRedirect({
    port,
    signal: stop.signal,
    listening(found) {
      const redirect = `http://127.0.0.1:${String(found)}/`;
      at.answer(`Open this page in a browser and log in:\n\n  ${loginUrl(app, redirect)}\n\n`);
      at.note(`waiting for the browser at ${redirect} (the redirect URL of your app has to be this)`);
      at.note('without a browser on this machine: pipe login kite --request-token <the address it ended at>');
    },
  });
  process.off('SIGINT', onInterrupt);
  process.off('SIGTERM', onInterrupt);
  if (brought.ok) return brought.value;
  switch (brought.error.kind) {
    case 'stopped':
      return null;
    case 'port':
      throw new Stop(exitCode.usage, brought.error.message, 'name another one: --port 5011');
    case 'refused':
      throw new Stop(exitCode.provider, brought.error.message, 'log in again: pipe login kite');
  }
}
