import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

/** Who may read, and who may trigger. */
export interface AccessRules {
  /** The secret that actions need, printed when the server starts. */
  readonly token: string;
  /** True if the server only reads: no request triggers anything. */
  readonly isReadOnly: boolean;
  /** True if reading needs the token, the password or the header of a proxy too: the server listens beyond this machine. */
  readonly protectsReading: boolean;
  /** Accepted with any user name; null for none. */
  readonly password: string | null;
  /** The header in which a proxy on this machine names its authenticated user; null for none. */
  readonly userHeader: string | null;
  /** Each server has a cookie of its own, because browsers share cookies between the ports of a host. */
  readonly cookieName: string;
}

/** What the rules need of a request. */
export interface Caller {
  header(name: string): string | undefined;
  readonly remoteAddress: string | null;
}

/** A refusal with its HTTP status. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
  readonly hint: string;
}

/** Compares in constant time; both are hashed, so that lengths do not matter either. */
export function isSameSecret(given: string, expected: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

/** Why a request may not read; null if it may. A page of another site may not, even if the browser would hide the answer from it. */
export function refuseReading(caller: Caller, rules: AccessRules): Refusal | null {
  if (isCrossSite(caller))
    return { status: 403, message: 'requests of other sites are refused', hint: 'open the page at its own address' };
  if (!rules.protectsReading || isKnown(caller, rules)) return null;
  return {
    status: 401,
    message: 'this server listens beyond its machine and needs the token or the password',
    hint: 'open the address that it printed at its start, or send Authorization: Bearer TOKEN',
  };
}

/**
 * Why a request may not trigger an action; null if it may. A browser sends the cookie with requests of pages on other ports of the
 * same host too, so that the origin has to be the page itself; a program sends the token in a header instead.
 */
export function refuseAction(caller: Caller, rules: AccessRules): Refusal | null {
  if (rules.isReadOnly)
    return { status: 403, message: 'this server is read-only', hint: 'start it without --read-only to allow actions' };
  if (isCrossSite(caller))
    return { status: 403, message: 'requests of other sites are refused', hint: 'open the page at its own address' };
  if (!isKnown(caller, rules))
    return {
      status: 401,
      message: 'actions need the token',
      hint: 'open the address that the server printed at its start, or send Authorization: Bearer TOKEN',
    };
  if (hasBearer(caller, rules) || isOwnOrigin(caller)) return null;
  return {
    status: 403,
    message: 'the Origin of an action must be the page itself',
    hint: 'send Authorization: Bearer TOKEN',
  };
}

/** Whether a page may offer actions to its user. */
export function mayAct(caller: Caller, rules: AccessRules): boolean {
  return !rules.isReadOnly && isKnown(caller, rules);
}

function isKnown(caller: Caller, rules: AccessRules): boolean {
  return hasBearer(caller, rules) || hasCookie(caller, rules) || hasPassword(caller, rules) || hasUser(caller, rules);
}

function hasBearer(caller: Caller, { token }: AccessRules): boolean {
  const [, given] = /^Bearer (\S+)$/i.exec(caller.header('authorization') ?? '') ?? [];
  return given !== undefined && isSameSecret(given, token);
}

function hasCookie(caller: Caller, { token, cookieName }: AccessRules): boolean {
  for (const part of (caller.header('cookie') ?? '').split(';')) {
    const [name = '', value = ''] = part.trim().split('=', 2);
    if (name === cookieName && isSameSecret(value, token)) return true;
  }
  return false;
}

function hasPassword(caller: Caller, { password }: AccessRules): boolean {
  if (password === null) return false;
  const [, encoded = ''] = /^Basic (\S+)$/i.exec(caller.header('authorization') ?? '') ?? [];
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon >= 0 && isSameSecret(text.slice(colon + 1), password);
}

/** Only a proxy on this machine is believed: any client can send the header. */
function hasUser(caller: Caller, { userHeader }: AccessRules): boolean {
  if (userHeader === null || !isLoopback(caller.remoteAddress ?? '')) return false;
  return (caller.header(userHeader) ?? '').trim() !== '';
}

function isCrossSite(caller: Caller): boolean {
  const site = caller.header('sec-fetch-site');
  // A client that sends no such header, such as an older browser, may still name its origin.
  if (site === undefined) return caller.header('origin') !== undefined && !isOwnOrigin(caller);
  if (site === 'same-origin' || site === 'none') return false;
  // A link on another page may open the page itself.
  return caller.header('sec-fetch-mode') !== 'navigate' || caller.header('sec-fetch-dest') !== 'document';
}

function isOwnOrigin(caller: Caller): boolean {
  const origin = caller.header('origin') ?? '';
  return URL.canParse(origin) && new URL(origin).host === caller.header('host');
}

/** Whether an address or the name of a host is this machine itself. */
export function isLoopback(address: string): boolean {
  const plain = address
    .replace(/^::ffff:/i, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  if (isIP(plain) === 0) return plain === 'localhost' || plain.endsWith('.localhost');
  return plain.startsWith('127.') || plain === '::1';
}
