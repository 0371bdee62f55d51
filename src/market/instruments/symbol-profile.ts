import type { MarketAction } from '../../core/market-action.js';
import type { Instrument } from '../../core/series.js';
import { findKnownIndianInstrument } from './known-indian-instruments.js';
import { findKnownInstrument } from './known-instruments.js';
import type { KnownInstrument } from './known-instruments.js';
import { hashString, drawUniform } from '../../platform/random.js';
import { drawNormal } from '../random-walk/draw-normal.js';
import type { Key } from '../../platform/random.js';

/** The parameters of a market. */
export interface MarketSettings {
  readonly seed: number;
  /** Annual volatility; null gives every symbol its own. */
  readonly volatility: number | null;
  /** Price levels by symbol; other symbols get theirs from the seed. */
  readonly basePrices: Readonly<Record<string, number>>;
  /** Splits, dividends and corrections; absent for none. */
  readonly actions?: readonly MarketAction[];
}

/** The constant properties of a symbol, from which its prices and volumes are drawn. */
export interface SymbolProfile {
  readonly symbol: string;
  /** The random stream of the symbol. */
  readonly key: Key;
  readonly knownInstrument: KnownInstrument | undefined;
  /** The approximate price at the reference date of the random walk. */
  readonly basePrice: number;
  /** Annual. */
  readonly volatility: number;
  /** Annual, of the logarithm. */
  readonly drift: number;
  /** Price steps per unit of the currency; prices are computed in whole steps. */
  readonly ticksPerUnit: number;
  /** Shares on an ordinary full session; 0 for an index. */
  readonly dailyVolume: number;
  /** Shares in an ordinary trade. */
  readonly tradeSize: number;
  /** The annual at-the-money volatility of option prices on an ordinary day. */
  readonly impliedVolatility: number;
  /** True if it has weekly and long-dated options. */
  readonly hasWideOptions: boolean;
}

/** Draw numbers of a symbol's own stream. */
const drawNumber = { price: 0, volatility: 1, drift: 2, volume: 3, tradeSize: 4, options: 5 } as const;

/** Creates a profile from the settings, the known instruments and the seed. */
export function createProfile(instrument: Instrument, settings: MarketSettings): SymbolProfile {
  const { symbol } = instrument;
  const key = hashString(hashString(0, String(settings.seed)), symbol);
  const known =
    (instrument.currency === 'INR' ? findKnownIndianInstrument(symbol) : undefined) ?? findKnownInstrument(symbol);
  const ownVolatility = known?.volatility ?? 0.15 + 0.3 * drawUniform(key, drawNumber.volatility);
  const basePrice = Object.hasOwn(settings.basePrices, symbol) ? settings.basePrices[symbol] : undefined;
  return {
    symbol,
    key,
    knownInstrument: known,
    basePrice:
      basePrice ?? known?.price ?? Math.min(Math.max(75 * Math.exp(0.8 * drawNormal(key, drawNumber.price)), 15), 500),
    volatility: settings.volatility ?? ownVolatility,
    drift: 0.005 + 0.025 * drawUniform(key, drawNumber.drift),
    ticksPerUnit: instrument.currency === 'INR' ? 20 : 100,
    dailyVolume: instrument.kind === 'index' ? 0 : getDailyShares(known, key),
    tradeSize: 60 + 100 * drawUniform(key, drawNumber.tradeSize),
    impliedVolatility: settings.volatility ?? 0.17 + (0.06 * (ownVolatility - 0.15)) / 0.3,
    hasWideOptions: known !== undefined || drawUniform(key, drawNumber.options) < 0.1,
  };
}

function getDailyShares(known: KnownInstrument | undefined, key: Key): number {
  if (known !== undefined && known.dailyVolumeMillions > 0) return known.dailyVolumeMillions * 1e6;
  return 1.2e6 * Math.exp(1.1 * drawNormal(key, drawNumber.volume));
}
