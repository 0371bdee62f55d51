import { createHash } from 'node:crypto';
import type { Clock } from '../../../core/time/clock.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { day, hour, minute } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import { kiteError } from '../errors.js';
import type { KiteError } from '../errors.js';
import { indianDate, indianInstant } from '../india-time.js';

/** Who may use the simulator, and since when. */
export interface Logins {
  /** What a person gets for logging in: good for one exchange within a few minutes. */
  issueRequestToken(): string;
  /** Exchanges a request token for an access token. */
  createLogin(fields: URLSearchParams): Result<Login, KiteError>;
  /** Whether an access token is good now. */
  isValid(apiKey: string, accessToken: string): boolean;
  /** Whether the header of a request names a login that is good now. */
  isAuthorized(authorization: string | undefined): boolean;
  /** Ends one login; whether there was one. */
  end(apiKey: string, accessToken: string): boolean;
  endAll(): void;
}

/** What a login hands out. */
export interface Login {
  readonly accessToken: string;
  readonly publicToken: string;
  readonly enctoken: string;
  readonly loggedInAt: Instant;
}

/** What logins are made from. */
export interface LoginOptions {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly accessToken: string | null;
  readonly clock: Clock;
  readonly marketTime: () => Instant;
}

const requestTokenLifetime = 3 * minute;

/** All access tokens end at this time of day. */
const loginExpiryTimeOfDay = 6 * hour;

export function createLogins({ apiKey, apiSecret, accessToken, clock, marketTime }: LoginOptions): Logins {
  const requestTokenExpiries = new Map<string, Instant>();
  const loginExpiries = new Map<string, Instant>();
  if (accessToken !== null) loginExpiries.set(accessToken, nextLoginExpiry(marketTime()));
  let tokenCount = 0;

  // Nobody has to guess these: they have to be new, and the same in a run that is the same.
  function newToken(kind: string): string {
    const digest = createHash('sha512').update(`${apiSecret}|${kind}|${tokenCount++}|${clock.now()}`).digest('base64');
    return digest.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 32);
  }

  function isValid(key: string, token: string): boolean {
    const expiresAt = key === apiKey ? loginExpiries.get(token) : undefined;
    return expiresAt !== undefined && marketTime() < expiresAt;
  }

  return {
    issueRequestToken() {
      const token = newToken('request');
      requestTokenExpiries.set(token, clock.now() + requestTokenLifetime);
      return token;
    },
    createLogin(fields) {
      for (const name of ['api_key', 'request_token', 'checksum']) {
        if ((fields.get(name) ?? '') === '') return err(kiteError('InputException', `Missing \`${name}\`.`));
      }
      if (fields.get('api_key') !== apiKey) return err(kiteError('TokenException', 'Invalid `api_key`.'));
      const token = fields.get('request_token') ?? '';
      const expiresAt = requestTokenExpiries.get(token);
      if (expiresAt === undefined || clock.now() >= expiresAt) {
        return err(kiteError('TokenException', 'Token is invalid or has expired.'));
      }
      if (fields.get('checksum')?.toLowerCase() !== sha256(apiKey + token + apiSecret)) {
        return err(kiteError('TokenException', 'Invalid `checksum`.'));
      }
      requestTokenExpiries.delete(token);
      const login = {
        accessToken: newToken('access'),
        publicToken: newToken('public'),
        enctoken: newToken('enctoken'),
        loggedInAt: marketTime(),
      };
      loginExpiries.set(login.accessToken, nextLoginExpiry(login.loggedInAt));
      return ok(login);
    },
    isValid,
    isAuthorized(authorization) {
      const match = /^token ([^:]*):(.*)$/i.exec(authorization?.trim() ?? '');
      return match !== null && isValid(match[1] ?? '', match[2] ?? '');
    },
    end: (key, token) => isValid(key, token) && loginExpiries.delete(token),
    endAll: () => loginExpiries.clear(),
  };
}

/** The next time at which all logins end. */
export function nextLoginExpiry(at: Instant): Instant {
  const today = indianInstant(indianDate(at), loginExpiryTimeOfDay);
  return at < today ? today : today + day;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
