import type { PriceType } from '../core/tables/bars.js';
import type { PriceConversion } from './bars/bar-collector.js';
import type { SymbolProfile } from './instruments/symbol-profile.js';

/** Prices of a symbol itself; the quotes stand a price step apart, or two parts in ten thousand of the price. */
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

/** Prices of an option; its quotes stand half a percent of its value apart, and at least one price step. */
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
