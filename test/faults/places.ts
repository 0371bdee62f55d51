import type { Fault, Known, Recovery } from './fault.js';
import type { WrittenRule } from './gateway.js';

/** Where something can go wrong: one step of one symbol, with what then is not there. */
export interface Place {
  readonly when: Readonly<Record<string, unknown>>;
  readonly steps: readonly string[];
  readonly symbol: string;
  /** What is known when every request of this place has come to a state. */
  always(state: string): Known;
  /** And when the first of them has. */
  once(state: string): Known;
}

const noMicrosoft: Known = {
  'chains MSFT': null,
  '1 day MSFT': null,
  '1 min MSFT': null,
  'option_bars MSFT': null,
  'history_starts MSFT': null,
  'quotes MSFT': null,
  'option_snapshots MSFT': null,
};

/** A place with one request: once is always. */
function single(when: Place['when'], steps: readonly string[], symbol: string, known: (state: string) => Known): Place {
  return { when, steps, symbol, always: known, once: known };
}

export const places = {
  /** Four requests, one a session. */
  minutes: {
    when: { request: 'historical', symbol: 'AAPL', bar_size: '1 min' },
    steps: ['equity'],
    symbol: 'AAPL',
    always: (state) => ({ '1 min AAPL': `${state} 4` }),
    once: (state) => ({ '1 min AAPL': inOrder('data 3', `${state} 1`) }),
  },
  days: single({ request: 'historical', symbol: 'AAPL', bar_size: '1 day' }, ['equity'], 'AAPL', (state) => ({
    '1 day AAPL': `${state} 4`,
  })),
  /** Six requests, one an option, of three sessions each. */
  options: {
    when: { request: 'historical', symbol: 'AAPL', bar_size: '1 hour' },
    steps: ['options'],
    symbol: 'AAPL',
    always: (state) => ({ 'option_bars AAPL': `${state} 18` }),
    once: (state) => ({ 'option_bars AAPL': inOrder('data 15', `${state} 3`) }),
  },
  details: single({ request: 'contract-details', symbol: 'MSFT' }, ['contracts'], 'MSFT', (state) => ({
    'contracts MSFT': `${state} 1`,
    ...noMicrosoft,
  })),
  chain: single({ request: 'option-parameters', symbol: 'AAPL' }, ['chains'], 'AAPL', (state) => ({
    'chains AAPL': `${state} 1`,
    'option_bars AAPL': null,
    'option_snapshots AAPL': null,
  })),
  head: single({ request: 'head-timestamp', symbol: 'AAPL' }, ['history'], 'AAPL', (state) => ({
    'history_starts AAPL': `${state} 1`,
    // That a history begins nowhere holds nobody up.
    ...(state === 'empty' ? {} : { '1 day AAPL': null, '1 min AAPL': null, 'option_bars AAPL': null }),
  })),
  quote: single({ request: 'market-data', symbol: 'VIX' }, ['quotes'], 'VIX', (state) => ({
    'quotes VIX': `${state} 1`,
  })),
  /** The calls: three of the six options of one request. */
  snapshot: single({ request: 'market-data', symbol: 'AAPL', right: 'C' }, ['snapshots'], 'AAPL', (state) => ({
    'option_snapshots AAPL': `${state} 1`,
  })),
} as const satisfies Readonly<Record<string, Place>>;

export type PlaceName = keyof typeof places;

export const placeNames: readonly PlaceName[] = [
  'minutes',
  'days',
  'options',
  'details',
  'chain',
  'head',
  'quote',
  'snapshot',
];

/** What a fault does to the requests that it hits. */
export type Effect =
  /** Another attempt brings the answer; without end there is none. */
  | 'passing'
  /** No other attempt is made. */
  | 'failed'
  | 'denied'
  | 'lost'
  /** The source says that there is nothing. */
  | 'empty'
  /** The source does not know the option. */
  | 'unlisted'
  /** Other options of the same request are there, and it is stored without these. */
  | 'left out'
  /** Nothing happens. */
  | 'harmless';

/** How often a fault strikes. */
export type Often = 'once' | 'always';

/** The row for something that happens at a place. */
export function faultAt(name: PlaceName, often: Often, act: unknown, effect: Effect, more: Partial<Fault> = {}): Fault {
  const place: Place = places[name];
  const rule: WrittenRule = { when: place.when, do: act, ...(often === 'once' ? { times: 1 } : {}) };
  const told = typeof act === 'string' ? act : JSON.stringify(act).replaceAll(/["{}]/g, '').replaceAll(':', ' ');
  return { name: `${told}, ${name}, ${often}`, rules: [rule], ...consequences(place, name, often, effect), ...more };
}

function consequences(
  place: Place,
  name: PlaceName,
  often: Often,
  effect: Effect,
): Pick<Fault, 'status' | 'code' | 'known' | 'recovery' | 'believed' | 'leftOut'> {
  const known = (state: string): Known => (often === 'once' ? place.once(state) : place.always(state));
  const partial = (state: string, recovery: Recovery): ReturnType<typeof consequences> => ({
    status: 'partial',
    code: 3,
    known: known(state),
    recovery,
  });
  const ok = { status: 'ok', code: 0 } as const;
  const forced: Recovery = { kind: 'when forced', options: { steps: place.steps, symbols: [place.symbol] } };
  const unlisted = { 'unlisted AAPL': `empty ${often === 'once' ? 1 : name === 'options' ? 6 : 3}` };
  switch (effect) {
    case 'harmless':
      return { ...ok, known: {}, recovery: { kind: 'nothing is missing' } };
    case 'passing':
      if (often === 'once') return { ...ok, known: {}, recovery: { kind: 'nothing is missing' } };
      return partial('failed', { kind: 'next run' });
    case 'failed':
      return partial('failed', { kind: 'next run' });
    case 'denied':
      return partial('denied', { kind: 'when told to retry what was denied' });
    case 'lost':
      return partial('lost', forced);
    case 'empty':
      return { ...ok, known: known('empty'), recovery: forced, believed: true };
    case 'unlisted':
      if (name === 'snapshot') return { ...ok, known: unlisted, recovery: forced, leftOut: true };
      return { ...ok, known: { ...known('empty'), ...unlisted }, recovery: forced, believed: true };
    case 'left out':
      return { ...ok, known: {}, recovery: forced, leftOut: true };
  }
}

function inOrder(...parts: readonly string[]): string {
  return parts.toSorted().join(', ');
}
