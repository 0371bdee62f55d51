import type { Profile } from './profile.js';
import { blockOf, walkOf } from './walk.js';
import type { Walk } from './walk.js';

/** The walk of a symbol around a day. */
export type WalkAt = (profile: Profile, day: number) => Walk;

/** How many blocks are remembered: a chain and its underlying need a handful, and ten thousand symbols must not pile up. */
const remembered = 64;

/** Walks, with the latest few remembered: whoever asks for one day of a block mostly asks for its neighbours next. */
export function walks(): { readonly walkAt: WalkAt } {
  const recent = new Map<string, Walk>();
  let last: { readonly profile: Profile; readonly block: number; readonly walk: Walk } | null = null;

  function walkAt(profile: Profile, day: number): Walk {
    const block = blockOf(day);
    if (last?.profile === profile && last.block === block) return last.walk;
    // One symbol may be two things in two currencies.
    const name = `${profile.key}/${profile.basePrice}/${profile.volatility}/${block}`;
    let walk = recent.get(name);
    if (walk === undefined) {
      walk = walkOf(profile, block);
      recent.set(name, walk);
      const [oldest] = recent.keys();
      if (recent.size > remembered && oldest !== undefined) recent.delete(oldest);
    }
    last = { profile, block, walk };
    return walk;
  }

  return { walkAt };
}

/** The price of a symbol, in its currency, when a day begins. */
export function spotAt(walkAt: WalkAt, profile: Profile, day: number): number {
  const walk = walkAt(profile, day);
  return Math.exp(walk.logOpen[day - walk.firstDay] ?? 0);
}
