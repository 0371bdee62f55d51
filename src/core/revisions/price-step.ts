/** Price steps of exchanges and of providers that round adjusted prices, coarsest first. */
const steps = [
  100, 50, 10, 5, 1, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001, 0.0005, 0.0001, 1e-5, 1e-6,
] as const;

const finest = 1e-6;

/** With fewer prices, a coarse step is chance: one price of 50 says nothing about the step. */
const minDistinctPrices = 3;
const fineStep = 0.01;

/** Infers the step that prices are rounded to: the coarsest one of which all are multiples. */
export function inferPriceStep(prices: readonly number[]): number {
  const distinct = [...new Set(prices)];
  const candidates = distinct.length >= minDistinctPrices ? steps : steps.filter((step) => step <= fineStep);
  return candidates.find((step) => distinct.every((price) => isMultiple(price, step))) ?? finest;
}

function isMultiple(price: number, step: number): boolean {
  const count = price / step;
  return Math.abs(count - Math.round(count)) <= 1e-6 * Math.max(1, Math.abs(count) * 1e-3);
}
