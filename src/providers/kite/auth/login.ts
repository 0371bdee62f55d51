import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { Instant } from '../../../core/time/time.js';
import { openKiteApi } from '../api.js';
import type { CredentialProblem } from './credential-problem.js';
import { toKiteFailure } from '../failures.js';
import type { StoredToken } from './token-file.js';

/** An app at Kite, and where Kite answers. */
export interface KiteApp {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

const defaultBaseUrl = 'https://api.kite.trade';
const loginBaseUrl = 'https://kite.zerodha.com';

/**
 * The page on which the user logs in. Kite then sends the browser to the address that is registered for the app; a simulator,
 * where no app is registered, has to be told.
 */
export function loginUrl(
  { baseUrl, apiKey }: Pick<KiteApp, 'baseUrl' | 'apiKey'>,
  redirect: string | null = null,
): string {
  const query = new URLSearchParams({ v: '3', api_key: apiKey });
  if (trimTrailingSlash(baseUrl) === defaultBaseUrl) return `${loginBaseUrl}/connect/login?${query.toString()}`;
  if (redirect !== null) query.set('redirect_url', redirect);
  return `${trimTrailingSlash(baseUrl)}/connect/login?${query.toString()}`;
}

/** Exchanges a request token, which is good for once and a few minutes, for an access token. */
export async function exchangeRequestToken(
  app: KiteApp,
  requestToken: string,
  now: Instant,
  signal: AbortSignal,
): Promise<Result<StoredToken, CredentialProblem>> {
  const api = openKiteApi({ ...app, accessToken: null });
  try {
    const response = await api.createSession(requestToken, app.apiSecret, signal);
    if (!response.ok) {
      const isRejected = response.error.type === 'TokenException' || response.error.type === 'InputException';
      const hint = isRejected
        ? 'request tokens are good for once and a few minutes: log in again; if this stays so, look at KITE_API_SECRET'
        : 'try again';
      return err({
        message: isRejected ? response.error.message : toKiteFailure(response.error).message,
        remedy: hint,
      });
    }
    const data: object = typeof response.value === 'object' && response.value !== null ? response.value : {};
    const { access_token: accessToken, user_id: userId }: Readonly<Record<string, unknown>> = { ...data };
    if (typeof accessToken !== 'string' || accessToken === '')
      return err({ message: 'Kite answered the login without an access token', remedy: 'try again' });
    const { baseUrl, apiKey } = app;
    return ok({
      root: baseUrl,
      apiKey,
      accessToken,
      issuedAt: now,
      userId: typeof userId === 'string' ? userId : null,
    });
  } finally {
    api.close();
  }
}

/** What a user may paste as the request token: the token, or the whole address that the browser ended at. */
export function parseRequestToken(text: string): string | null {
  const trimmedText = text.trim();
  const found = URL.canParse(trimmedText) ? new URL(trimmedText).searchParams.get('request_token') : trimmedText;
  return found !== null && /^[A-Za-z0-9_-]{6,128}$/.test(found) ? found : null;
}

function trimTrailingSlash(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, '');
}
