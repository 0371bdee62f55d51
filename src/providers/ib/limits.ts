import { barSizes } from '../../core/tables/bars.js';
import type { BarSize } from '../../core/tables/bars.js';
import type { Budget } from '../../core/budget.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import type { Dataset } from '../../core/tables/tables.js';
import { day, hour, minute, second } from '../../core/time/time.js';

/** `relaxed` lifts what IB documents for bars of 30 seconds or less from all longer bars. */
export type IbPacing = 'default' | 'relaxed';

const barDatasets: readonly Dataset[] = ['equity_bars', 'option_bars'];
const historicalDatasets: readonly Dataset[] = [...barDatasets, 'history_starts'];

/** Quotes of bid and ask are two series to IB, and cost two requests. */
const weights = { BID_ASK: 2 } as const;

const allBarSizes = Object.keys(barSizes).filter((size): size is BarSize => Object.hasOwn(barSizes, size));
const shortBars = allBarSizes.filter((size) => barSizes[size] <= 30 * second);
const longBars = allBarSizes.filter((size) => barSizes[size] > 30 * second);

/** What may be under way at once and how many messages may go out: the same whatever the rules for history are. */
const commonBudgets: readonly Budget[] = [
  // IB allows 50 open; a request that was cancelled stays open there until the cancellation has arrived.
  { kind: 'open', name: 'open historical requests', scope: 'account', limit: 45, datasets: historicalDatasets },
  // Of the 100 lines an account has: two snapshots of 40 options and 15 quotes leave 5 for the screens of the user.
  { kind: 'open', name: 'snapshots of options', scope: 'account', limit: 2, datasets: ['option_snapshots'] },
  { kind: 'open', name: 'quotes', scope: 'account', limit: 15, datasets: ['quotes'] },
  { kind: 'open', name: 'definitions', scope: 'account', limit: 8, datasets: ['contracts', 'chains'] },
  {
    kind: 'rolling',
    name: 'definitions a second',
    scope: 'account',
    limit: 10,
    span: second,
    datasets: ['contracts', 'chains'],
  },
  // Of the 50 messages a second the library sends 40, and snapshots take 28 of them; see `settings.ts`.
  { kind: 'rolling', name: 'messages', scope: 'connection', limit: 12, span: second },
];

/** The rules of one kind of bars as IB documents them, `limit` of the 60 in ten minutes. */
function createHistoricalBudgets(
  name: string,
  limit: number,
  filter: Pick<Budget, 'datasets' | 'barSizes'>,
): readonly Budget[] {
  return [
    { kind: 'rolling', name, scope: 'account', limit, span: 10 * minute, margin: second, weights, ...filter },
    {
      kind: 'rolling',
      name: `${name}: same contract`,
      scope: 'contract',
      limit: 5,
      span: 2 * second,
      margin: second / 2,
      weights,
      ...filter,
    },
    {
      kind: 'rolling',
      name: `${name}: identical`,
      scope: 'identical',
      limit: 1,
      span: 15 * second,
      // Only repetitions wait for it, and a busy machine may send the first of two late.
      margin: 3 * second,
      ...filter,
    },
  ];
}

/** How fast Interactive Brokers may be asked. */
export function createIbBudgets(pacing: IbPacing): readonly Budget[] {
  if (pacing === 'default')
    return [...createHistoricalBudgets('historical requests', 60, { datasets: historicalDatasets }), ...commonBudgets];
  return [
    // 50 and 10 make the same 60, in whichever way IB adds them up.
    ...createHistoricalBudgets('short bars', 50, { datasets: barDatasets, barSizes: shortBars }),
    ...createHistoricalBudgets('history starts', 10, { datasets: ['history_starts'] }),
    // IB lifted the hard limits here and kept a soft one, which ends in a lost connection; it is not published.
    {
      kind: 'rolling',
      name: 'longer bars',
      scope: 'account',
      limit: 40,
      span: 10 * second,
      weights,
      datasets: barDatasets,
      barSizes: longBars,
    },
    ...commonBudgets,
  ];
}

/**
 * The longest windows follow IB's table of durations and bar sizes. None of them brings more than 1,300 bars: the client
 * library takes the fields of an answer off the front of an array, which V8 does at once up to some 16,000 of them and by
 * moving all the others beyond that; the array grows by half when it is closed, so that 10,900 fields are the most.
 */
export function createIbLimits(pacing: IbPacing): ProviderLimits {
  return {
    name: 'ib',
    maxWindow: {
      '1 secs': 20 * minute,
      '5 secs': hour,
      '10 secs': 3 * hour,
      '15 secs': 4 * hour,
      '30 secs': 8 * hour,
      '1 min': day,
      '2 mins': 2 * day,
      '3 mins': 4 * day,
      '5 mins': 7 * day,
      '10 mins': 7 * day,
      '15 mins': 7 * day,
      '20 mins': 7 * day,
      '30 mins': 30 * day,
      '1 hour': 30 * day,
      '2 hours': 30 * day,
      '3 hours': 30 * day,
      '4 hours': 30 * day,
      '8 hours': 30 * day,
      // A year of dates, both ends among them: some 253 sessions, in which IB counts.
      '1 day': 366 * day,
    },
    maxSnapshotContracts: 40,
    budgets: createIbBudgets(pacing),
    maxConcurrency: 40,
    typicalLatency: second,
    // Late reports and closing auctions come in for some minutes, and without a subscription the last 15 to 20 minutes are
    // withheld: half an hour after the close a bar is what it will be.
    revisionWindow: 30 * minute,
  };
}
