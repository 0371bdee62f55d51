/** What happens to connections, to the gateway's own link and to its farms, and what it says to everybody. */
import { somethingMissing, untouched } from '../fault.js';
import type { Fault } from '../fault.js';
import { placeNames, places } from '../places.js';
import type { PlaceName } from '../places.js';
import type { WrittenRule } from '../gateway.js';

/** Nothing was asked, so nothing is known. */
const unreachable: Pick<Fault, 'status' | 'code' | 'known' | 'recovery'> = {
  status: 'failed',
  code: 4,
  known: 'some',
  recovery: { kind: 'next run' },
};

const dropped: WrittenRule = { when: places.minutes.when, do: 'drop', skip: 1, times: 1 };

const told = (act: unknown): string => (typeof act === 'string' ? act : JSON.stringify(act).replaceAll(/["{}]/g, ''));

function onConnect(act: unknown, more: Partial<Fault> = {}, often: 'once' | 'always' = 'once'): Fault {
  const times = often === 'once' ? { times: 1 } : {};
  return {
    ...untouched,
    name: `${told(act)}, on connecting, ${often}`,
    rules: [{ when: 'connect', do: act, ...times }],
    ...more,
  };
}

function onReconnecting(act: unknown, more: Partial<Fault> = {}): Fault {
  const rules = [{ when: 'connect', do: act, skip: 1, times: 2 }, dropped];
  return { ...untouched, name: `${told(act)}, on connecting again, twice`, rules, ...more };
}

function at(name: PlaceName, act: unknown, more: Partial<Fault> = {}): Fault {
  const rules = [{ when: places[name].when, do: act, times: 1 }];
  return { ...untouched, name: `${told(act)}, with ${name}`, rules, ...more };
}

/** Keeps the run going until something has been said to everybody, whatever else this machine has to do. */
const unhurried: Pick<Fault, 'pipeline'> = {
  pipeline: { retry: { attempts: 3, delay: '5ms', max_delay: '20ms', timeout: '10s' } },
};
const goingOn: WrittenRule = { when: places.chain.when, do: { delay: '1800ms' } };

/** Said to everybody in the middle of the run. */
function toAll(code: number, more: Partial<Fault> = {}, message?: string): Fault {
  const act = { error: code, ...(message === undefined ? {} : { message }) };
  const rules = [goingOn, { when: { after: '1500ms' }, do: act }];
  return { ...untouched, ...unhurried, name: `${told(act)}, to everybody`, rules, ...more };
}

/** One thing is said to everybody, and then another. */
function toAllThen(name: string, first: number, then: number, notices: readonly string[]): Fault {
  const rules = [
    goingOn,
    { when: { after: '1500ms' }, do: { error: first } },
    { when: { after: '1800ms' }, do: { error: then } },
  ];
  return { ...untouched, ...unhurried, name, rules, notices, timings: { hold: 10_000 } };
}

/** Away for longer than anybody waits here. */
const patient = { timings: { hold: 400 } };
const lastMinutes = { skip: 3, times: 1 };

const silent = /accepts the connection and says nothing/;
const brief: readonly unknown[] = [
  { restart: '200ms' },
  { link_lost: '300ms', data_kept: true },
  { link_lost: '300ms', data_kept: false },
  { farm_down: 'historical', for: '300ms' },
  { farm_down: 'market', for: '300ms' },
];
const long: readonly unknown[] = [
  { restart: '1h' },
  { link_lost: '1h' },
  { farm_down: 'historical', for: '1h' },
  { farm_down: 'market', for: '1h' },
];

/** In the tests of every day. */
export const outages: readonly Fault[] = [
  onConnect('refuse'),
  onConnect('refuse', { ...unreachable, says: /closes it at once/ }, 'always'),
  onConnect('half_open', { ...unreachable, says: silent }),
  onConnect({ slow_accept: '5s' }, { ...unreachable, says: silent }, 'always'),
  onConnect({ error: 326 }, { notices: ['client-id-taken'] }),
  onConnect({ error: 326 }, { ...unreachable, says: /client id 17 and the next few are taken/ }, 'always'),
  onConnect({ error: 502 }),
  onConnect({ error: 1100 }, { notices: ['link-lost'] }),
  onConnect({ error: 1300 }, { notices: ['port-changed'] }),
  onConnect(
    { error: 2103, message: 'Market data farm connection is broken:usfarm' },
    { notices: ['farm-down', 'farm-up'] },
  ),
  onConnect({ error: 2110 }, { ...somethingMissing, ...patient, status: 'failed', notices: ['link-lost'] }),
  onReconnecting('refuse'),
  onReconnecting({ drop: 'mid_message' }),
  ...brief.map((act) => at('minutes', act)),
  ...[brief[0], brief[1], brief[4]].map((act) => at('snapshot', act)),
  ...long.map((act) =>
    at('minutes', act, { ...somethingMissing, ...patient, notices: act === long[0] ? ['connection-lost'] : [] }),
  ),
  {
    ...somethingMissing,
    ...patient,
    name: 'the gateway goes away for good at the last request of a series, and is given up',
    rules: [{ when: places.minutes.when, do: { restart: '1h' }, ...lastMinutes }],
    pipeline: { breaker: { threshold: 3, recovery: '50ms' } },
    code: 4,
    says: /did not recover/,
  },
  toAll(100, { notices: ['pacing-violation'], timings: { hold: 20_000 } }),
  toAll(1100, { ...somethingMissing, ...patient, notices: ['link-lost'] }),
  toAll(1101, { notices: ['link-restored'] }),
  toAll(1300, { notices: ['port-changed'] }),
  toAll(
    2105,
    { ...somethingMissing, ...patient, notices: ['farm-down'] },
    'HMDS data farm connection is broken:ushmds',
  ),
  toAll(
    2103,
    { ...somethingMissing, ...patient, notices: ['farm-down'] },
    'Market data farm connection is broken:usfarm',
  ),
  toAll(201, { notices: ['alarm'] }),
  toAllThen('a farm that breaks and comes back inactive', 2105, 2107, ['farm-down', 'farm-up']),
  toAllThen('a broken link that is mended', 2110, 1102, ['link-lost', 'link-restored']),
];

const alreadyShown: ReadonlySet<PlaceName> = new Set(['minutes', 'snapshot']);
const statusOnly = [326, 502, 504, 2104, 2106, 2107, 2108, 2119, 2158, 202, 9999];

/** In the campaign only. */
export const moreOutages: readonly Fault[] = [
  onConnect({ slow_accept: '300ms' }, {}, 'always'),
  onConnect({ error: 504 }),
  onConnect({ error: 1300 }, unreachable, 'always'),
  onReconnecting({ slow_accept: '300ms' }),
  toAll(10197, { notices: ['competing-session'] }),
  toAll(1102, { notices: ['link-restored'] }),
  ...[brief[2], brief[3]].map((act) => at('snapshot', act)),
  onConnect('drop'),
  onConnect('drop', { ...unreachable, says: /closes it at once/ }, 'always'),
  onConnect({ drop: 'mid_message' }),
  onConnect({ drop: 'mid_message' }, unreachable, 'always'),
  onConnect('half_open', { ...unreachable, says: silent }, 'always'),
  onConnect({ slow_accept: '300ms' }),
  onConnect({ slow_accept: '5s' }, { ...unreachable, says: silent }),
  onReconnecting('drop'),
  onReconnecting('half_open', { timings: { hold: 6_000 }, pipeline: { retry: { timeout: '8s', delay: '5ms' } } }),
  ...[100, 1101, 1102, 2104, 2105, 2106, 2107, 2108, 2119, 2158, 10197, 201, 202, 9999].map((code) =>
    onConnect(
      { error: code },
      code === 100 ? { timings: { hold: 20_000 }, pipeline: { retry: { timeout: '20s' } } } : {},
    ),
  ),
  ...placeNames.flatMap((name) => (alreadyShown.has(name) ? [] : brief.map((act) => at(name, act)))),
  ...(['details', 'quote'] as const).flatMap((name) =>
    long.map((act) => at(name, act, { ...somethingMissing, ...patient })),
  ),
  ...statusOnly.map((code) => toAll(code)),
  toAll(2110, { ...somethingMissing, ...patient, notices: ['link-lost'] }),
  toAllThen('a lost link that comes back without its data', 1100, 1101, ['link-lost', 'link-restored']),
  ...['drop', 'half_open', { restart: '200ms' }, { link_lost: '200ms' }, { farm_down: 'historical', for: '200ms' }].map(
    (act): Fault => ({
      ...untouched,
      name: `${told(act)}, in the middle of the run`,
      rules: [{ when: { after: '300ms' }, do: act }],
    }),
  ),
];
