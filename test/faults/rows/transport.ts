/** Silence, cut lines and answers that are none: at every place, once and without end. */
import { faultAt, placeNames, places } from '../places.js';
import type { Effect, Often, PlaceName } from '../places.js';
import { somethingMissing, untouched } from '../fault.js';
import type { Fault } from '../fault.js';

const lateForGood = { delay: '4s' };

/** One attempt brings it, or the next. */
const passing: readonly unknown[] = ['silence', 'garbage', 'drop', { drop: 'mid_message' }, 'half_open'];

/** One request at a time, so that a cut line cuts nothing else. */
const oneAtATime = { pacing: { budgets: [{ name: 'at-once', kind: 'open', limit: 1 }] } };

/** The last of the four requests for minutes, whenever it is asked. */
function lastMinutes(act: unknown): Fault {
  return {
    ...somethingMissing,
    name: `${JSON.stringify(act)}, the last request of a series, always`,
    rules: [{ when: places.minutes.when, do: act, skip: 3 }],
    pipeline: oneAtATime,
    known: places.minutes.once('failed'),
  };
}

/** One in the middle of the series, once. */
function middleMinutes(act: unknown): Fault {
  return {
    ...untouched,
    name: `${JSON.stringify(act)}, the second request of a series, once`,
    rules: [{ when: places.minutes.when, do: act, skip: 1, times: 1 }],
  };
}

/** Silence of one option among others is taken for its own once the gateway has shown that it is alive. */
function silenceOf(name: PlaceName): Effect {
  return name === 'snapshot' ? 'left out' : 'passing';
}

function atPlace(name: PlaceName): readonly Fault[] {
  return [
    ...passing.map((act) => faultAt(name, 'once', act, act === 'silence' ? silenceOf(name) : 'passing')),
    faultAt(name, 'once', { delay: '100ms' }, 'harmless'),
  ];
}

function withoutEnd(name: PlaceName): readonly Fault[] {
  return [faultAt(name, 'always', 'silence', silenceOf(name)), faultAt(name, 'always', lateForGood, silenceOf(name))];
}

/** An answer that says that there is nothing, or knows no such contract, or that it has expired. */
const answers: Readonly<Record<PlaceName, Readonly<Record<'empty' | 'unknown' | 'expired', Effect>>>> = {
  minutes: { empty: 'empty', unknown: 'failed', expired: 'lost' },
  days: { empty: 'empty', unknown: 'failed', expired: 'lost' },
  options: { empty: 'empty', unknown: 'unlisted', expired: 'lost' },
  details: { empty: 'failed', unknown: 'failed', expired: 'failed' },
  // Who is asked by number is never unknown.
  chain: { empty: 'empty', unknown: 'harmless', expired: 'harmless' },
  head: { empty: 'empty', unknown: 'failed', expired: 'lost' },
  quote: { empty: 'passing', unknown: 'failed', expired: 'failed' },
  snapshot: { empty: 'left out', unknown: 'unlisted', expired: 'unlisted' },
};

function answered(name: PlaceName, often: Often): readonly Fault[] {
  const { empty, unknown, expired } = answers[name];
  return [
    faultAt(name, often, 'empty', empty),
    faultAt(name, often, 'unknown', unknown),
    faultAt(name, often, 'expired', expired),
  ];
}

const half = { truncate: 0.5 };

/** Answers of which the end is missing are taken for what they are. */
const truncated: readonly Fault[] = [
  faultAt('minutes', 'once', half, 'failed', { known: places.minutes.once('data+failed') }),
  faultAt('days', 'once', half, 'failed', { known: { '1 day AAPL': 'data 2, failed 2' } }),
];

const moreTruncated: readonly Fault[] = [
  faultAt('options', 'once', half, 'failed', { known: { 'option_bars AAPL': 'data 16, data+failed 1, failed 1' } }),
  faultAt('minutes', 'always', half, 'failed', { known: places.minutes.always('data+failed') }),
  faultAt('options', 'always', half, 'failed', { known: { 'option_bars AAPL': 'data 6, data+failed 6, failed 6' } }),
  // Nothing of it left is what the gateway says when there is nothing.
  faultAt('minutes', 'once', { truncate: 0 }, 'empty'),
  faultAt('details', 'once', half, 'failed'),
  faultAt('quote', 'always', half, 'harmless'),
];

const midMessage = { drop: 'mid_message' };

/** What of the places is shown in the tests of every day. */
const shownOnce: Readonly<Record<PlaceName, readonly unknown[]>> = {
  minutes: ['silence', midMessage, 'half_open', 'empty', 'expired', { delay: '100ms' }],
  days: [midMessage],
  options: ['drop', 'unknown'],
  details: [midMessage, 'garbage', 'unknown'],
  chain: [midMessage, 'empty'],
  head: ['half_open', 'empty'],
  quote: ['silence', 'unknown'],
  snapshot: ['silence', midMessage, 'half_open', 'garbage', 'unknown'],
};

const once = placeNames.flatMap((name) =>
  [...atPlace(name), ...answered(name, 'once')].map((fault) => ({
    fault,
    shown: shownOnce[name].some((act) => JSON.stringify(act) === JSON.stringify(fault.rules[0]?.['do'])),
  })),
);

/** In the tests of every day. */
export const transport: readonly Fault[] = [
  ...once.flatMap(({ fault, shown }) => (shown ? [fault] : [])),
  faultAt('minutes', 'always', 'silence', 'passing'),
  ...truncated,
  ...['silence', midMessage].map(lastMinutes),
  ...['half_open', midMessage].map(middleMinutes),
  { ...somethingMissing, name: 'drop of every seventh request', rules: [{ when: 'request', do: 'drop', every: 7 }] },
  {
    ...somethingMissing,
    name: 'silence of everything',
    status: 'failed',
    rules: [{ when: 'request', do: 'silence' }],
  },
];

/** In the campaign only. */
export const moreTransport: readonly Fault[] = [
  ...once.flatMap(({ fault, shown }) => (shown ? [] : [fault])),
  ...placeNames.flatMap(withoutEnd).filter(({ name }) => name !== 'silence, minutes, always'),
  ...placeNames.flatMap((name) => answered(name, 'always')),
  ...moreTruncated,
  ...['half_open', 'garbage', 'drop', { restart: '200ms' }].map(lastMinutes),
  ...['silence', 'garbage', 'drop'].map(middleMinutes),
  {
    ...somethingMissing,
    name: 'garbage for every seventh request',
    rules: [{ when: 'request', do: 'garbage', every: 7 }],
  },
];
