import type { Instrument } from '../core/series.js';
import { knownIndianName } from './indian-names.js';
import { knownName } from './known-names.js';
import type { KnownName } from './known-names.js';
import { keyOfText, uniform } from '../core/random.js';
import { normal } from './normal-draw.js';
import type { Key } from '../core/random.js';

/** What makes one market different from another. */
export interface MarketSettings {
  readonly seed: number;
  /** Annual volatility; null lets every symbol have its own. */
  readonly volatility: number | null;
  /** Price levels by symbol; the others get one from the seed. */
  readonly basePrices: Readonly<Record<string, number>>;
}

/** What a symbol is like all its life: everything its prices and volumes are drawn from. */
export interface Profile {
  readonly symbol: string;
  /** The stream its randomness comes from. */
  readonly key: Key;
  readonly known: KnownName | undefined;
  /** About what it costs at the reference date; see the walk. */
  readonly basePrice: number;
  /** Annual. */
  readonly volatility: number;
  /** Annual, of the logarithm. */
  readonly drift: number;
  /** How many price steps make one unit of the currency: prices are computed in whole steps. */
  readonly ticksPerUnit: number;
  /** Shares on an ordinary full session; 0 for what is computed and not traded. */
  readonly dailyVolume: number;
  /** Shares in an ordinary trade. */
  readonly tradeSize: number;
  /** The annual volatility that options at the money are priced with on an ordinary day. */
  readonly impliedVolatility: number;
  /** Whether it has weekly and long-dated options. */
  readonly wideOptions: boolean;
}

/** Draws of a symbol's own stream, by what they are for. */
const draw = { price: 0, volatility: 1, drift: 2, volume: 3, tradeSize: 4, options: 5 } as const;

/** What an instrument is like, from the settings, from what is known about the name, and from the seed. */
export function profileOf(instrument: Instrument, settings: MarketSettings): Profile {
  const { symbol } = instrument;
  const key = keyOfText(keyOfText(0, String(settings.seed)), symbol);
  const known = (instrument.currency === 'INR' ? knownIndianName(symbol) : undefined) ?? knownName(symbol);
  const ownVolatility = known?.volatility ?? 0.15 + 0.3 * uniform(key, draw.volatility);
  const basePrice = Object.hasOwn(settings.basePrices, symbol) ? settings.basePrices[symbol] : undefined;
  return {
    symbol,
    key,
    known,
    basePrice: basePrice ?? known?.price ?? Math.min(Math.max(75 * Math.exp(0.8 * normal(key, draw.price)), 15), 500),
    volatility: settings.volatility ?? ownVolatility,
    drift: 0.005 + 0.025 * uniform(key, draw.drift),
    ticksPerUnit: instrument.currency === 'INR' ? 20 : 100,
    dailyVolume: instrument.kind === 'index' ? 0 : shares(known, key),
    tradeSize: 60 + 100 * uniform(key, draw.tradeSize),
    impliedVolatility: settings.volatility ?? 0.17 + (0.06 * (ownVolatility - 0.15)) / 0.3,
    wideOptions: known !== undefined || uniform(key, draw.options) < 0.1,
  };
}

function shares(known: KnownName | undefined, key: Key): number {
  if (known !== undefined && known.millions > 0) return known.millions * 1e6;
  return 1.2e6 * Math.exp(1.1 * normal(key, draw.volume));
}
