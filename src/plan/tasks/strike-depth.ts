/** However restless a price is, a chain is not taken wider than this many times as usual. */
const maxWidening = 2;

/** Strikes to take on each side: as many more as the price is more restless than usual, and never fewer than were asked for. */
export function strikeDepth(
  { strikes, adaptiveStrikes }: { readonly strikes: number; readonly adaptiveStrikes: boolean },
  volatilityRatio: number | undefined,
): number {
  if (!adaptiveStrikes || volatilityRatio === undefined) return strikes;
  return Math.max(strikes, Math.ceil(strikes * Math.min(volatilityRatio, maxWidening) - 1e-9));
}
