import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ResponseContent } from './response-content.js';
import type { KiteError } from '../errors.js';
import { formatInstrumentsCsv } from '../instruments/instruments-csv.js';
import type { InstrumentDump } from '../instruments/instrument-dump.js';

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Serializes content; compresses long bodies when the client accepts gzip. */
export type SerializeContent = (content: ResponseContent, acceptsGzip: boolean) => Promise<HttpResponse>;

const gzipAsync = promisify(gzip);

/** A text with its compressed form, which is created at the first request for it. */
interface CompressibleText {
  readonly plain: Buffer;
  compressed(): Promise<Buffer>;
}

/** Texts of whole dumps by exchange, shared by all simulators of a market: one dump a day has ten megabytes. */
const textsByDump = new WeakMap<InstrumentDump, Map<string, CompressibleText>>();

export function createSerializer(): SerializeContent {
  function getDumpText(content: ResponseContent & { kind: 'instruments' }): CompressibleText {
    const { completeDump, exchange, rows } = content;
    if (completeDump === null) return compressible(formatInstrumentsCsv(rows));
    let texts = textsByDump.get(completeDump);
    if (texts === undefined) textsByDump.set(completeDump, (texts = new Map<string, CompressibleText>()));
    let text = texts.get(exchange ?? '');
    if (text === undefined) texts.set(exchange ?? '', (text = compressible(formatInstrumentsCsv(rows))));
    return text;
  }

  return async (content, acceptsGzip) => {
    switch (content.kind) {
      case 'data':
        return jsonResponse(200, { status: 'success', data: content.data });
      case 'quotes':
        return jsonResponse(200, { status: 'success', data: Object.fromEntries(content.entries) });
      case 'candles':
        return jsonResponse(200, { status: 'success', data: { candles: content.candles } });
      case 'error':
        return createErrorResponse(content.error);
      case 'csv':
        return csvResponse(compressible(content.text), acceptsGzip);
      case 'instruments':
        return csvResponse(getDumpText(content), acceptsGzip);
      case 'page':
        return pageResponse(200, content.markup);
      case 'redirect':
        return { status: 302, headers: { Location: content.location }, body: Buffer.alloc(0) };
    }
  };
}

/** JSON body of every error. */
export function createErrorResponse({ status, type, message }: KiteError): HttpResponse {
  return jsonResponse(status, { status: 'error', message, data: null, error_type: type });
}

/** Response of a failing proxy between client and source: not JSON, and not always with an error status. */
export function createGarbageResponse(status: number): HttpResponse {
  return pageResponse(
    status,
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n' +
      '<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
  );
}

function jsonResponse(status: number, value: object): HttpResponse {
  return { status, headers: { 'Content-Type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}

function pageResponse(status: number, markup: string): HttpResponse {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: Buffer.from(markup) };
}

// Node's client does not recognise the dump if a charset follows the content type.
async function csvResponse(text: CompressibleText, acceptsGzip: boolean): Promise<HttpResponse> {
  const headers = { 'Content-Type': 'text/csv', Vary: 'Accept-Encoding' };
  if (!acceptsGzip) return { status: 200, headers, body: text.plain };
  return { status: 200, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: await text.compressed() };
}

function compressible(text: string): CompressibleText {
  const plain = Buffer.from(text);
  let compressed: Promise<Buffer> | null = null;
  return { plain, compressed: () => (compressed ??= gzipAsync(plain)) };
}
