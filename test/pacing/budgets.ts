import type { BarSize, PriceType } from '../../src/core/tables/bars.js';
import type { Budget } from '../../src/core/budget.js';
import type { Dataset } from '../../src/core/tables/tables.js';
import { minute, second } from '../../src/core/time/time.js';
import type { PacedRequest } from '../../src/pacing/paced-request.js';

/** The documented limits of Interactive Brokers. */
export const ibBudgets: readonly Budget[] = [
  {
    kind: 'rolling',
    name: 'historical',
    scope: 'account',
    limit: 60,
    span: 10 * minute,
    datasets: ['equity_bars', 'option_bars'],
    weights: { BID_ASK: 2 },
  },
  { kind: 'rolling', name: 'identical', scope: 'identical', limit: 1, span: 15 * second },
  { kind: 'rolling', name: 'contract', scope: 'contract', limit: 5, span: 2 * second },
  { kind: 'open', name: 'open', scope: 'account', limit: 50, datasets: ['equity_bars', 'option_bars'] },
  { kind: 'rolling', name: 'messages', scope: 'connection', limit: 50, span: second },
];

export interface PacedInput {
  readonly contract: string;
  readonly dataset?: Dataset;
  readonly priceType?: PriceType;
  readonly barSize?: BarSize;
  /** Distinguishes requests that are otherwise identical. */
  readonly part?: number;
  readonly priority?: number;
}

export function createPacedRequest({
  contract,
  dataset = 'equity_bars',
  priceType = 'TRADES',
  barSize = '1 day',
  part = 0,
  priority = 5,
}: PacedInput): PacedRequest {
  const isBars = dataset === 'equity_bars' || dataset === 'option_bars';
  return {
    dataset,
    priceType: isBars ? priceType : null,
    barSize: isBars ? barSize : null,
    contract,
    identical: `${contract}|${dataset}|${isBars ? `${priceType}|${barSize}` : ''}|${part}`,
    connection: 'main',
    priority,
  };
}
