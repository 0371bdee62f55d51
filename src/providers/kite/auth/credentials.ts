import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { formatInstant } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { CredentialProblem } from './credential-problem.js';
import { loginHint } from '../failures.js';
import { formatIndianTime, nextIndianTime } from '../indian-time.js';
import { readTokenFile } from './token-file.js';

/** What Kite is asked with. Never printed, never stored but in the token file. */
export interface KiteCredentials {
  readonly apiKey: string;
  /** Only needed to log in. */
  readonly apiSecret: string | null;
  readonly accessToken: string;
  /** Where the token was found, in words. */
  readonly tokenSource: string;
  /** When it was issued; null where that is not known. */
  readonly issuedAt: Instant | null;
}

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

const tokenExpiryMinute = 6 * 60;

/** A variable under its name or its older one. */
function readKiteVariable(
  environment: EnvironmentVariables,
  name: string,
): { readonly name: string; readonly value: string } | null {
  for (const candidate of [name, `G6_${name}`]) {
    const value = environment[candidate]?.trim() ?? '';
    if (value !== '') return { name: candidate, value };
  }
  return null;
}

/** What the environment says of the app: enough to log in with when both are there. */
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
 * The credentials from KITE_API_KEY, KITE_API_SECRET and KITE_ACCESS_TOKEN (or the same with G6_ before them), and where there
 * is no token in the environment from the file that a login has left. A token of the file only goes to the root and with the
 * key that it was issued for.
 */
export async function loadKiteCredentials(
  environment: EnvironmentVariables,
  tokenFile: string,
  baseUrl: string,
): Promise<Result<KiteCredentials, CredentialProblem>> {
  const { apiKey, apiSecret } = readKiteApp(environment);
  if (apiKey === null) {
    const hint = 'set KITE_API_KEY to the key of your app, from developers.kite.trade';
    return err({ message: 'there is no API key for Kite', remedy: hint });
  }
  const token = readKiteVariable(environment, 'KITE_ACCESS_TOKEN');
  if (token !== null)
    return ok({ apiKey, apiSecret, accessToken: token.value, source: `the variable ${token.name}`, issuedAt: null });

  const stored = await readTokenFile(tokenFile);
  if (!stored.ok) return stored;
  const noToken = (reason: string): Result<never, CredentialProblem> => err({ message: reason, remedy: loginHint });
  if (stored.value === null) return noToken('there is no access token for Kite');
  if (stored.value.baseUrl !== baseUrl)
    return noToken(`the access token in ${tokenFile} is for ${stored.value.baseUrl}, not ${baseUrl}`);
  if (stored.value.apiKey !== apiKey) return noToken(`the access token in ${tokenFile} is for another API key`);
  const { accessToken, issuedAt } = stored.value;
  return ok({ apiKey, apiSecret, accessToken, source: tokenFile, issuedAt });
}

/** When a token ends: at six in the morning in India. Of one whose beginning is not known, the next time this happens. */
export function getTokenExpiry({ issuedAt }: Pick<KiteCredentials, 'issuedAt'>, now: Instant): Instant {
  return nextIndianTime(issuedAt ?? now, tokenExpiryMinute);
}

/** A token that will not do for a run. */
export interface TokenProblem extends CredentialProblem {
  readonly kind: 'ended' | 'ends-during';
  readonly expiresAt: Instant;
}

/** Whether a token has ended, or ends before a run is done; null when it will do. */
export function checkToken(
  credentials: Pick<KiteCredentials, 'issuedAt'>,
  now: Instant,
  estimatedEnd: Instant,
): TokenProblem | null {
  const expiresAt = getTokenExpiry(credentials, now);
  if (expiresAt > Math.max(now, estimatedEnd)) return null;
  const expiryText = `${formatIndianTime(expiresAt).slice(0, 16)} in India (${formatInstant(expiresAt)})`;
  if (expiresAt <= now)
    return { kind: 'ended', expiresAt, message: `the access token ended at ${expiryText}`, hint: loginHint };
  return {
    kind: 'ends-during',
    expiresAt,
    message: `the access token ends at ${expiryText}, before the run is done`,
    hint: 'what is stored until then stays: log in again after six with `pipe login kite` and run again for the rest',
  };
}
