import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Content } from './content.js';
import type { KiteError } from './errors.js';
import { instrumentsCsv } from './instruments/csv.js';
import type { Dump } from './instruments/dump.js';

/** An answer as HTTP carries it. */
export interface Written {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Writes an answer down, compressed where it is long and the client can read that. */
export type Write = (content: Content, acceptsGzip: boolean) => Promise<Written>;

const compress = promisify(gzip);

/** A text with its compressed form, once somebody has asked for that. */
interface Long {
  readonly plain: Buffer;
  zipped(): Promise<Buffer>;
}

/** Texts of whole dumps by exchange, shared by all simulators of a market: there is one dump a day, ten megabytes long. */
const kept = new WeakMap<Dump, Map<string, Long>>();

export function writer(): Write {
  function dumpText(content: Content & { kind: 'instruments' }): Long {
    const { wholeOf, exchange, rows } = content;
    if (wholeOf === null) return long(instrumentsCsv(rows));
    let texts = kept.get(wholeOf);
    if (texts === undefined) kept.set(wholeOf, (texts = new Map<string, Long>()));
    let text = texts.get(exchange ?? '');
    if (text === undefined) texts.set(exchange ?? '', (text = long(instrumentsCsv(rows))));
    return text;
  }

  return async (content, acceptsGzip) => {
    switch (content.kind) {
      case 'data':
        return json(200, { status: 'success', data: content.data });
      case 'quotes':
        return json(200, { status: 'success', data: Object.fromEntries(content.entries) });
      case 'candles':
        return json(200, { status: 'success', data: { candles: content.candles } });
      case 'error':
        return errorAnswer(content.error);
      case 'csv':
        return csv(long(content.text), acceptsGzip);
      case 'instruments':
        return csv(dumpText(content), acceptsGzip);
      case 'page':
        return page(200, content.markup);
      case 'redirect':
        return { status: 302, headers: { Location: content.location }, body: Buffer.alloc(0) };
    }
  };
}

/** What every error looks like. */
export function errorAnswer({ status, type, message }: KiteError): Written {
  return json(status, { status: 'error', message, data: null, error_type: type });
}

/** What a proxy in between says when it is in trouble: not of the protocol, and not always with an error's status. */
export function garbageAnswer(status: number): Written {
  return page(
    status,
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n' +
      '<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
  );
}

function json(status: number, value: object): Written {
  return { status, headers: { 'Content-Type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}

function page(status: number, markup: string): Written {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: Buffer.from(markup) };
}

// A charset behind the type keeps node's client from recognising the dump.
async function csv(text: Long, acceptsGzip: boolean): Promise<Written> {
  const headers = { 'Content-Type': 'text/csv', Vary: 'Accept-Encoding' };
  if (!acceptsGzip) return { status: 200, headers, body: text.plain };
  return { status: 200, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: await text.zipped() };
}

function long(text: string): Long {
  const plain = Buffer.from(text);
  let zipped: Promise<Buffer> | null = null;
  return { plain, zipped: () => (zipped ??= compress(plain)) };
}
