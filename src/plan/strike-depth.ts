/** However restless a price is, a chain is not taken wider than this many times as usual. */
const widest = 2;

/** Strikes to take on each side: as many more as the price is more restless than usual, and never fewer than were asked for. */
export function strikeDepth(
  { strikes, adaptive }: { readonly strikes: number; readonly adaptive: boolean },
  unrest: number | undefined,
): number {
  if (!adaptive || unrest === undefined) return strikes;
  return Math.max(strikes, Math.ceil(strikes * Math.min(unrest, widest) - 1e-9));
}
