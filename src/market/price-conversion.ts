import type { PriceType } from '../core/tables/bars.js';
import type { PriceConversion } from './bars/bar-collector.js';
import type { SymbolProfile } from './instruments/symbol-profile.js';

/** Prices of a symbol itself; the spread is one price step or 0.02 % of the price. */
export function createSpotConversion(profile: SymbolProfile, priceType: PriceType): PriceConversion {
  const { ticksPerUnit } = profile;
  const halfSpread = (level: number): number => Math.floor(level / 10_000);
  return {
    priceType,
    trade: (level) => level / ticksPerUnit,
    bid: (level) => Math.floor(level - halfSpread(level)) / ticksPerUnit,
    ask: (level) => (Math.floor(level + halfSpread(level)) + 1) / ticksPerUnit,
    averageSteps: 100 * ticksPerUnit,
    hasVolume: profile.dailyVolume > 0,
  };
}

/** Prices of an option; the spread is half a percent of its value, and at least one price step. */
export function createOptionConversion(profile: SymbolProfile, priceType: PriceType): PriceConversion {
  const { ticksPerUnit } = profile;
  return {
    priceType,
    trade: (level) => level / ticksPerUnit,
    bid: (level) => Math.floor(level * 0.9975) / ticksPerUnit,
    ask: (level) => (Math.floor(level * 1.0025) + 1) / ticksPerUnit,
    averageSteps: 100 * ticksPerUnit,
    hasVolume: true,
  };
}
