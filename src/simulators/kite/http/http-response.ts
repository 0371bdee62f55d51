import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { listInstruments } from './response-content.js';
import type { ResponseContent } from './response-content.js';
import type { KiteError } from '../errors.js';
import { csvHeader, formatInstrumentRows } from '../instruments/instruments-csv.js';
import type { InstrumentDump } from '../instruments/instrument-dump.js';

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable;
}

/** A response whose length is known. */
export interface CompleteResponse extends HttpResponse {
  readonly body: Buffer;
}

/** What the client accepts, and whether the response may be sent while it is created. */
export interface SerializeOptions {
  readonly acceptsGzip: boolean;
  readonly canStream: boolean;
}

/** Serializes content; compresses long bodies when the client accepts gzip. */
export type SerializeContent = (content: ResponseContent, options: SerializeOptions) => Promise<HttpResponse>;

const gzipAsync = promisify(gzip);

/** A text with its compressed form, which is created at the first request for it. */
interface CompressibleText {
  readonly plain: Buffer;
  compressed(): Promise<Buffer>;
}

/** Texts of whole dumps by exchange, shared by all simulators of a market: one dump a day has ten megabytes. */
const textsByDump = new WeakMap<InstrumentDump, Map<string, CompressibleText>>();

type InstrumentsContent = ResponseContent & { kind: 'instruments' };

export function createSerializer(): SerializeContent {
  function getTexts(dump: InstrumentDump): Map<string, CompressibleText> {
    let texts = textsByDump.get(dump);
    if (texts === undefined) textsByDump.set(dump, (texts = new Map<string, CompressibleText>()));
    return texts;
  }

  function getDumpText(content: InstrumentsContent): CompressibleText {
    const createText = (): CompressibleText => compressible(csvHeader + formatInstrumentRows(listInstruments(content)));
    if (content.keepFraction !== 1) return createText();
    const texts = getTexts(content.dump);
    const key = content.exchange ?? '';
    const text = texts.get(key) ?? createText();
    texts.set(key, text);
    return text;
  }

  /** Creates the first text of a dump in parts, between which the simulator serves other requests. */
  async function* streamText({ dump, exchange }: InstrumentsContent): AsyncGenerator<string> {
    let whole = csvHeader;
    yield csvHeader;
    for (const rows of dump.parts()) {
      const text = formatInstrumentRows(exchange === null ? rows : rows.filter((row) => row.exchange === exchange));
      whole += text;
      if (text !== '') yield text;
      await setImmediate();
    }
    getTexts(dump).set(exchange ?? '', compressible(whole));
  }

  return async (content, { acceptsGzip, canStream }) => {
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
      case 'instruments': {
        const isKnown = getTexts(content.dump).has(content.exchange ?? '');
        if (isKnown || !canStream || content.keepFraction !== 1) return csvResponse(getDumpText(content), acceptsGzip);
        const text = Readable.from(streamText(content));
        return {
          status: 200,
          headers: createCsvHeaders(acceptsGzip),
          body: acceptsGzip ? text.pipe(createGzip()) : text,
        };
      }
      case 'page':
        return pageResponse(200, content.markup);
      case 'redirect':
        return { status: 302, headers: { Location: content.location }, body: Buffer.alloc(0) };
    }
  };
}

/** JSON body of every error. */
export function createErrorResponse({ status, type, message }: KiteError): CompleteResponse {
  return jsonResponse(status, { status: 'error', message, data: null, error_type: type });
}

/** Response of a failing proxy between client and source: not JSON, and not always with an error status. */
export function createGarbageResponse(status: number): CompleteResponse {
  return pageResponse(
    status,
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n' +
      '<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
  );
}

function jsonResponse(status: number, value: object): CompleteResponse {
  return { status, headers: { 'Content-Type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}

function pageResponse(status: number, markup: string): CompleteResponse {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: Buffer.from(markup) };
}

// Node's client does not recognise the dump if a charset follows the content type.
async function csvResponse(text: CompressibleText, acceptsGzip: boolean): Promise<HttpResponse> {
  return {
    status: 200,
    headers: createCsvHeaders(acceptsGzip),
    body: acceptsGzip ? await text.compressed() : text.plain,
  };
}

function createCsvHeaders(isCompressed: boolean): Readonly<Record<string, string>> {
  const headers = { 'Content-Type': 'text/csv', Vary: 'Accept-Encoding' };
  return isCompressed ? { ...headers, 'Content-Encoding': 'gzip' } : headers;
}

function compressible(text: string): CompressibleText {
  const plain = Buffer.from(text);
  let compressed: Promise<Buffer> | null = null;
  return { plain, compressed: () => (compressed ??= gzipAsync(plain)) };
}
