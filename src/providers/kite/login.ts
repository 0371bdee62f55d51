import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { Instant } from '../../core/time.js';
import { kiteApi } from './api.js';
import type { CredentialProblem } from './credential-problem.js';
import { failureFor } from './failures.js';
import type { StoredToken } from './token-file.js';

/** An app at Kite, and where Kite answers. */
export interface KiteApp {
  readonly root: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

const kiteRoot = 'https://api.kite.trade';
const kiteLogin = 'https://kite.zerodha.com';

/**
 * The page on which the user logs in. Kite then sends the browser to the address that is registered for the app; a simulator,
 * where no app is registered, has to be told.
 */
export function loginUrl({ root, apiKey }: Pick<KiteApp, 'root' | 'apiKey'>, redirect: string | null = null): string {
  const query = new URLSearchParams({ v: '3', api_key: apiKey });
  if (trimmed(root) === kiteRoot) return `${kiteLogin}/connect/login?${query.toString()}`;
  if (redirect !== null) query.set('redirect_url', redirect);
  return `${trimmed(root)}/connect/login?${query.toString()}`;
}

/** Exchanges a request token, which is good for once and a few minutes, for an access token. */
export async function exchange(
  app: KiteApp,
  requestToken: string,
  now: Instant,
  signal: AbortSignal,
): Promise<Result<StoredToken, CredentialProblem>> {
  const api = kiteApi({ ...app, accessToken: null });
  try {
    const answer = await api.session(requestToken, app.apiSecret, signal);
    if (!answer.ok) {
      const isRefused = answer.error.type === 'TokenException' || answer.error.type === 'InputException';
      const remedy = isRefused
        ? 'request tokens are good for once and a few minutes: log in again; if this stays so, look at KITE_API_SECRET'
        : 'try again';
      return err({ message: isRefused ? answer.error.message : failureFor(answer.error).message, remedy });
    }
    const session: object = typeof answer.value === 'object' && answer.value !== null ? answer.value : {};
    const { access_token: accessToken, user_id: userId }: Readonly<Record<string, unknown>> = { ...session };
    if (typeof accessToken !== 'string' || accessToken === '')
      return err({ message: 'Kite answered the login without an access token', remedy: 'try again' });
    const { root, apiKey } = app;
    return ok({ root, apiKey, accessToken, issuedAt: now, userId: typeof userId === 'string' ? userId : null });
  } finally {
    api.close();
  }
}

/** What a user may paste as the request token: the token, or the whole address that the browser ended at. */
export function requestTokenIn(text: string): string | null {
  const trimmedText = text.trim();
  const found = URL.canParse(trimmedText) ? new URL(trimmedText).searchParams.get('request_token') : trimmedText;
  return found !== null && /^[A-Za-z0-9_-]{6,128}$/.test(found) ? found : null;
}

function trimmed(root: string): string {
  return root.replace(/\/+$/, '');
}
