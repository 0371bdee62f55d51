import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { isoInstant } from '../../core/time.js';
import type { Instant } from '../../core/time.js';
import type { CredentialProblem } from './credential-problem.js';
import { loginRemedy } from './failures.js';
import { indianText, nextIndianTime } from './indian-time.js';
import { readTokenFile } from './token-file.js';

/** What Kite is asked with. Never printed, never stored but in the token file. */
export interface KiteCredentials {
  readonly apiKey: string;
  /** Only needed to log in. */
  readonly apiSecret: string | null;
  readonly accessToken: string;
  /** Where the token was found, in words. */
  readonly source: string;
  /** When it was issued; null where that is not known. */
  readonly issuedAt: Instant | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const tokensEndAt = 6 * 60;

/** A variable under its name or its older one. */
function given(environment: Environment, name: string): { readonly name: string; readonly value: string } | null {
  for (const candidate of [name, `G6_${name}`]) {
    const value = environment[candidate]?.trim() ?? '';
    if (value !== '') return { name: candidate, value };
  }
  return null;
}

/** What the environment says of the app: enough to log in with when both are there. */
export function kiteApp(environment: Environment): {
  readonly apiKey: string | null;
  readonly apiSecret: string | null;
} {
  return {
    apiKey: given(environment, 'KITE_API_KEY')?.value ?? null,
    apiSecret: given(environment, 'KITE_API_SECRET')?.value ?? null,
  };
}

/**
 * The credentials from KITE_API_KEY, KITE_API_SECRET and KITE_ACCESS_TOKEN (or the same with G6_ before them), and where there
 * is no token in the environment from the file that a login has left. A token of the file only goes to the root and with the
 * key that it was issued for.
 */
export async function kiteCredentials(
  environment: Environment,
  tokenFile: string,
  root: string,
): Promise<Result<KiteCredentials, CredentialProblem>> {
  const { apiKey, apiSecret } = kiteApp(environment);
  if (apiKey === null) {
    const remedy = 'set KITE_API_KEY to the key of your app, from developers.kite.trade';
    return err({ message: 'there is no API key for Kite', remedy });
  }
  const token = given(environment, 'KITE_ACCESS_TOKEN');
  if (token !== null)
    return ok({ apiKey, apiSecret, accessToken: token.value, source: `the variable ${token.name}`, issuedAt: null });

  const stored = await readTokenFile(tokenFile);
  if (!stored.ok) return stored;
  const none = (why: string): Result<never, CredentialProblem> => err({ message: why, remedy: loginRemedy });
  if (stored.value === null) return none('there is no access token for Kite');
  if (stored.value.root !== root)
    return none(`the access token in ${tokenFile} is for ${stored.value.root}, not ${root}`);
  if (stored.value.apiKey !== apiKey) return none(`the access token in ${tokenFile} is for another API key`);
  const { accessToken, issuedAt } = stored.value;
  return ok({ apiKey, apiSecret, accessToken, source: tokenFile, issuedAt });
}

/** When a token ends: at six in the morning in India. Of one whose beginning is not known, the next time this happens. */
export function tokenEnd({ issuedAt }: Pick<KiteCredentials, 'issuedAt'>, now: Instant): Instant {
  return nextIndianTime(issuedAt ?? now, tokensEndAt);
}

/** A token that will not do for a run. */
export interface TokenTrouble extends CredentialProblem {
  readonly kind: 'ended' | 'ends-during';
  readonly endsAt: Instant;
}

/** Whether a token has ended, or ends before a run is done; null when it will do. */
export function tokenTrouble(
  credentials: Pick<KiteCredentials, 'issuedAt'>,
  now: Instant,
  estimatedEnd: Instant,
): TokenTrouble | null {
  const endsAt = tokenEnd(credentials, now);
  if (endsAt > Math.max(now, estimatedEnd)) return null;
  const when = `${indianText(endsAt).slice(0, 16)} in India (${isoInstant(endsAt)})`;
  if (endsAt <= now)
    return { kind: 'ended', endsAt, message: `the access token ended at ${when}`, remedy: loginRemedy };
  return {
    kind: 'ends-during',
    endsAt,
    message: `the access token ends at ${when}, before the run is done`,
    remedy: 'what is stored until then stays: log in again after six with `pipe login kite` and run again for the rest',
  };
}
