/** Faults of connections, of the gateway's upstream connection and of its farms, and system messages to all clients. */
import { incomplete, noChange } from '../fault-case.js';
import type { FaultCase } from '../fault-case.js';
import { faultTargetNames, faultTargets } from '../fault-targets.js';
import type { FaultTargetName } from '../fault-targets.js';
import type { RuleInput } from '../fault-gateway.js';

/** The run sent no request, so the lake has no states. */
const unreachable: Pick<FaultCase, 'status' | 'code' | 'stateChanges' | 'recovery'> = {
  status: 'failed',
  code: 4,
  stateChanges: 'some',
  recovery: { kind: 'next-run' },
};

const dropOnce: RuleInput = { when: faultTargets.minutes.when, do: 'drop', skip: 1, times: 1 };

const formatAction = (action: unknown): string =>
  typeof action === 'string' ? action : JSON.stringify(action).replaceAll(/["{}]/g, '');

function onConnect(
  action: unknown,
  overrides: Partial<FaultCase> = {},
  frequency: 'once' | 'always' = 'once',
): FaultCase {
  const times = frequency === 'once' ? { times: 1 } : {};
  return {
    ...noChange,
    name: `${formatAction(action)}, on connecting, ${frequency}`,
    rules: [{ when: 'connect', do: action, ...times }],
    ...overrides,
  };
}

function onReconnect(action: unknown, overrides: Partial<FaultCase> = {}): FaultCase {
  const rules = [{ when: 'connect', do: action, skip: 1, times: 2 }, dropOnce];
  return { ...noChange, name: `${formatAction(action)}, on connecting again, twice`, rules, ...overrides };
}

function duringRequest(name: FaultTargetName, action: unknown, overrides: Partial<FaultCase> = {}): FaultCase {
  const rules = [{ when: faultTargets[name].when, do: action, times: 1 }];
  return { ...noChange, name: `${formatAction(action)}, with ${name}`, rules, ...overrides };
}

/** Delays the run until the system message has been sent, even on a busy machine. */
const longTimeout: Pick<FaultCase, 'pipeline'> = {
  pipeline: { retry: { attempts: 3, delay: '5ms', max_delay: '20ms', timeout: '10s' } },
};
const delayChain: RuleInput = { when: faultTargets.chain.when, do: { delay: '1800ms' } };

/** A system message to all clients during the run. */
function broadcast(code: number, overrides: Partial<FaultCase> = {}, message?: string): FaultCase {
  const action = { error: code, ...(message === undefined ? {} : { message }) };
  const rules = [delayChain, { when: { after: '1500ms' }, do: action }];
  return { ...noChange, ...longTimeout, name: `${formatAction(action)}, to all clients`, rules, ...overrides };
}

/** Two system messages in sequence. */
function broadcastTwice(name: string, first: number, then: number, notices: readonly string[]): FaultCase {
  const rules = [
    delayChain,
    { when: { after: '1500ms' }, do: { error: first } },
    { when: { after: '1800ms' }, do: { error: then } },
  ];
  return { ...noChange, ...longTimeout, name, rules, notices, timings: { maxHold: 10_000 } };
}

/** Outages longer than any time limit of these tests. */
const shortHold = { timings: { maxHold: 400 } };
const lastMinutesRequest = { skip: 3, times: 1 };

const silentConnection = /accepted the connection and sent no response/;
const briefOutages: readonly unknown[] = [
  { restart: '200ms' },
  { upstream_lost: '300ms', data_kept: true },
  { upstream_lost: '300ms', data_kept: false },
  { farm_down: 'historical', for: '300ms' },
  { farm_down: 'market', for: '300ms' },
];
const longOutages: readonly unknown[] = [
  { restart: '1h' },
  { upstream_lost: '1h' },
  { farm_down: 'historical', for: '1h' },
  { farm_down: 'market', for: '1h' },
];

/** Faults of the default test run. */
export const outageFaults: readonly FaultCase[] = [
  onConnect('refuse'),
  onConnect('refuse', { ...unreachable, fatalMessage: /closed it immediately/ }, 'always'),
  onConnect('half_open', { ...unreachable, fatalMessage: silentConnection }),
  onConnect({ slow_accept: '5s' }, { ...unreachable, fatalMessage: silentConnection }, 'always'),
  onConnect({ error: 326 }, { notices: ['client-id-taken'] }),
  onConnect({ error: 326 }, { ...unreachable, fatalMessage: /client id 17 and the next few are in use/ }, 'always'),
  onConnect({ error: 502 }),
  onConnect({ error: 1100 }, { notices: ['upstream-lost'] }),
  onConnect({ error: 1300 }, { notices: ['port-changed'] }),
  onConnect(
    { error: 2103, message: 'Market data farm connection is broken:usfarm' },
    { notices: ['farm-down', 'farm-up'] },
  ),
  onConnect({ error: 2110 }, { ...incomplete, ...shortHold, status: 'failed', notices: ['upstream-lost'] }),
  onReconnect('refuse'),
  onReconnect({ drop: 'mid_message' }),
  ...briefOutages.map((action) => duringRequest('minutes', action)),
  ...[briefOutages[0], briefOutages[1], briefOutages[4]].map((action) => duringRequest('snapshot', action)),
  ...longOutages.map((action) =>
    duringRequest('minutes', action, {
      ...incomplete,
      ...shortHold,
      notices: action === longOutages[0] ? ['connection-lost'] : [],
    }),
  ),
  {
    ...incomplete,
    ...shortHold,
    name: 'the gateway goes away for good at the last request of a series, and is given up',
    rules: [{ when: faultTargets.minutes.when, do: { restart: '1h' }, ...lastMinutesRequest }],
    pipeline: { breaker: { threshold: 3, cooldown: '50ms' } },
    code: 4,
    fatalMessage: /did not recover/,
  },
  broadcast(100, { notices: ['pacing-violation'], timings: { maxHold: 20_000 } }),
  broadcast(1100, { ...incomplete, ...shortHold, notices: ['upstream-lost'] }),
  broadcast(1101, { notices: ['upstream-restored'] }),
  broadcast(1300, { notices: ['port-changed'] }),
  broadcast(
    2105,
    { ...incomplete, ...shortHold, notices: ['farm-down'] },
    'HMDS data farm connection is broken:ushmds',
  ),
  broadcast(
    2103,
    { ...incomplete, ...shortHold, notices: ['farm-down'] },
    'Market data farm connection is broken:usfarm',
  ),
  broadcast(201, { notices: ['unexpected'] }),
  broadcastTwice('a farm that breaks and comes back inactive', 2105, 2107, ['farm-down', 'farm-up']),
  broadcastTwice('a broken link that is mended', 2110, 1102, ['upstream-lost', 'upstream-restored']),
];

const targetsInDefaultRun: ReadonlySet<FaultTargetName> = new Set(['minutes', 'snapshot']);
const statusCodes = [326, 502, 504, 2104, 2106, 2107, 2108, 2119, 2158, 202, 9999];

/** Faults of the campaign only. */
export const campaignOutageFaults: readonly FaultCase[] = [
  onConnect({ slow_accept: '300ms' }, {}, 'always'),
  onConnect({ error: 504 }),
  onConnect({ error: 1300 }, unreachable, 'always'),
  onReconnect({ slow_accept: '300ms' }),
  broadcast(10197, { notices: ['competing-session'] }),
  broadcast(1102, { notices: ['upstream-restored'] }),
  ...[briefOutages[2], briefOutages[3]].map((action) => duringRequest('snapshot', action)),
  onConnect('drop'),
  onConnect('drop', { ...unreachable, fatalMessage: /closed it immediately/ }, 'always'),
  onConnect({ drop: 'mid_message' }),
  onConnect({ drop: 'mid_message' }, unreachable, 'always'),
  onConnect('half_open', { ...unreachable, fatalMessage: silentConnection }, 'always'),
  onConnect({ slow_accept: '300ms' }),
  onConnect({ slow_accept: '5s' }, { ...unreachable, fatalMessage: silentConnection }),
  onReconnect('drop'),
  onReconnect('half_open', { timings: { maxHold: 6_000 }, pipeline: { retry: { timeout: '8s', delay: '5ms' } } }),
  ...[100, 1101, 1102, 2104, 2105, 2106, 2107, 2108, 2119, 2158, 10197, 201, 202, 9999].map((code) =>
    onConnect(
      { error: code },
      code === 100 ? { timings: { maxHold: 20_000 }, pipeline: { retry: { timeout: '20s' } } } : {},
    ),
  ),
  ...faultTargetNames.flatMap((name) =>
    targetsInDefaultRun.has(name) ? [] : briefOutages.map((action) => duringRequest(name, action)),
  ),
  ...(['details', 'quote'] as const).flatMap((name) =>
    longOutages.map((action) => duringRequest(name, action, { ...incomplete, ...shortHold })),
  ),
  ...statusCodes.map((code) => broadcast(code)),
  broadcast(2110, { ...incomplete, ...shortHold, notices: ['upstream-lost'] }),
  broadcastTwice('a lost link that comes back without its data', 1100, 1101, ['upstream-lost', 'upstream-restored']),
  ...[
    'drop',
    'half_open',
    { restart: '200ms' },
    { upstream_lost: '200ms' },
    { farm_down: 'historical', for: '200ms' },
  ].map((action): FaultCase => ({
    ...noChange,
    name: `${formatAction(action)}, in the middle of the run`,
    rules: [{ when: { after: '300ms' }, do: action }],
  })),
];
