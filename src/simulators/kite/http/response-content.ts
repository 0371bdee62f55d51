import type { KiteError } from '../errors.js';
import { invalidToken } from '../errors.js';
import type { InstrumentDump } from '../instruments/instrument-dump.js';
import type { KiteExchange, KiteInstrument } from '../instruments/instrument.js';

/** A row of candles: timestamp, open, high, low, close, volume, and open interest if requested. */
export type CandleRow = readonly (string | number)[];

/** A response before serialization, so that scenarios can change it independently of the format. */
export type ResponseContent =
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'quotes'; readonly entries: readonly (readonly [key: string, quote: object])[] }
  | { readonly kind: 'candles'; readonly candles: readonly CandleRow[] }
  /** The first part of a dump, of one exchange or of all; 1 keeps all rows. */
  | {
      readonly kind: 'instruments';
      readonly exchange: KiteExchange | null;
      readonly dump: InstrumentDump;
      readonly keepFraction: number;
    }
  | { readonly kind: 'csv'; readonly text: string }
  | { readonly kind: 'page'; readonly markup: string }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'error'; readonly error: KiteError };

export function toErrorContent(error: KiteError): ResponseContent {
  return { kind: 'error', error };
}

export function countRows(content: ResponseContent): number {
  if (content.kind === 'quotes') return content.entries.length;
  if (content.kind === 'candles') return content.candles.length;
  return content.kind === 'instruments' ? listInstruments(content).length : 0;
}

/** Lists the rows of a response with instruments. */
export function listInstruments({
  dump,
  exchange,
  keepFraction,
}: ResponseContent & { kind: 'instruments' }): readonly KiteInstrument[] {
  const rows = exchange === null ? dump.rows() : dump.rows().filter((row) => row.exchange === exchange);
  return keepFraction === 1 ? rows : rows.slice(0, Math.floor(rows.length * keepFraction));
}

/** Returns the same kind of response without data. */
export function emptyContent(content: ResponseContent): ResponseContent {
  switch (content.kind) {
    case 'data':
      return { kind: 'data', data: Array.isArray(content.data) ? [] : {} };
    case 'quotes':
    case 'candles':
    case 'instruments':
      return truncateContent(content, 0);
    case 'csv':
    case 'page':
    case 'redirect':
    case 'error':
      return content;
  }
}

/** Returns the same kind of response with only the first part of its rows. */
export function truncateContent(content: ResponseContent, keep: number): ResponseContent {
  const first = <T>(list: readonly T[]): readonly T[] => list.slice(0, Math.floor(list.length * keep));
  if (content.kind === 'quotes') return { ...content, entries: first(content.entries) };
  if (content.kind === 'candles') return { ...content, candles: first(content.candles) };
  if (content.kind === 'instruments') return { ...content, keepFraction: content.keepFraction * keep };
  return content;
}

/** Returns the response for an instrument that does not exist. */
export function notFoundContent(content: ResponseContent): ResponseContent {
  return content.kind === 'candles' ? toErrorContent(invalidToken) : emptyContent(content);
}

/** Returns the response without some of its instruments. */
export function withoutInstruments(content: ResponseContent, hidden: ReadonlySet<string>): ResponseContent {
  if (content.kind !== 'quotes' || hidden.size === 0) return content;
  return { ...content, entries: content.entries.filter(([key]) => !hidden.has(key)) };
}
