import { trimEndOf } from '../../../platform/text/trim-end.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { Instant } from '../../../core/time/time.js';
import { openKiteApi } from '../api.js';
import type { CredentialProblem } from './credential-problem.js';
import { toKiteFailure } from '../failures.js';
import type { StoredToken } from './token-file.js';

export interface KiteApp {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

const defaultBaseUrl = 'https://api.kite.trade';
const loginBaseUrl = 'https://kite.zerodha.com';

/**
 * The URL of the login page. Kite then redirects the browser to the URL registered for the app; a simulator has no registered
 * app and needs the URL as a parameter.
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

/** Exchanges a request token for an access token. A request token is valid once, for a few minutes. */
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
        ? 'log in again (a request token is valid once, for a few minutes); if this persists, check KITE_API_SECRET'
        : 'try again';
      return err({
        message: toKiteFailure(response.error).message,
        hint,
      });
    }
    const data: object = typeof response.value === 'object' && response.value !== null ? response.value : {};
    const { access_token: accessToken, user_id: userId }: Readonly<Record<string, unknown>> = { ...data };
    if (typeof accessToken !== 'string' || accessToken === '')
      return err({ message: 'the response to the login has no access token', hint: 'try again' });
    const { baseUrl, apiKey } = app;
    return ok({
      baseUrl,
      apiKey,
      accessToken,
      issuedAt: now,
      userId: typeof userId === 'string' ? userId : null,
    });
  } finally {
    api.close();
  }
}

/** Finds the request token in what a user pastes: the token, or the whole URL of the redirect. */
export function parseRequestToken(text: string): string | null {
  const trimmedText = text.trim();
  const found = URL.canParse(trimmedText) ? new URL(trimmedText).searchParams.get('request_token') : trimmedText;
  return found !== null && /^[A-Za-z0-9_-]{6,128}$/.test(found) ? found : null;
}

function trimTrailingSlash(baseUrl: string): string {
  return trimEndOf(baseUrl, '/');
}
