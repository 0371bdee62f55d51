import type { SymbolProfile } from '../instruments/symbol-profile.js';
import { getBlock, createRandomWalk } from './random-walk.js';
import type { RandomWalk } from './random-walk.js';

/** Returns the random walk of a symbol around a day. */
export type GetWalk = (profile: SymbolProfile, day: number) => RandomWalk;

/**
 * The number of cached blocks: a chain and its underlying need a handful, and ten thousand symbols must not fill the
 * memory.
 */
const maxCachedBlocks = 64;

/** Caches the latest walks: a query for one day of a block is often followed by queries for its neighbours. */
export function createWalkCache(): { readonly getWalk: GetWalk } {
  const cache = new Map<string, RandomWalk>();
  let last: { readonly profile: SymbolProfile; readonly block: number; readonly walk: RandomWalk } | null = null;

  function getWalk(profile: SymbolProfile, day: number): RandomWalk {
    const block = getBlock(day);
    if (last?.profile === profile && last.block === block) return last.walk;
    // One symbol may be two instruments in two currencies.
    const name = `${profile.key}/${profile.basePrice}/${profile.volatility}/${block}`;
    let walk = cache.get(name);
    if (walk === undefined) {
      walk = createRandomWalk(profile, block);
      cache.set(name, walk);
      const [oldest] = cache.keys();
      if (cache.size > maxCachedBlocks && oldest !== undefined) cache.delete(oldest);
    }
    last = { profile, block, walk };
    return walk;
  }

  return { getWalk };
}

/** The price of a symbol, in its currency, at the start of a day. */
export function getSpotAtDayStart(getWalk: GetWalk, profile: SymbolProfile, day: number): number {
  const walk = getWalk(profile, day);
  return Math.exp(walk.logOpen[day - walk.firstDay] ?? 0);
}
