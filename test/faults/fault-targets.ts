import type { FaultCase, StateChanges, Recovery } from './fault-case.js';
import type { RuleInput } from './fault-gateway.js';

/** A step of one symbol that a fault can affect, with the states that it then lacks. */
export interface FaultTarget {
  readonly when: Readonly<Record<string, unknown>>;
  readonly steps: readonly string[];
  readonly symbol: string;
  /** States if every request of this target has the state. */
  changesWhenAlways(state: string): StateChanges;
  /** States if only the first request has the state. */
  changesWhenOnce(state: string): StateChanges;
}

const noMsftData: StateChanges = {
  'chains MSFT': null,
  '1 day MSFT': null,
  '1 min MSFT': null,
  'option_bars MSFT': null,
  'history_starts MSFT': null,
  'quotes MSFT': null,
  'option_snapshots MSFT': null,
};

/** A target with one request, for which once and always are the same. */
function singleRequestTarget(
  when: FaultTarget['when'],
  steps: readonly string[],
  symbol: string,
  stateChanges: (state: string) => StateChanges,
): FaultTarget {
  return { when, steps, symbol, changesWhenAlways: stateChanges, changesWhenOnce: stateChanges };
}

export const faultTargets = {
  /** Four requests, one per session. */
  minutes: {
    when: { request: 'historical', symbol: 'AAPL', bar_size: '1 min' },
    steps: ['equity'],
    symbol: 'AAPL',
    changesWhenAlways: (state) => ({ '1 min AAPL': `${state} 4` }),
    changesWhenOnce: (state) => ({ '1 min AAPL': joinSorted('data 3', `${state} 1`) }),
  },
  days: singleRequestTarget(
    { request: 'historical', symbol: 'AAPL', bar_size: '1 day' },
    ['equity'],
    'AAPL',
    (state) => ({
      '1 day AAPL': `${state} 4`,
    }),
  ),
  /** Six requests, one per option, of three sessions each. */
  options: {
    when: { request: 'historical', symbol: 'AAPL', bar_size: '1 hour' },
    steps: ['options'],
    symbol: 'AAPL',
    changesWhenAlways: (state) => ({ 'option_bars AAPL': `${state} 18` }),
    changesWhenOnce: (state) => ({ 'option_bars AAPL': joinSorted('data 15', `${state} 3`) }),
  },
  details: singleRequestTarget({ request: 'contract-details', symbol: 'MSFT' }, ['contracts'], 'MSFT', (state) => ({
    'contracts MSFT': `${state} 1`,
    ...noMsftData,
  })),
  chain: singleRequestTarget({ request: 'option-parameters', symbol: 'AAPL' }, ['chains'], 'AAPL', (state) => ({
    'chains AAPL': `${state} 1`,
    'option_bars AAPL': null,
    'option_snapshots AAPL': null,
  })),
  head: singleRequestTarget({ request: 'head-timestamp', symbol: 'AAPL' }, ['history'], 'AAPL', (state) => ({
    'history_starts AAPL': `${state} 1`,
    // Steps do not wait for an unknown start of history.
    ...(state === 'empty' ? {} : { '1 day AAPL': null, '1 min AAPL': null, 'option_bars AAPL': null }),
  })),
  quote: singleRequestTarget({ request: 'market-data', symbol: 'VIX' }, ['quotes'], 'VIX', (state) => ({
    'quotes VIX': `${state} 1`,
  })),
  /** The calls, three of the six options of one request. */
  snapshot: singleRequestTarget(
    { request: 'market-data', symbol: 'AAPL', right: 'C' },
    ['snapshots'],
    'AAPL',
    (state) => ({
      'option_snapshots AAPL': `${state} 1`,
    }),
  ),
} as const satisfies Readonly<Record<string, FaultTarget>>;

export type FaultTargetName = keyof typeof faultTargets;

export const faultTargetNames: readonly FaultTargetName[] = [
  'minutes',
  'days',
  'options',
  'details',
  'chain',
  'head',
  'quote',
  'snapshot',
];

/** Effect of a fault on the requests that it affects. */
export type Effect =
  /** A later attempt succeeds; if the fault is permanent, none does. */
  | 'passing'
  /** The request is not retried. */
  | 'failed'
  | 'denied'
  | 'unavailable'
  /** The source answers that there is no data, which is not confirmed yet. */
  | 'empty'
  /** The option is unknown to the source. */
  | 'unlisted'
  /** The request is stored without the affected options. */
  | 'left out'
  /** The fault has no effect. */
  | 'harmless';

/** Frequency of a fault. */
export type Frequency = 'once' | 'always';

/** Creates the case of a fault at a target. */
export function createFaultCase(
  name: FaultTargetName,
  frequency: Frequency,
  action: unknown,
  effect: Effect,
  overrides: Partial<FaultCase> = {},
): FaultCase {
  const target: FaultTarget = faultTargets[name];
  const rule: RuleInput = { when: target.when, do: action, ...(frequency === 'once' ? { times: 1 } : {}) };
  const actionText =
    typeof action === 'string' ? action : JSON.stringify(action).replaceAll(/["{}]/g, '').replaceAll(':', ' ');
  return {
    name: `${actionText}, ${name}, ${frequency}`,
    rules: [rule],
    ...expectedOutcome(target, name, frequency, effect),
    ...overrides,
  };
}

function expectedOutcome(
  target: FaultTarget,
  name: FaultTargetName,
  frequency: Frequency,
  effect: Effect,
): Pick<FaultCase, 'status' | 'code' | 'stateChanges' | 'recovery' | 'answerBelieved' | 'optionsLeftOut'> {
  const getStateChanges = (state: string): StateChanges =>
    frequency === 'once' ? target.changesWhenOnce(state) : target.changesWhenAlways(state);
  const partial = (state: string, recovery: Recovery): ReturnType<typeof expectedOutcome> => ({
    status: 'partial',
    code: 3,
    stateChanges: getStateChanges(state),
    recovery,
  });
  const ok = { status: 'ok', code: 0 } as const;
  const forcedRecovery: Recovery = { kind: 'force', options: { steps: target.steps, symbols: [target.symbol] } };
  const unlisted = { 'unlisted AAPL': `empty ${frequency === 'once' ? 1 : name === 'options' ? 6 : 3}` };
  switch (effect) {
    case 'harmless':
      return { ...ok, stateChanges: {}, recovery: { kind: 'none' } };
    case 'passing':
      if (frequency === 'once') return { ...ok, stateChanges: {}, recovery: { kind: 'none' } };
      return partial('failed', { kind: 'next-run' });
    case 'failed':
      return partial('failed', { kind: 'next-run' });
    case 'denied':
      return partial('denied', { kind: 'retry-denied' });
    case 'unavailable':
      return partial('unavailable', forcedRecovery);
    case 'empty':
      // A single option is without a trade now and then.
      return {
        ...(name === 'options' && frequency === 'once' ? ok : { status: 'partial', code: 3 }),
        stateChanges: toUnconfirmed(getStateChanges('empty')),
        recovery: { kind: 'next-run' },
      };
    case 'unlisted':
      if (name === 'snapshot') return { ...ok, stateChanges: unlisted, recovery: forcedRecovery, optionsLeftOut: true };
      return {
        ...ok,
        stateChanges: { ...getStateChanges('empty'), ...unlisted },
        recovery: forcedRecovery,
        answerBelieved: true,
      };
    case 'left out':
      return {
        // Without most of its options a snapshot is not ok.
        ...(frequency === 'once' ? ok : { status: 'partial', code: 3 }),
        stateChanges: {},
        recovery: forcedRecovery,
        optionsLeftOut: true,
      };
  }
}

/** What an answer without rows does not stop is as with an empty one; its own state is a failure. */
function toUnconfirmed(changes: StateChanges): StateChanges {
  return Object.fromEntries(
    Object.entries(changes).map(([name, state]) => [name, state === null ? null : state.replace('empty', 'failed')]),
  );
}

function joinSorted(...parts: readonly string[]): string {
  return parts.toSorted().join(', ');
}
