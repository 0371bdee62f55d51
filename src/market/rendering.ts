import type { What } from '../core/bars.js';
import type { Rendering } from './bar-columns.js';
import type { Profile } from './profile.js';

/** Prices of a symbol itself; the quotes stand a price step apart, or two parts in ten thousand of the price. */
export function spotRendering(profile: Profile, what: What): Rendering {
  const { ticksPerUnit } = profile;
  const half = (level: number): number => Math.floor(level / 10_000);
  return {
    what,
    trade: (level) => level / ticksPerUnit,
    bid: (level) => Math.floor(level - half(level)) / ticksPerUnit,
    ask: (level) => (Math.floor(level + half(level)) + 1) / ticksPerUnit,
    averageSteps: 100 * ticksPerUnit,
    traded: profile.dailyVolume > 0,
  };
}

/** Prices of an option; its quotes stand half a percent of its value apart, and at least one price step. */
export function optionRendering(profile: Profile, what: What): Rendering {
  const { ticksPerUnit } = profile;
  return {
    what,
    trade: (level) => level / ticksPerUnit,
    bid: (level) => Math.floor(level * 0.9975) / ticksPerUnit,
    ask: (level) => (Math.floor(level * 1.0025) + 1) / ticksPerUnit,
    averageSteps: 100 * ticksPerUnit,
    traded: true,
  };
}
