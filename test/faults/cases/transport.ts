/** Missing responses, dropped connections and invalid answers: at every target, once and always. */
import { createFaultCase, faultTargetNames, faultTargets } from '../fault-targets.js';
import type { Effect, Frequency, FaultTargetName } from '../fault-targets.js';
import { incomplete, noChange } from '../fault-case.js';
import type { FaultCase } from '../fault-case.js';

const delayBeyondTimeout = { delay: '4s' };

/** Faults that a later attempt overcomes. */
const transientActions: readonly unknown[] = ['no_response', 'garbage', 'drop', { drop: 'mid_message' }, 'half_open'];

/** One request at a time, so that a dropped connection affects no other request. */
const oneAtATime = { pacing: { budgets: [{ name: 'at-once', kind: 'open', limit: 1 }] } };

/** The last of the four requests for minutes, at whatever time it is sent. */
function createLastRequestCase(action: unknown): FaultCase {
  return {
    ...incomplete,
    name: `${JSON.stringify(action)}, the last request of a series, always`,
    rules: [{ when: faultTargets.minutes.when, do: action, skip: 3 }],
    pipeline: oneAtATime,
    stateChanges: faultTargets.minutes.changesWhenOnce('failed'),
  };
}

/** A request in the middle of the series, once. */
function createSecondRequestCase(action: unknown): FaultCase {
  return {
    ...noChange,
    name: `${JSON.stringify(action)}, the second request of a series, once`,
    rules: [{ when: faultTargets.minutes.when, do: action, skip: 1, times: 1 }],
  };
}

/** A missing response for one option is attributed to that option once the gateway has answered a probe. */
function noResponseEffect(name: FaultTargetName): Effect {
  return name === 'snapshot' ? 'left out' : 'passing';
}

function createOnceCases(name: FaultTargetName): readonly FaultCase[] {
  return [
    ...transientActions.map((action) =>
      createFaultCase(name, 'once', action, action === 'no_response' ? noResponseEffect(name) : 'passing'),
    ),
    createFaultCase(name, 'once', { delay: '100ms' }, 'harmless'),
  ];
}

function createAlwaysCases(name: FaultTargetName): readonly FaultCase[] {
  return [
    createFaultCase(name, 'always', 'no_response', noResponseEffect(name)),
    createFaultCase(name, 'always', delayBeyondTimeout, noResponseEffect(name)),
  ];
}

/** Answers that there is no data, that the contract is unknown, or that it has expired. */
const answerEffects: Readonly<Record<FaultTargetName, Readonly<Record<'empty' | 'unknown' | 'expired', Effect>>>> = {
  minutes: { empty: 'empty', unknown: 'failed', expired: 'unavailable' },
  days: { empty: 'empty', unknown: 'failed', expired: 'unavailable' },
  options: { empty: 'empty', unknown: 'unlisted', expired: 'unavailable' },
  details: { empty: 'failed', unknown: 'failed', expired: 'failed' },
  // A contract requested by id is never unknown.
  chain: { empty: 'empty', unknown: 'harmless', expired: 'harmless' },
  head: { empty: 'empty', unknown: 'failed', expired: 'unavailable' },
  quote: { empty: 'passing', unknown: 'failed', expired: 'failed' },
  snapshot: { empty: 'left out', unknown: 'unlisted', expired: 'unlisted' },
};

function createAnswerCases(name: FaultTargetName, often: Frequency): readonly FaultCase[] {
  const { empty, unknown, expired } = answerEffects[name];
  return [
    createFaultCase(name, often, 'empty', empty),
    createFaultCase(name, often, 'unknown', unknown),
    createFaultCase(name, often, 'expired', expired),
  ];
}

const truncateHalf = { truncate: 0.5 };

/** The rest of a truncated answer is requested at once, on its own. */
const truncationFaults: readonly FaultCase[] = [
  createFaultCase('minutes', 'once', truncateHalf, 'harmless'),
  createFaultCase('days', 'once', truncateHalf, 'harmless'),
];

const campaignTruncationFaults: readonly FaultCase[] = [
  createFaultCase('options', 'once', truncateHalf, 'harmless'),
  createFaultCase('minutes', 'always', truncateHalf, 'failed', {
    stateChanges: faultTargets.minutes.changesWhenAlways('data+failed'),
  }),
  createFaultCase('options', 'always', truncateHalf, 'failed', {
    stateChanges: { 'option_bars AAPL': 'data 12, data+failed 6' },
  }),
  // An answer truncated to nothing equals an empty answer.
  createFaultCase('minutes', 'once', { truncate: 0 }, 'empty'),
  createFaultCase('details', 'once', truncateHalf, 'failed'),
  createFaultCase('quote', 'always', truncateHalf, 'harmless'),
];

const midMessage = { drop: 'mid_message' };

/** Faults by target that the default test run includes. */
const onceActionsInDefaultRun: Readonly<Record<FaultTargetName, readonly unknown[]>> = {
  minutes: ['no_response', midMessage, 'half_open', 'empty', 'expired', { delay: '100ms' }],
  days: [midMessage],
  options: ['drop', 'unknown'],
  details: [midMessage, 'garbage', 'unknown'],
  chain: [midMessage, 'empty'],
  head: ['half_open', 'empty'],
  quote: ['no_response', 'unknown'],
  snapshot: ['no_response', midMessage, 'half_open', 'garbage', 'unknown'],
};

const onceCases = faultTargetNames.flatMap((name) =>
  [...createOnceCases(name), ...createAnswerCases(name, 'once')].map((fault) => ({
    fault,
    shown: onceActionsInDefaultRun[name].some(
      (action) => JSON.stringify(action) === JSON.stringify(fault.rules[0]?.['do']),
    ),
  })),
);

/** Faults of the default test run. */
export const transportFaults: readonly FaultCase[] = [
  ...onceCases.flatMap(({ fault, shown: inDefaultRun }) => (inDefaultRun ? [fault] : [])),
  createFaultCase('minutes', 'always', 'no_response', 'passing'),
  ...truncationFaults,
  ...['no_response', midMessage].map(createLastRequestCase),
  ...['half_open', midMessage].map(createSecondRequestCase),
  { ...incomplete, name: 'drop of every seventh request', rules: [{ when: 'request', do: 'drop', every: 7 }] },
  {
    ...incomplete,
    name: 'no response to any request',
    status: 'failed',
    rules: [{ when: 'request', do: 'no_response' }],
  },
];

/** Faults of the campaign only. */
export const campaignTransportFaults: readonly FaultCase[] = [
  ...onceCases.flatMap(({ fault, shown: inDefaultRun }) => (inDefaultRun ? [] : [fault])),
  ...faultTargetNames.flatMap(createAlwaysCases).filter(({ name }) => name !== 'no_response, minutes, always'),
  ...faultTargetNames.flatMap((name) => createAnswerCases(name, 'always')),
  ...campaignTruncationFaults,
  ...['half_open', 'garbage', 'drop', { restart: '200ms' }].map(createLastRequestCase),
  ...['no_response', 'garbage', 'drop'].map(createSecondRequestCase),
  {
    ...incomplete,
    name: 'garbage for every seventh request',
    rules: [{ when: 'request', do: 'garbage', every: 7 }],
  },
];
