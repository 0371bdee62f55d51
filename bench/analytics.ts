import { chainEffort, createAmericanPricer } from '../src/analytics/american.js';
import type { AmericanPricer } from '../src/analytics/american.js';
import { blackScholesPrice } from '../src/analytics/black.js';
import { solveAmerican } from '../src/analytics/solve-american.js';
import { createSolvedBatch, solveEuropean } from '../src/analytics/solve-european.js';
import type { OptionBatch } from '../src/analytics/solve-european.js';
import type { Bench } from './table.js';

const europeans = 200_000;
const americans = 4_000;
const turns = 9;

const europeanPrice: AmericanPricer = (call, spot, strike, years, rate, dividendYield, volatility) =>
  blackScholesPrice({ right: call ? 'C' : 'P', spot, strike, years, rate, dividendYield, volatility });

/** Numbers between 0 and 1 that are spread evenly and the same each time. */
function spread(index: number, step: number): number {
  return (index * step) % 1;
}

/** Chains as one meets them: strikes from half to twice the spot, a day to two years, calls and puts alike. */
function chains(options: number, price: AmericanPricer): OptionBatch {
  const column = (value: (index: number) => number): Float64Array =>
    Float64Array.from({ length: options }, (_, i) => value(i));
  const spot = column((index) => 20 + 480 * spread(index, 0.5545497));
  const years = column((index) => 1 / 365 + 2 * spread(index, 0.308517) ** 2);
  const rate = column(() => 0.04);
  const dividendYield = column(() => 0.01);
  const volatility = column((index) => 0.12 + 0.6 * spread(index, 0.7548777));
  const right = Int8Array.from({ length: options }, (_, index) => (index % 2 === 0 ? 1 : -1));
  const strike = column((index) => {
    const deviations = 6 * spread(index, 0.618034) - 3;
    const reach = (volatility[index] ?? 0) * Math.sqrt(years[index] ?? 0);
    return (spot[index] ?? 0) * Math.exp(Math.min(Math.max(deviations * reach, -0.7), 0.7));
  });
  const prices = column((index) =>
    price(index % 2 === 0, spot[index] ?? 0, strike[index] ?? 0, years[index] ?? 0, 0.04, 0.01, volatility[index] ?? 0),
  );
  return { right, spot, strike, years, rate, dividendYield, price: prices };
}

/** Processor seconds of the fastest turn: waiting for a core that others use is not what is measured. */
function fastest(work: () => void): number {
  let best = Infinity;
  for (let turn = 0; turn < turns; turn++) {
    const begun = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(begun);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

/** The promises of analytics. */
export const benches: readonly Bench[] = [
  {
    name: 'analytics: European implied volatility with all Greeks',
    bar: '≥ 1.5 million options/s on one core',
    run: async () => {
      const batch = chains(europeans, europeanPrice);
      const out = createSolvedBatch(europeans);
      const seconds = fastest(() => solveEuropean(batch, out));
      return {
        measured: europeans / seconds / 1e6,
        unit: 'million/s',
        limit: 1.5,
        better: 'higher',
        detail: solvedOf(out.reason),
      };
    },
  },
  {
    name: 'analytics: American implied volatility',
    bar: '≥ 20,000 options/s on one core',
    run: async () => {
      const pricer = createAmericanPricer(chainEffort);
      const batch = chains(americans, pricer);
      const out = { volatility: new Float64Array(americans), reason: new Uint8Array(americans) };
      const seconds = fastest(() => solveAmerican(pricer, batch, out));
      return {
        measured: americans / seconds,
        unit: 'options/s',
        limit: 20_000,
        better: 'higher',
        detail: solvedOf(out.reason),
      };
    },
  },
];

function solvedOf(reason: Uint8Array): string {
  const solved = reason.reduce((sum, code) => sum + (code === 0 ? 1 : 0), 0);
  return `${solved} of ${reason.length} solved, the others answered with a reason; fastest of ${turns} turns`;
}
