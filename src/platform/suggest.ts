/** The number of letters to change, insert, delete or swap with their neighbour to turn one word into another. */
export function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let best = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        best = Math.min(best, (beforePrevious[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/** Removes differences that users do not intend: case, and how words are joined. */
function normalizeText(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_-]+/g, '');
}

/** The candidate that the user probably meant, or null if none is close enough. */
export function closestMatch(word: string, candidates: Iterable<string>): string | null {
  if (word.length > 64) return null;
  const target = normalizeText(word);
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const other = normalizeText(candidate);
    if (Math.abs(other.length - target.length) > 3) continue;
    const distance = editDistance(target, other);
    // A third of the word may be wrong: `lookbak` matches `lookback`, `what` does not match `hours`.
    if (distance <= Math.max(1, Math.floor(Math.max(target.length, other.length) / 3)) && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
