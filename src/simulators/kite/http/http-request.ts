import type { IncomingMessage } from 'node:http';

/** The longest form that is read: logins are short. */
const maxFormBytes = 1 << 20;

/** The address of a request; null when it is none. */
export function parseUrl({ url }: IncomingMessage): URL | null {
  const text = `http://kite${url?.startsWith('/') === true ? '' : '/'}${url ?? ''}`;
  return URL.canParse(text) ? new URL(text) : null;
}

/** The form a request carries; null when the client broke off or sends too much. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of request) {
      if (!Buffer.isBuffer(part)) continue;
      length += part.length;
      if (length <= maxFormBytes) chunks.push(part);
    }
  } catch {
    return null;
  }
  return length > maxFormBytes ? null : new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

/** Whether the client can read compressed answers. */
export function acceptsGzip({ headers }: IncomingMessage): boolean {
  const accepted = headers['accept-encoding'];
  const text = typeof accepted === 'string' ? accepted : '';
  return text.split(',').some((coding) => {
    const [name = '', ...parameters] = coding.split(';').map((part) => part.trim().toLowerCase());
    return (name === 'gzip' || name === '*') && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** Whose request it is, as far as limits are concerned. */
export function readApiKey({ headers }: IncomingMessage, query: URLSearchParams): string {
  return /^token ([^:]*):/i.exec(headers.authorization ?? '')?.[1] ?? query.get('api_key') ?? '';
}
