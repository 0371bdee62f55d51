import type { IncomingMessage } from 'node:http';

/** Largest accepted form body; login forms are short. */
const maxFormBytes = 1 << 20;

/** Parses the address of a request; null when it is invalid. */
export function parseUrl({ url }: IncomingMessage): URL | null {
  const text = `http://kite${url?.startsWith('/') === true ? '' : '/'}${url ?? ''}`;
  return URL.canParse(text) ? new URL(text) : null;
}

/** Reads the form of a request; null when the client aborted or the body is too long. */
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

export function acceptsGzip({ headers }: IncomingMessage): boolean {
  const accepted = headers['accept-encoding'];
  const text = typeof accepted === 'string' ? accepted : '';
  return text.split(',').some((coding) => {
    const [name = '', ...parameters] = coding.split(';').map((part) => part.trim().toLowerCase());
    return (name === 'gzip' || name === '*') && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** Finds the API key that the rate limits count a request against. */
export function readApiKey({ headers }: IncomingMessage, query: URLSearchParams): string {
  return /^token ([^:]*):/i.exec(headers.authorization ?? '')?.[1] ?? query.get('api_key') ?? '';
}
