import { defaultKiteSettings } from '../../config/pipeline/settings/provider-defaults.js';
import type { Instant } from '../../core/time/time.js';
import { findTokenVariable, getTokenExpiry, readKiteApp } from '../../providers/kite/auth/credentials.js';
import type { KiteApp } from '../../providers/kite/auth/login.js';
import { applyKiteEnvironment } from '../../providers/kite/environment.js';
import { requireAllowedUrl } from '../allowed-hosts.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import type { ExitCode } from '../exit-code.js';
import { getKiteTokenFile } from './kite-credentials.js';

/** The page on which the user logs in, and the address to which the browser returns. */
export interface LoginPage {
  readonly url: string;
  readonly redirect: string;
}

/** A login whose token was saved. */
export interface KiteLogin {
  /** Null if Kite does not name the user. */
  readonly userId: string | null;
  readonly file: string;
  readonly expiresAt: Instant;
  /** A variable with another token, which runs use instead; null if there is none. */
  readonly hiddenBy: string | null;
}

/** The app of the environment; without its variables the command ends. */
export function readKiteAppOrExit(
  baseUrl: string | undefined,
  { environment }: Pick<AppContext, 'environment'>,
): KiteApp {
  const settings = applyKiteEnvironment(
    defaultKiteSettings,
    baseUrl === undefined ? environment : { ...environment, KITE_BASE_URL: baseUrl },
  );
  if (!settings.ok)
    throw new CliError(exitCode.usage, `the environment variable ${settings.error.name} ${settings.error.message}`);
  requireAllowedUrl(settings.value.baseUrl, { environment });
  const { apiKey, apiSecret } = readKiteApp(environment);
  if (apiKey === null || apiSecret === null) {
    const missing = [...(apiKey === null ? ['KITE_API_KEY'] : []), ...(apiSecret === null ? ['KITE_API_SECRET'] : [])];
    throw new CliError(
      exitCode.usage,
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
      'the app of your account at https://developers.kite.trade shows both',
    );
  }
  return { baseUrl: settings.value.baseUrl, apiKey, apiSecret };
}

/** Finds the request token in what the user gave: the token, or the URL that the browser ended at. */
export async function parseRequestTokenOrExit(text: string): Promise<string> {
  const { parseRequestToken } = await import('../../providers/kite/auth/login.js');
  const token = parseRequestToken(text);
  if (token !== null) return token;
  throw new CliError(
    exitCode.usage,
    '--request-token contains no request token',
    'give the token, or the URL that the browser ended at, in quotes',
  );
}

/** A request token, or the exit code for the signal that ended the wait for it. */
export type AwaitedToken =
  { readonly kind: 'received'; readonly requestToken: string } | { readonly kind: 'stopped'; readonly code: ExitCode };

/** Waits for the browser to return with a request token. */
export async function awaitRequestToken(
  app: KiteApp,
  port: number,
  onListening: (page: LoginPage) => void,
): Promise<AwaitedToken> {
  const { loginUrl } = await import('../../providers/kite/auth/login.js');
  const { awaitRedirect } = await import('../../providers/kite/auth/login-redirect.js');
  const stop = new AbortController();
  let stopCode: ExitCode = exitCode.interrupted;
  const onInterrupt = (): void => stop.abort();
  const onTerminate = (): void => {
    stopCode = exitCode.terminated;
    stop.abort();
  };
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onTerminate);
  const received = await awaitRedirect({
    port,
    signal: stop.signal,
    onListening(found) {
      const redirect = `http://127.0.0.1:${String(found)}/`;
      onListening({ url: loginUrl(app, redirect), redirect });
    },
  });
  process.off('SIGINT', onInterrupt);
  process.off('SIGTERM', onTerminate);
  if (received.ok) return { kind: 'received', requestToken: received.value };
  switch (received.error.kind) {
    case 'cancelled':
      return { kind: 'stopped', code: stopCode };
    case 'port':
      throw new CliError(exitCode.usage, received.error.message, 'choose another port: --port 5011');
    case 'rejected':
      throw new CliError(exitCode.provider, received.error.message, 'log in again: pipe login kite');
  }
}

/** Exchanges a request token for an access token and saves it. */
export async function logInToKite(
  app: KiteApp,
  requestToken: string,
  { clock, environment }: Pick<AppContext, 'clock' | 'environment'>,
): Promise<KiteLogin> {
  const { exchangeRequestToken } = await import('../../providers/kite/auth/login.js');
  const { writeTokenFile } = await import('../../providers/kite/auth/token-file.js');
  const token = await exchangeRequestToken(app, requestToken, clock.now(), new AbortController().signal);
  if (!token.ok) throw new CliError(exitCode.provider, token.error.message, token.error.hint);
  const file = getKiteTokenFile(environment);
  const stored = await writeTokenFile(file, token.value);
  if (!stored.ok) throw new CliError(exitCode.storage, stored.error.message, stored.error.hint);
  return {
    userId: token.value.userId,
    file,
    expiresAt: getTokenExpiry(token.value, clock.now()),
    hiddenBy: findTokenVariable(environment),
  };
}
