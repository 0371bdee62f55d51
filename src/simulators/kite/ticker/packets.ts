import { second } from '../../../core/time.js';
import { depthOf } from '../depth.js';
import type { DepthLevel } from '../depth.js';
import { isIndex, priceScale } from '../instruments/instrument.js';
import type { KiteInstrument } from '../instruments/instrument.js';
import type { Shown } from '../prices.js';
import { interestOf } from '../quotes.js';

/** How much of a quote is streamed. */
export type TickMode = 'ltp' | 'quote' | 'full';

/** How many bytes the packets of each mode take. */
const sizes = { ltp: 8, quote: 44, full: 184, indexQuote: 28, indexFull: 32 } as const;

/** What keeps a quiet connection alive. */
export const heartbeat: Buffer = Buffer.of(0);

/** One packet: big-endian integers, prices in parts of a rupee. */
export function packet(mode: TickMode, instrument: KiteInstrument, shown: Shown): Buffer {
  const scale = priceScale(instrument);
  const price = (value: number): number => Math.round(value * scale);
  if (mode === 'ltp') return integers(sizes.ltp, [instrument.token, price(shown.last)]);
  const close = shown.previousClose ?? shown.open;
  if (isIndex(instrument)) {
    const { last, high, low, open } = shown;
    const quote = [instrument.token, ...[last, high, low, open, close].map(price), price(last) - price(close)];
    return mode === 'quote'
      ? integers(sizes.indexQuote, quote)
      : integers(sizes.indexFull, [...quote, seconds(shown.at)]);
  }
  const depth = depthOf(instrument, shown);
  const quote = [
    instrument.token,
    price(shown.last),
    depth.lastQuantity,
    price(shown.average ?? 0),
    shown.volume,
    depth.buyQuantity,
    depth.sellQuantity,
    ...[shown.open, shown.high, shown.low, close].map(price),
  ];
  if (mode === 'quote') return integers(sizes.quote, quote);
  const interest = interestOf(shown.openInterest, instrument.lotSize);
  const at = seconds(shown.at);
  const full = integers(sizes.full, [...quote, at, interest.now, interest.high, interest.low, at]);
  [...depth.buy, ...depth.sell].forEach((level, index) => writeLevel(full, 64 + 12 * index, level, price));
  return full;
}

/** Quantity, price and orders; the last two of the twelve bytes are unused. */
function writeLevel(
  target: Buffer,
  offset: number,
  { quantity, price, orders }: DepthLevel,
  priceOf: (value: number) => number,
): void {
  writeInteger(target, quantity, offset);
  writeInteger(target, priceOf(price), offset + 4);
  target.writeUInt16BE(orders, offset + 8);
}

function integers(size: number, values: readonly number[]): Buffer {
  const target = Buffer.alloc(size);
  values.forEach((value, index) => writeInteger(target, value, 4 * index));
  return target;
}

/** Only the change of an index is ever negative; what does not fit stays at the most that does. */
function writeInteger(target: Buffer, value: number, offset: number): void {
  if (value < 0) target.writeInt32BE(Math.max(value, -(2 ** 31)), offset);
  else target.writeUInt32BE(Math.min(value, 2 ** 32 - 1), offset);
}

function seconds(at: number): number {
  return Math.floor(at / second);
}

/** Packets as one message: how many, then each with its length before it. */
export function message(packets: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [uint16(packets.length)];
  for (const one of packets) parts.push(uint16(one.length), one);
  return Buffer.concat(parts);
}

function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}
