import { chainAccuracy, createAmericanPricer } from '../src/analytics/american/american-pricer.js';
import type { AmericanPricer } from '../src/analytics/american/american-pricer.js';
import { blackScholesPrice } from '../src/analytics/european/black.js';
import { solveAmerican } from '../src/analytics/american/solve-american.js';
import { createSolvedBatch, solveEuropean } from '../src/analytics/european/solve-european.js';
import type { OptionBatch } from '../src/analytics/european/solve-european.js';
import type { Bench } from './bench.js';

const europeanCount = 200_000;
const americanCount = 4_000;
const repetitions = 9;

const europeanPrice: AmericanPricer = (terms, volatility) => blackScholesPrice({ ...terms, volatility });

/** Numbers between 0 and 1, spread evenly and reproducibly. */
function spreadEvenly(index: number, step: number): number {
  return (index * step) % 1;
}

/** Typical chains: strikes from half to twice the spot, a day to two years, calls and puts alike. */
function createChains(options: number, price: AmericanPricer): OptionBatch {
  const column = (value: (index: number) => number): Float64Array =>
    Float64Array.from({ length: options }, (_, i) => value(i));
  const spot = column((index) => 20 + 480 * spreadEvenly(index, 0.5545497));
  const years = column((index) => 1 / 365 + 2 * spreadEvenly(index, 0.308517) ** 2);
  const rate = column(() => 0.04);
  const dividendYield = column(() => 0.01);
  const volatility = column((index) => 0.12 + 0.6 * spreadEvenly(index, 0.7548777));
  const right = Int8Array.from({ length: options }, (_, index) => (index % 2 === 0 ? 1 : -1));
  const strike = column((index) => {
    const deviations = 6 * spreadEvenly(index, 0.618034) - 3;
    const reach = (volatility[index] ?? 0) * Math.sqrt(years[index] ?? 0);
    return (spot[index] ?? 0) * Math.exp(Math.min(Math.max(deviations * reach, -0.7), 0.7));
  });
  const prices = column((index) =>
    price(
      {
        right: index % 2 === 0 ? 'C' : 'P',
        spot: spot[index] ?? 0,
        strike: strike[index] ?? 0,
        years: years[index] ?? 0,
        rate: 0.04,
        dividendYield: 0.01,
      },
      volatility[index] ?? 0,
    ),
  );
  return { right, spot, strike, years, rate, dividendYield, price: prices };
}

/** The CPU seconds of the fastest repetition: waiting for a core is not measured. */
function measureFastestCpu(work: () => void): number {
  let best = Infinity;
  for (let turn = 0; turn < repetitions; turn++) {
    const cpuAtStart = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(cpuAtStart);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

export const benches: readonly Bench[] = [
  {
    name: 'analytics: European implied volatility with all Greeks',
    target: '≥ 1.5 million options/s on one core',
    run: async () => {
      const batch = createChains(europeanCount, europeanPrice);
      const out = createSolvedBatch(europeanCount);
      const seconds = measureFastestCpu(() => solveEuropean(batch, out));
      return {
        measured: europeanCount / seconds / 1e6,
        unit: 'million/s',
        limit: 1.5,
        better: 'higher',
        detail: formatSolved(out.reason),
      };
    },
  },
  {
    name: 'analytics: American implied volatility',
    target: '≥ 20,000 options/s on one core',
    run: async () => {
      const pricer = createAmericanPricer(chainAccuracy);
      const batch = createChains(americanCount, pricer);
      const out = { volatility: new Float64Array(americanCount), reason: new Uint8Array(americanCount) };
      const seconds = measureFastestCpu(() => solveAmerican(pricer, batch, out));
      return {
        measured: americanCount / seconds,
        unit: 'options/s',
        limit: 20_000,
        better: 'higher',
        detail: formatSolved(out.reason),
      };
    },
  },
];

function formatSolved(reason: Uint8Array): string {
  const solved = reason.reduce((sum, code) => sum + (code === 0 ? 1 : 0), 0);
  return `${solved} of ${reason.length} solved, the others answered with a reason; fastest of ${repetitions} turns`;
}
