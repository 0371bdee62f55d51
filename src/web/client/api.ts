import { useEffect, useRef, useState } from 'preact/hooks';

/** An answer that is not a document: what happened, and what to do. */
export interface ApiProblem {
  readonly status: number;
  readonly error: string;
  readonly hint: string | null;
}

export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly value: T; readonly isStale: boolean }
  | { readonly kind: 'failed'; readonly problem: ApiProblem };

const base = '/api/v1/';

/** Builds the address of a document; parameters without a value are omitted. */
export function apiPath(
  name: string,
  parameters: Readonly<Record<string, string | number | null | undefined>> = {},
): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters))
    if (value !== null && value !== undefined && value !== '') query.set(key, String(value));
  const text = query.toString();
  return `${base}${name}${text === '' ? '' : `?${text}`}`;
}

/** Fetches a document; throws an `ApiError`. The page and the API are one build: a document has the type it was written with. */
export async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } });
  return readAnswer<T>(response);
}

/** Triggers an action; throws an `ApiError`. */
export async function postJson<T>(name: string, body: object): Promise<T> {
  const response = await fetch(`${base}${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return readAnswer<T>(response);
}

async function readAnswer<T>(response: Response): Promise<T> {
  const text = await response.text();
  let document: unknown = null;
  try {
    document = JSON.parse(text);
  } catch {
    document = { error: `the server answered with ${String(response.status)} and no document` };
  }
  if (response.ok) {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the page and the API are one build
    return document as T;
  }
  throw new ApiError(response.status, readText(document, 'error') ?? 'unknown error', readText(document, 'hint'));
}

function readText(document: unknown, key: string): string | null {
  if (typeof document !== 'object' || document === null) return null;
  const found = new Map<string, unknown>(Object.entries(document)).get(key);
  return typeof found === 'string' ? found : null;
}

class ApiError extends Error {
  readonly problem: ApiProblem;

  constructor(status: number, error: string, hint: string | null) {
    super(error);
    this.problem = { status, error, hint };
  }
}

/** Turns whatever was thrown into a problem that can be shown. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiError) return error.problem;
  return { status: 0, error: 'the server cannot be reached', hint: 'is pipe ui or pipe serve still running?' };
}

/** Loads a document, and loads it again when its address or `version` changes; meanwhile the earlier one stays visible. */
export function useDocument<T>(path: string | null, version: number): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ kind: 'loading' });
  const lastPath = useRef<string | null>(null);
  useEffect(() => {
    if (path === null) return undefined;
    const ended = new AbortController();
    const isSame = lastPath.current === path;
    lastPath.current = path;
    setLoaded((earlier) => (earlier.kind === 'ready' ? { ...earlier, isStale: !isSame } : { kind: 'loading' }));
    getJson<T>(path, ended.signal).then(
      (value) => {
        setLoaded({ kind: 'ready', value, isStale: false });
      },
      (error: unknown) => {
        if (!ended.signal.aborted) setLoaded({ kind: 'failed', problem: toProblem(error) });
      },
    );
    return () => {
      ended.abort();
    };
  }, [path, version]);
  return loaded;
}
