/** Every code of the reference as the answer to a request, once and without end. */
import { minute, second } from '../../../src/core/time.js';
import { serviceError } from '../../../src/simulators/tws/error-texts.js';
import { faultAt, placeNames } from '../places.js';
import type { Effect, Often, PlaceName } from '../places.js';
import type { Fault } from '../fault.js';

/** What a code says about what kind of request. */
interface CodeRow {
  readonly code: number;
  /** Where the code alone does not tell. */
  readonly message?: string;
  readonly effect: Effect;
  /** Where it means something else than everywhere. */
  readonly except?: Readonly<Partial<Record<PlaceName, Effect>>>;
  /** What the adapter asks to wait after the first. */
  readonly asksToWait?: number;
  readonly notices?: readonly string[];
  /** Places to be shown in the tests of every day. */
  readonly shown: readonly (readonly [PlaceName, Often])[];
}

const historical = (text: string): string => `${serviceError}${text}`;
const first = [['minutes', 'once']] as const;
const bars = [['options', 'always']] as const;
const quotes = [['quote', 'always']] as const;
/** One option that is refused costs no other its row. */
const refused = { snapshot: 'left out' } as const;

const codes: readonly CodeRow[] = [
  { code: 100, effect: 'passing', asksToWait: 5 * second, shown: [['snapshot', 'once']] },
  {
    code: 101,
    effect: 'passing',
    asksToWait: 10 * second,
    shown: [
      ['snapshot', 'once'],
      ['quote', 'always'],
    ],
  },
  { code: 102, effect: 'passing', shown: first },
  {
    code: 162,
    message: historical('Historical data request pacing violation'),
    effect: 'passing',
    asksToWait: 15 * second,
    notices: ['pacing-violation'],
    shown: bars,
  },
  {
    code: 162,
    message: historical('HMDS query returned no data: AAPL@SMART Trades'),
    effect: 'empty',
    except: { details: 'passing', quote: 'passing', snapshot: 'passing' },
    shown: bars,
  },
  {
    code: 162,
    message: historical('No market data permissions for NASDAQ STK'),
    effect: 'denied',
    except: refused,
    shown: [
      ['minutes', 'once'],
      ['head', 'once'],
    ],
  },
  { code: 162, message: historical('API historical data query cancelled: 5'), effect: 'passing', shown: bars },
  { code: 162, message: historical('invalid step: 1 M'), effect: 'failed', except: refused, shown: bars },
  { code: 162, message: historical('something new'), effect: 'passing', shown: bars },
  { code: 165, effect: 'passing', except: { snapshot: 'left out' }, shown: first },
  { code: 166, effect: 'lost', except: { snapshot: 'left out' }, shown: bars },
  {
    code: 200,
    effect: 'failed',
    except: { options: 'unlisted', snapshot: 'unlisted' },
    shown: [
      ['minutes', 'once'],
      ['details', 'once'],
    ],
  },
  { code: 203, effect: 'denied', except: refused, shown: bars },
  { code: 300, effect: 'passing', shown: [['snapshot', 'once']] },
  { code: 320, effect: 'failed', except: refused, shown: first },
  { code: 321, effect: 'failed', except: refused, shown: [['chain', 'once']] },
  { code: 322, effect: 'passing', shown: bars },
  { code: 323, effect: 'passing', shown: first },
  { code: 326, effect: 'passing', shown: [] },
  { code: 354, effect: 'denied', except: refused, shown: [...quotes, ['snapshot', 'always']] },
  { code: 366, effect: 'passing', shown: first },
  { code: 386, effect: 'passing', shown: first },
  { code: 420, effect: 'passing', asksToWait: minute, shown: first },
  { code: 502, effect: 'passing', shown: [] },
  { code: 504, effect: 'passing', shown: first },
  { code: 10089, effect: 'denied', except: refused, shown: quotes },
  { code: 10090, effect: 'denied', except: { quote: 'harmless', snapshot: 'harmless' }, shown: quotes },
  { code: 10091, effect: 'denied', except: { quote: 'harmless', snapshot: 'harmless' }, shown: quotes },
  { code: 10167, effect: 'denied', except: refused, shown: quotes },
  { code: 10168, effect: 'denied', except: refused, shown: quotes },
  { code: 10186, effect: 'denied', except: refused, shown: quotes },
  { code: 10187, effect: 'denied', except: refused, shown: [['quote', 'always']] },
  { code: 10189, effect: 'denied', except: refused, shown: [['quote', 'always']] },
  {
    code: 10197,
    effect: 'passing',
    asksToWait: 3 * minute,
    notices: ['competing-session'],
    shown: [['quote', 'once']],
  },
  // It is about an order, whosever number it has: nobody's answer.
  { code: 201, effect: 'passing', except: refused, notices: ['alarm'], shown: first },
  { code: 202, effect: 'passing', except: refused, notices: ['alarm'], shown: [['quote', 'once']] },
  { code: 9999, effect: 'passing', shown: first },
];

function rowFor(
  { code, message, effect, except = {}, asksToWait, notices }: CodeRow,
  name: PlaceName,
  often: Often,
): Fault {
  const act = { error: code, ...(message === undefined ? {} : { message }) };
  const here = except[name] ?? effect;
  // Violations in a row ask for ever longer waits.
  const waits = asksToWait === undefined || often === 'always' ? {} : { asksToWait };
  return faultAt(name, often, act, here, { ...waits, ...(notices === undefined ? {} : { notices }) });
}

const often = ['once', 'always'] as const;

const isShown = ({ shown }: CodeRow, name: PlaceName, how: Often): boolean =>
  shown.some(([place, one]) => place === name && one === how);

const matrix = codes.flatMap((row) =>
  placeNames.flatMap((name) => often.map((how) => ({ fault: rowFor(row, name, how), shown: isShown(row, name, how) }))),
);

/** Where delayed data may stand in for live data, it does, and says so. */
const delayed: readonly Fault[] = [354, 10089, 10090, 10091, 10167, 10168, 10186].flatMap((code) =>
  (['quote', 'snapshot'] as const).map((name): Fault => {
    const fault = faultAt(name, 'always', { error: code }, 'harmless', {
      settings: { allowDelayed: true },
      notices: ['delayed-data'],
      otherRows: name === 'quote' ? 'quotes' : 'option_snapshots',
    });
    return { ...fault, name: `${fault.name}, delayed data allowed` };
  }),
);

/** In the tests of every day. */
export const codeFaults: readonly Fault[] = [
  ...matrix.flatMap(({ fault, shown }) => (shown ? [fault] : [])),
  ...delayed.filter((_, index) => index % 4 === 0),
];

/** In the campaign only. */
export const moreCodeFaults: readonly Fault[] = [
  ...matrix.flatMap(({ fault, shown }) => (shown ? [] : [fault])),
  ...delayed.filter((_, index) => index % 4 !== 0),
];
