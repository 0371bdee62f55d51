export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** Finds the fraction with the smallest denominator in a closed interval of positive numbers; null if a term exceeds the maximum. */
export function findSimplestFraction(low: number, high: number, maxTerm: number): Fraction | null {
  if (!(low > 0 && high >= low && Number.isFinite(high))) return null;
  const fraction = search(low, high, 32);
  return fraction !== null && fraction.numerator <= maxTerm && fraction.denominator <= maxTerm ? fraction : null;
}

/** Continued fractions: both bounds share a whole part, or a whole number lies between them. */
function search(low: number, high: number, depth: number): Fraction | null {
  if (depth === 0) return null;
  const whole = Math.ceil(low);
  if (whole <= high) return { numerator: whole, denominator: 1 };
  const base = Math.floor(low);
  const rest = search(1 / (high - base), 1 / (low - base), depth - 1);
  return rest === null ? null : { numerator: base * rest.numerator + rest.denominator, denominator: rest.numerator };
}
