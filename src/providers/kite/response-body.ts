import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { isRecord, parseJson } from '../../platform/json.js';

/** The largest accepted body, compressed or not: the list of instruments has about ten megabytes. */
export const maxBodyBytes = 64 * 1024 * 1024;

const unzip = promisify(gunzip);

/** A body that is not decoded yet, because that would block the event loop. */
interface LargeBody {
  readonly bytes: Buffer;
  readonly isCompressed: boolean;
}

/** The content of a response: a value, or the list of instruments as it arrived. */
export type BodyContent =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'csv'; readonly body: LargeBody };

/** Decompresses the list of instruments; throws if it ends early. */
export async function readCsv({ bytes, isCompressed }: LargeBody): Promise<string> {
  if (!isCompressed) return bytes.toString('utf8');
  try {
    return (await unzip(bytes, { maxOutputLength: maxBodyBytes })).toString('utf8');
  } catch (error) {
    throw new Error(describeCompressionProblem(error));
  }
}

/** Reads one header; names are in lower case. */
export type ReadHeader = (name: string) => string | null;

/** Reads headers of the library's HTTP client, which keeps their case. */
export function createHeaderReader(headers: unknown): ReadHeader {
  const values = new Map(
    Object.entries(isRecord(headers) ? headers : {}).map(([key, value]) => [key.toLowerCase(), value]),
  );
  return (name) => {
    const value = values.get(name);
    return typeof value === 'string' ? value : null;
  };
}

/**
 * Reads the body of a response: JSON as its value, CSV undecoded, anything else as the beginning of its text. The HTTP client of
 * the library accepts compressed bodies that end early, so this decompresses them itself, with a limit.
 */
export function readBody(bytes: Buffer, readHeader: ReadHeader): BodyContent {
  const encoding = readHeader('content-encoding') ?? 'identity';
  const isCompressed = /^(x-)?gzip$/i.test(encoding);
  if (!isCompressed && encoding !== '' && encoding !== 'identity') throw new Error(`unknown encoding ${encoding}`);
  const type = readHeader('content-type') ?? '';
  if (type.includes('text/csv')) return { kind: 'csv', body: { bytes, isCompressed } };
  const text = (isCompressed ? decompress(bytes) : bytes).toString('utf8');
  if (!type.includes('application/json')) return { kind: 'value', value: text.slice(0, 500) };
  const value = parseJson(text);
  if (value === null) throw new Error(text === '' ? 'it is empty' : 'it is not complete JSON');
  return { kind: 'value', value };
}

function decompress(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    throw new Error(describeCompressionProblem(error));
  }
}

/** Returns why a body cannot be decompressed, in words for users. */
function describeCompressionProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ERR_BUFFER_TOO_LARGE') return `it has more than ${maxBodyBytes / 1024 / 1024} megabytes`;
  return code === 'Z_BUF_ERROR' ? 'it ends early' : 'its compressed data is damaged';
}
