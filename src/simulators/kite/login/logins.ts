import { createHash } from 'node:crypto';
import type { Clock } from '../../../core/time/clock.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { day, hour, minute } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import { kiteError } from '../errors.js';
import type { KiteError } from '../errors.js';
import { indianDate, indianInstant } from '../india-time.js';

/** Access tokens and request tokens of the simulator. */
export interface Logins {
  /** Issues a request token, valid for one exchange within a few minutes. */
  issueRequestToken(): string;
  createLogin(fields: URLSearchParams): Result<Login, KiteError>;
  /** Whether an access token is valid now. */
  isValid(apiKey: string, accessToken: string): boolean;
  /** Whether an `Authorization` header names a login that is valid now. */
  isAuthorized(authorization: string | undefined): boolean;
  /** Ends one login; false if there was none. */
  end(apiKey: string, accessToken: string): boolean;
  endAll(): void;
}

/** Tokens that a login issues. */
export interface Login {
  readonly accessToken: string;
  readonly publicToken: string;
  readonly enctoken: string;
  readonly loggedInAt: Instant;
}

/** Options of `createLogins`. */
export interface LoginOptions {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly accessToken: string | null;
  readonly clock: Clock;
  readonly marketTime: () => Instant;
}

const requestTokenLifetime = 3 * minute;

/** Time of day in India at which all access tokens expire. */
const loginExpiryTimeOfDay = 6 * hour;

export function createLogins({ apiKey, apiSecret, accessToken, clock, marketTime }: LoginOptions): Logins {
  const requestTokenExpiries = new Map<string, Instant>();
  const loginExpiries = new Map<string, Instant>();
  if (accessToken !== null) loginExpiries.set(accessToken, nextLoginExpiry(marketTime()));
  let tokenCount = 0;

  // Tokens must be unique and reproducible in an identical run; they need not be secret.
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

/** Returns the next instant at which all logins expire. */
export function nextLoginExpiry(at: Instant): Instant {
  const today = indianInstant(indianDate(at), loginExpiryTimeOfDay);
  return at < today ? today : today + day;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
