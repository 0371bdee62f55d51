import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { formatInstant } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { CredentialProblem } from './credential-problem.js';
import { loginHint } from '../failures.js';
import { formatIndianTime, nextIndianTime } from '../indian-time.js';
import { readVariable } from '../../environment.js';
import type { EnvironmentVariables } from '../../environment.js';
import { readTokenFile } from './token-file.js';

/** Credentials for Kite. Never printed, and stored only in the token file. */
export interface KiteCredentials {
  readonly apiKey: string;
  /** Needed only to log in. */
  readonly apiSecret: string | null;
  readonly accessToken: string;
  /** The place where the token was found, for messages. */
  readonly tokenSource: string;
  /** The variable that holds the token; null for the token file. */
  readonly tokenVariable?: string | null;
  /** Null if unknown. */
  readonly issuedAt: Instant | null;
  /** The user who logged in; null if unknown. */
  readonly userId?: string | null;
}

const tokenExpiryMinute = 6 * 60;

/** Reads a variable under its name or the older one with the prefix `G6_`. */
function readKiteVariable(
  environment: EnvironmentVariables,
  name: string,
): { readonly name: string; readonly value: string } | null {
  for (const candidate of [name, `G6_${name}`]) {
    const value = readVariable(environment, candidate);
    if (value !== null) return { name: candidate, value };
  }
  return null;
}

/** The variable with an access token, which takes precedence over the token file; null if there is none. */
export function findTokenVariable(environment: EnvironmentVariables): string | null {
  return readKiteVariable(environment, 'KITE_ACCESS_TOKEN')?.name ?? null;
}

/** The app's key and secret from the environment; a login needs both. */
export function readKiteApp(environment: EnvironmentVariables): {
  readonly apiKey: string | null;
  readonly apiSecret: string | null;
} {
  return {
    apiKey: readKiteVariable(environment, 'KITE_API_KEY')?.value ?? null,
    apiSecret: readKiteVariable(environment, 'KITE_API_SECRET')?.value ?? null,
  };
}

/**
 * Loads credentials from KITE_API_KEY, KITE_API_SECRET and KITE_ACCESS_TOKEN (or their older names with the prefix G6_). If the
 * environment has no token, the token file is read, which also knows its key, as cron has an empty environment. Its token is used
 * only with the base URL and the key that it was issued for.
 */
export async function loadKiteCredentials(
  environment: EnvironmentVariables,
  tokenFile: string,
  baseUrl: string,
): Promise<Result<KiteCredentials, CredentialProblem>> {
  const { apiKey, apiSecret } = readKiteApp(environment);
  const token = readKiteVariable(environment, 'KITE_ACCESS_TOKEN');
  if (token !== null) {
    if (apiKey === null) return noApiKey(`${token.name} is set, and KITE_API_KEY is not`);
    const source = { tokenSource: `variable ${token.name}`, tokenVariable: token.name };
    return ok({ apiKey, apiSecret, accessToken: token.value, ...source, issuedAt: null, userId: null });
  }

  const stored = await readTokenFile(tokenFile);
  if (!stored.ok) return stored;
  const noToken = (reason: string): Result<never, CredentialProblem> => err({ message: reason, hint: loginHint });
  if (stored.value === null)
    return apiKey === null ? noApiKey('no API key for Kite') : noToken('no access token for Kite');
  if (stored.value.baseUrl !== baseUrl)
    return noToken(`the access token in ${tokenFile} is for ${stored.value.baseUrl}, not ${baseUrl}`);
  if (apiKey !== null && stored.value.apiKey !== apiKey)
    return noToken(`the access token in ${tokenFile} is for another API key than KITE_API_KEY`);
  const { accessToken, issuedAt, userId } = stored.value;
  const source = { tokenSource: tokenFile, tokenVariable: null };
  return ok({ apiKey: stored.value.apiKey, apiSecret, accessToken, ...source, issuedAt, userId });
}

function noApiKey(message: string): Result<never, CredentialProblem> {
  return err({ message, hint: 'set KITE_API_KEY to the key of your app, from developers.kite.trade' });
}

/**
 * Returns the expiry of a token: the first 06:00 in India after it was issued, or after now if that time is unknown.
 */
export function getTokenExpiry({ issuedAt }: Pick<KiteCredentials, 'issuedAt'>, now: Instant): Instant {
  return nextIndianTime(issuedAt ?? now, tokenExpiryMinute);
}

/** A token that is not valid until the end of a run. */
export interface TokenProblem extends CredentialProblem {
  readonly kind: 'expired' | 'expires-during-run';
  readonly expiresAt: Instant;
}

/** Checks that a token is valid until the estimated end of a run. */
export function checkToken(
  credentials: Pick<KiteCredentials, 'issuedAt'>,
  now: Instant,
  estimatedEnd: Instant,
): Result<void, TokenProblem> {
  const expiresAt = getTokenExpiry(credentials, now);
  if (expiresAt > Math.max(now, estimatedEnd)) return ok(undefined);
  const expiryText = `${formatIndianTime(expiresAt).slice(0, 16)} in India (${formatInstant(expiresAt)})`;
  if (expiresAt <= now)
    return err({ kind: 'expired', expiresAt, message: `the access token expired at ${expiryText}`, hint: loginHint });
  return err({
    kind: 'expires-during-run',
    expiresAt,
    message: `the access token expires at ${expiryText}, before the run ends`,
    hint: 'log in with `pipe login kite` after 06:00 in India and run again; data fetched until then is kept',
  });
}
