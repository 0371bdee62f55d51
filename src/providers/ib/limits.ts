import { barSizes } from '../../core/tables/bars.js';
import type { BarSize } from '../../core/tables/bars.js';
import type { Budget } from '../../core/budget.js';
import { defaultEmptyConfirmation } from '../../core/empty-confirmation.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import type { Dataset } from '../../core/tables/tables.js';
import { day, hour, minute, second } from '../../core/time/time.js';
import { getLineSpacing, getUsableLines } from './settings.js';

/** `relaxed` applies the documented limits only to bars of 30 seconds or less, as IB does in practice. */
export type IbPacing = 'default' | 'relaxed';

const barDatasets: readonly Dataset[] = ['equity_bars', 'option_bars'];
const historicalDatasets: readonly Dataset[] = [...barDatasets, 'history_starts'];

/** IB counts a request for BID_ASK as two. */
const weights = { BID_ASK: 2 } as const;

const allBarSizes = Object.keys(barSizes).filter((size): size is BarSize => Object.hasOwn(barSizes, size));
const shortBars = allBarSizes.filter((size) => barSizes[size] <= 30 * second);
const longBars = allBarSizes.filter((size) => barSizes[size] > 30 * second);

/** The options of one snapshot: its rows share one moment, and a failure repeats all of them. */
const maxSnapshotContracts = 40;

/**
 * The snapshots in flight: enough that a free line always finds an option that waits for it. The adapter shares the lines among
 * them; see market-data-lines.ts.
 */
function countOpenSnapshots(lines: number | undefined): number {
  return Math.ceil(getUsableLines(lines) / maxSnapshotContracts) + 1;
}

/** Limits on requests in flight and on messages, independent of the limits on history. */
const createCommonBudgets = (lines: number | undefined): readonly Budget[] => [
  // IB allows 50; a cancelled request counts until the cancellation has arrived.
  { kind: 'open', name: 'open historical requests', scope: 'account', limit: 45, datasets: historicalDatasets },
  {
    kind: 'open',
    name: 'snapshots of options',
    scope: 'account',
    limit: countOpenSnapshots(lines),
    datasets: ['option_snapshots'],
  },
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
  // IB allows 50 messages a second and the client library sends at most 40; snapshots take what other requests leave.
  { kind: 'rolling', name: 'messages', scope: 'connection', limit: 12, span: second },
];

/** The documented limits of one kind of historical requests; `limit` is its share of the 60 requests in ten minutes. */
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
      // A busy machine may send the first of two identical requests late; only repetitions wait for this margin.
      margin: 3 * second,
      ...filter,
    },
  ];
}

export function createIbBudgets(pacing: IbPacing, lines?: number): readonly Budget[] {
  const commonBudgets = createCommonBudgets(lines);
  if (pacing === 'default')
    return [...createHistoricalBudgets('historical requests', 60, { datasets: historicalDatasets }), ...commonBudgets];
  return [
    // 50 and 10 keep within 60 whether IB adds the two kinds up or not.
    ...createHistoricalBudgets('short bars', 50, { datasets: barDatasets, barSizes: shortBars }),
    ...createHistoricalBudgets('history starts', 10, { datasets: ['history_starts'] }),
    // IB replaced the hard limits by an unpublished soft one, which it enforces by closing the connection.
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
 * The windows follow IB's table of durations and bar sizes, and bring at most 1,300 bars. The client library removes the
 * fields of a message one by one from the front of an array. V8 does that in constant time up to about 16,000 elements and
 * moves the whole array beyond; the array grows by half while it is filled, so a message should not exceed 10,900 fields.
 */
export function createIbLimits(pacing: IbPacing, lines?: number): ProviderLimits {
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
      // A year of dates, both ends included: about 253 sessions, and IB counts sessions.
      '1 day': 366 * day,
    },
    maxSnapshotContracts,
    budgets: createIbBudgets(pacing, lines),
    maxConcurrency: 40,
    typicalLatency: second,
    instrumentSpacing: getLineSpacing(lines),
    openingTime: second / 2,
    // Late reports and closing auctions arrive for some minutes, and without a subscription the last 15 to 20 minutes are
    // withheld: half an hour after the close a bar is final.
    revisionWindow: 30 * minute,
    confirmEmpty: defaultEmptyConfirmation,
  };
}
