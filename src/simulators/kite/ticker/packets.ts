import { second } from '../../../core/time/time.js';
import { createDepth } from '../market-data/depth.js';
import type { DepthLevel } from '../market-data/depth.js';
import { isIndex, priceScale } from '../instruments/instrument.js';
import type { KiteInstrument } from '../instruments/instrument.js';
import type { KiteQuote } from '../market-data/prices.js';
import { openInterestRange } from '../market-data/quotes.js';

/** Level of detail of a streamed quote. */
export type TickMode = 'ltp' | 'quote' | 'full';

/** Packet size in bytes by mode. */
const packetSizes = { ltp: 8, quote: 44, full: 184, indexQuote: 28, indexFull: 32 } as const;

/** One-byte message that keeps an idle connection open. */
export const heartbeat: Buffer = Buffer.of(0);

/** Encodes one packet: big-endian integers, prices in fractions of a rupee. */
export function encodePacket(mode: TickMode, instrument: KiteInstrument, kiteQuote: KiteQuote): Buffer {
  const scale = priceScale(instrument);
  const price = (value: number): number => Math.round(value * scale);
  if (mode === 'ltp') return encodeIntegers(packetSizes.ltp, [instrument.token, price(kiteQuote.last)]);
  const close = kiteQuote.previousClose ?? kiteQuote.open;
  if (isIndex(instrument)) {
    const { last, high, low, open } = kiteQuote;
    const quoteFields = [instrument.token, ...[last, high, low, open, close].map(price), price(last) - price(close)];
    return mode === 'quote'
      ? encodeIntegers(packetSizes.indexQuote, quoteFields)
      : encodeIntegers(packetSizes.indexFull, [...quoteFields, toSeconds(kiteQuote.at)]);
  }
  const depth = createDepth(instrument, kiteQuote);
  const quoteFields = [
    instrument.token,
    price(kiteQuote.last),
    depth.lastQuantity,
    price(kiteQuote.averagePrice ?? 0),
    kiteQuote.volume,
    depth.buyQuantity,
    depth.sellQuantity,
    ...[kiteQuote.open, kiteQuote.high, kiteQuote.low, close].map(price),
  ];
  if (mode === 'quote') return encodeIntegers(packetSizes.quote, quoteFields);
  const openInterest = openInterestRange(kiteQuote.openInterest, instrument.lotSize);
  const at = toSeconds(kiteQuote.at);
  const fullPacket = encodeIntegers(packetSizes.full, [
    ...quoteFields,
    at,
    openInterest.current,
    openInterest.high,
    openInterest.low,
    at,
  ]);
  [...depth.buy, ...depth.sell].forEach((level, index) => writeLevel(fullPacket, 64 + 12 * index, level, price));
  return fullPacket;
}

/** Quantity, price and order count; the last two of the twelve bytes are unused. */
function writeLevel(
  target: Buffer,
  offset: number,
  { quantity, price, orders }: DepthLevel,
  convertPrice: (value: number) => number,
): void {
  writeInteger(target, quantity, offset);
  writeInteger(target, convertPrice(price), offset + 4);
  target.writeUInt16BE(orders, offset + 8);
}

function encodeIntegers(size: number, values: readonly number[]): Buffer {
  const target = Buffer.alloc(size);
  values.forEach((value, index) => writeInteger(target, value, 4 * index));
  return target;
}

/** Writes a clamped 32-bit integer; only the change of an index can be negative. */
function writeInteger(target: Buffer, value: number, offset: number): void {
  if (value < 0) target.writeInt32BE(Math.max(value, -(2 ** 31)), offset);
  else target.writeUInt32BE(Math.min(value, 2 ** 32 - 1), offset);
}

function toSeconds(at: number): number {
  return Math.floor(at / second);
}

/** Joins packets to one message: packet count, then each packet preceded by its length. */
export function encodeMessage(packets: readonly Buffer[]): Buffer {
  const buffers: Buffer[] = [encodeUint16(packets.length)];
  for (const one of packets) buffers.push(encodeUint16(one.length), one);
  return Buffer.concat(buffers);
}

function encodeUint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}
