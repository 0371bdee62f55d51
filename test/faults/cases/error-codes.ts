/** Every error code of the TWS reference as the answer to a request, once and always. */
import { minute, second } from '../../../src/core/time/time.js';
import { historicalErrorPrefix } from '../../../src/simulators/tws/default-messages.js';
import { createFaultCase, faultTargetNames } from '../fault-targets.js';
import type { Effect, Frequency, FaultTargetName } from '../fault-targets.js';
import type { FaultCase } from '../fault-case.js';

/** The effect of an error code by request. */
interface CodeRow {
  readonly code: number;
  /** Message, if the code alone is ambiguous. */
  readonly message?: string;
  readonly effect: Effect;
  /** Targets for which the code has another effect. */
  readonly effectByTarget?: Readonly<Partial<Record<FaultTargetName, Effect>>>;
  /** Delay that the provider requests after the first error. */
  readonly retryAfterMs?: number;
  readonly notices?: readonly string[];
  /** Targets that the default test run includes. */
  readonly inDefaultRun: readonly (readonly [FaultTargetName, Frequency])[];
}

const historicalError = (text: string): string => `${historicalErrorPrefix}${text}`;
const onceOnMinutes = [['minutes', 'once']] as const;
const alwaysOnOptions = [['options', 'always']] as const;
const alwaysOnQuote = [['quote', 'always']] as const;
/** A rejected option does not affect the rows of the others. */
const leftOutOfSnapshot = { snapshot: 'left out' } as const;

const codes: readonly CodeRow[] = [
  { code: 100, effect: 'passing', retryAfterMs: 5 * second, inDefaultRun: [['snapshot', 'once']] },
  {
    code: 101,
    effect: 'passing',
    retryAfterMs: 10 * second,
    inDefaultRun: [
      ['snapshot', 'once'],
      ['quote', 'always'],
    ],
  },
  { code: 102, effect: 'passing', inDefaultRun: onceOnMinutes },
  {
    code: 162,
    message: historicalError('Historical data request pacing violation'),
    effect: 'passing',
    retryAfterMs: 15 * second,
    notices: ['pacing-violation'],
    inDefaultRun: alwaysOnOptions,
  },
  {
    code: 162,
    message: historicalError('HMDS query returned no data: AAPL@SMART Trades'),
    effect: 'empty',
    effectByTarget: { details: 'passing', quote: 'passing', snapshot: 'passing' },
    inDefaultRun: alwaysOnOptions,
  },
  {
    code: 162,
    message: historicalError('No market data permissions for NASDAQ STK'),
    effect: 'denied',
    effectByTarget: leftOutOfSnapshot,
    inDefaultRun: [
      ['minutes', 'once'],
      ['head', 'once'],
    ],
  },
  {
    code: 162,
    message: historicalError('API historical data query cancelled: 5'),
    effect: 'passing',
    inDefaultRun: alwaysOnOptions,
  },
  {
    code: 162,
    message: historicalError('invalid step: 1 M'),
    effect: 'failed',
    effectByTarget: leftOutOfSnapshot,
    inDefaultRun: alwaysOnOptions,
  },
  { code: 162, message: historicalError('something new'), effect: 'passing', inDefaultRun: alwaysOnOptions },
  { code: 165, effect: 'passing', effectByTarget: { snapshot: 'left out' }, inDefaultRun: onceOnMinutes },
  { code: 166, effect: 'unavailable', effectByTarget: { snapshot: 'left out' }, inDefaultRun: alwaysOnOptions },
  {
    code: 200,
    effect: 'failed',
    effectByTarget: { options: 'unlisted', snapshot: 'unlisted' },
    inDefaultRun: [
      ['minutes', 'once'],
      ['details', 'once'],
    ],
  },
  { code: 203, effect: 'denied', effectByTarget: leftOutOfSnapshot, inDefaultRun: alwaysOnOptions },
  { code: 300, effect: 'passing', inDefaultRun: [['snapshot', 'once']] },
  { code: 320, effect: 'failed', effectByTarget: leftOutOfSnapshot, inDefaultRun: onceOnMinutes },
  { code: 321, effect: 'failed', effectByTarget: leftOutOfSnapshot, inDefaultRun: [['chain', 'once']] },
  { code: 322, effect: 'passing', inDefaultRun: alwaysOnOptions },
  { code: 323, effect: 'passing', inDefaultRun: onceOnMinutes },
  { code: 326, effect: 'passing', inDefaultRun: [] },
  {
    code: 354,
    effect: 'denied',
    effectByTarget: leftOutOfSnapshot,
    inDefaultRun: [...alwaysOnQuote, ['snapshot', 'always']],
  },
  { code: 366, effect: 'passing', inDefaultRun: onceOnMinutes },
  { code: 386, effect: 'passing', inDefaultRun: onceOnMinutes },
  { code: 420, effect: 'passing', retryAfterMs: minute, inDefaultRun: onceOnMinutes },
  { code: 502, effect: 'passing', inDefaultRun: [] },
  { code: 504, effect: 'passing', inDefaultRun: onceOnMinutes },
  { code: 10089, effect: 'denied', effectByTarget: leftOutOfSnapshot, inDefaultRun: alwaysOnQuote },
  {
    code: 10090,
    effect: 'denied',
    effectByTarget: { quote: 'harmless', snapshot: 'harmless' },
    inDefaultRun: alwaysOnQuote,
  },
  {
    code: 10091,
    effect: 'denied',
    effectByTarget: { quote: 'harmless', snapshot: 'harmless' },
    inDefaultRun: alwaysOnQuote,
  },
  { code: 10167, effect: 'denied', effectByTarget: leftOutOfSnapshot, inDefaultRun: alwaysOnQuote },
  { code: 10168, effect: 'denied', effectByTarget: leftOutOfSnapshot, inDefaultRun: alwaysOnQuote },
  { code: 10186, effect: 'denied', effectByTarget: leftOutOfSnapshot, inDefaultRun: alwaysOnQuote },
  { code: 10187, effect: 'denied', effectByTarget: leftOutOfSnapshot, inDefaultRun: [['quote', 'always']] },
  { code: 10189, effect: 'denied', effectByTarget: leftOutOfSnapshot, inDefaultRun: [['quote', 'always']] },
  {
    code: 10197,
    effect: 'passing',
    retryAfterMs: 3 * minute,
    notices: ['competing-session'],
    inDefaultRun: [['quote', 'once']],
  },
  // The code is about an order, so it answers no request, whatever its id.
  {
    code: 201,
    effect: 'passing',
    effectByTarget: leftOutOfSnapshot,
    notices: ['unexpected'],
    inDefaultRun: onceOnMinutes,
  },
  {
    code: 202,
    effect: 'passing',
    effectByTarget: leftOutOfSnapshot,
    notices: ['unexpected'],
    inDefaultRun: [['quote', 'once']],
  },
  { code: 9999, effect: 'passing', inDefaultRun: onceOnMinutes },
];

function createCase(
  { code, message, effect, effectByTarget = {}, retryAfterMs, notices }: CodeRow,
  name: FaultTargetName,
  frequency: Frequency,
): FaultCase {
  const act = { error: code, ...(message === undefined ? {} : { message }) };
  const targetEffect = effectByTarget[name] ?? effect;
  // Consecutive violations increase the delay.
  const expectedWait = retryAfterMs === undefined || frequency === 'always' ? {} : { retryAfterMs };
  return createFaultCase(name, frequency, act, targetEffect, {
    ...expectedWait,
    ...(notices === undefined ? {} : { notices }),
  });
}

const often = ['once', 'always'] as const;

const isInDefaultRun = ({ inDefaultRun }: CodeRow, name: FaultTargetName, frequency: Frequency): boolean =>
  inDefaultRun.some(([place, one]) => place === name && one === frequency);

const allCases = codes.flatMap((row) =>
  faultTargetNames.flatMap((name) =>
    often.map((how) => ({ fault: createCase(row, name, how), shown: isInDefaultRun(row, name, how) })),
  ),
);

/** Delayed data replaces live data where that is allowed, with a notice. */
const delayedDataCases: readonly FaultCase[] = [354, 10089, 10090, 10091, 10167, 10168, 10186].flatMap((code) =>
  (['quote', 'snapshot'] as const).map((name): FaultCase => {
    const fault = createFaultCase(name, 'always', { error: code }, 'harmless', {
      settings: { allowDelayed: true },
      notices: ['delayed-data'],
      changedTable: name === 'quote' ? 'quotes' : 'option_snapshots',
    });
    return { ...fault, name: `${fault.name}, delayed data allowed` };
  }),
);

/** Faults of the default test run. */
export const errorCodeFaults: readonly FaultCase[] = [
  ...allCases.flatMap(({ fault, shown: inDefaultRun }) => (inDefaultRun ? [fault] : [])),
  ...delayedDataCases.filter((_, index) => index % 4 === 0),
];

/** Faults of the campaign only. */
export const campaignErrorCodeFaults: readonly FaultCase[] = [
  ...allCases.flatMap(({ fault, shown: inDefaultRun }) => (inDefaultRun ? [] : [fault])),
  ...delayedDataCases.filter((_, index) => index % 4 !== 0),
];
