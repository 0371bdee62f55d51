import type { Duration } from '../../core/time/time.js';
import { fetchErrorMessage } from '../error-message.js';
import { portOf } from './allowed-hosts.js';
import type { AllowedHosts } from './allowed-hosts.js';

export interface PostOptions {
  /** The time limit of the whole exchange, with redirects and the body of the response. */
  readonly timeout: Duration;
  readonly signal: AbortSignal;
  readonly allowedHosts: AllowedHosts;
}

export type HttpOutcome<T> =
  | ({ readonly kind: 'response'; readonly status: number } & T)
  /** Another attempt would end in the same way. */
  | { readonly kind: 'blocked'; readonly problem: string }
  | { readonly kind: 'failed'; readonly problem: string };

/** The beginning of the body of a response. */
export interface BodyBeginning {
  readonly text: string;
  readonly isTruncated: boolean;
}

export type PostOutcome = HttpOutcome<BodyBeginning>;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

/** The largest body of a response that is read, in bytes after decompression. */
const maxResponseBytes = 1024 * 1024;

const maxRedirects = 3;

/** The problem of an exchange that its time limit or its caller ended. */
export const timedOut = 'timed out';

/** Sends a JSON document. */
export function postJson(url: string, body: string, options: PostOptions): Promise<PostOutcome> {
  return requestHttp(
    url,
    { method: 'POST', headers: { 'content-type': 'application/json' }, body },
    options,
    readBeginning,
  );
}

/**
 * Every request of lineage, alerts and sinks goes through here: only to allowed hosts, with time and size limits. A redirect is followed only if it keeps the method (307, 308) and a list of allowed hosts names its target: a URL may contain a
 * credential, and the document what it reports, which must not reach another host. No problem contains the URL.
 */
export async function requestHttp<T>(
  url: string,
  request: HttpRequest,
  options: PostOptions,
  readResponse: (response: Response) => Promise<T>,
): Promise<HttpOutcome<T>> {
  const { timeout, allowedHosts } = options;
  const signal = AbortSignal.any([AbortSignal.timeout(timeout), options.signal]);
  try {
    let target = parseHttpUrl(url);
    for (let redirects = 0; ; redirects++) {
      if (target === null) return { kind: 'blocked', problem: 'the URL is not a valid http or https URL' };
      if (!allowedHosts.allows(target.hostname, portOf(target)))
        return { kind: 'blocked', problem: `host ${target.host} is not in PIPE_ALLOWED_HOSTS` };
      const response = await send(target, request, signal);
      const { status } = response;
      if (status < 300 || status >= 400) return { kind: 'response', status, ...(await readResponse(response)) };
      await response.body?.cancel();
      const next = resolveRedirect(response.headers.get('location'), target);
      const isAllowed = (status === 307 || status === 308) && allowedHosts.isRestricted && redirects < maxRedirects;
      if (!isAllowed || isDowngrade(target, next)) return { kind: 'blocked', problem: describeRedirect(status, next) };
      target = next;
    }
  } catch (error) {
    return { kind: 'failed', problem: signal.aborted ? timedOut : fetchErrorMessage(error) };
  }
}

/** Sends user and password of a URL as a header: `fetch` rejects such URLs, and its error contains them. */
function send(target: URL, { method, headers, body }: HttpRequest, signal: AbortSignal): Promise<Response> {
  const { username, password } = target;
  const address = new URL(target);
  address.username = '';
  address.password = '';
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return fetch(address, {
    method,
    headers: {
      ...headers,
      ...(username === '' && password === '' ? {} : { authorization: `Basic ${login}` }),
    },
    body,
    redirect: 'manual',
    signal,
  });
}

export async function readBeginning({ body }: Response): Promise<BodyBeginning> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of body ?? []) {
    if (!(chunk instanceof Uint8Array)) continue;
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxResponseBytes) break;
  }
  const text = Buffer.concat(chunks).subarray(0, maxResponseBytes).toString('utf8');
  return { text, isTruncated: size > maxResponseBytes };
}

function parseHttpUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

function resolveRedirect(location: string | null, from: URL): URL | null {
  return location !== null && URL.canParse(location, from.href) ? parseHttpUrl(new URL(location, from).href) : null;
}

function isDowngrade(from: URL, to: URL | null): boolean {
  return from.protocol === 'https:' && to?.protocol === 'http:';
}

/** Names the host only: the path of a webhook is a secret. */
function describeRedirect(status: number, target: URL | null): string {
  const place = target === null ? '' : ` to ${target.origin}`;
  return `HTTP ${status}: the server redirects${place}, and redirects are not followed`;
}

/** A URL without user, password and query, for messages. */
export function hideUrlSecrets(url: string): string {
  if (!URL.canParse(url)) return 'an invalid URL';
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}
