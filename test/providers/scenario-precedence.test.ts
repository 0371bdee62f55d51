import { describe, expect, it, onTestFinished } from 'vitest';

import { getCalendar } from '../../src/calendar/calendars.js';
import { createScenarioEngine } from '../../src/config/scenario/engine/scenario-engine.js';
import { planFaults } from '../../src/config/scenario/engine/plan-faults.js';
import type { Action, Rule } from '../../src/config/scenario/scenario.js';
import type { FetchOutcome } from '../../src/core/request.js';
import type { Instrument, Series } from '../../src/core/series.js';
import { day, second } from '../../src/core/time/time.js';
import type { LocalDate } from '../../src/core/time/time.js';
import { unpacedCalls } from '../../src/providers/provider.js';
import type { FetchContext, Provider } from '../../src/providers/provider.js';
import { createSyntheticProvider } from '../../src/providers/synthetic/provider.js';
import { createVirtualClock } from '../virtual-clock.js';
import { apple, openRig } from './ib/rig.js';
import { createProvider as createKiteProvider, infosys, startSimulation } from './kite/simulated-kite.js';

const empty: Action = { kind: 'empty' };
const error: Action = { kind: 'error', code: '400', message: 'bad request', status: 400 };
const truncate: Action = { kind: 'truncate', keepFraction: 0.5 };
const delay: Action = { kind: 'delay', duration: 10 };
const drop: Action = { kind: 'drop', midMessage: false };

/** Several actions on one request, and what the provider makes of the answer. */
const cases: readonly (readonly [actions: readonly Action[], outcome: FetchOutcome['kind']])[] = [
  [[], 'rows'],
  [[empty, error], 'empty'],
  [[error, empty], 'failure'],
  [[truncate, empty], 'rows'],
  [[empty, truncate], 'empty'],
  [[empty, drop], 'empty'],
  [[drop, empty], 'failure'],
  [[delay, empty, error], 'empty'],
  [[empty, delay, error], 'empty'],
];

/** One rule for each action, all of them about daily bars. */
function createRules(actions: readonly Action[]): readonly Rule[] {
  const anything = { requests: null, symbols: null, priceType: null, expiries: null, strikes: null, rights: null };
  return actions.map((action) => ({
    match: { kind: 'request', ...anything, barSizes: ['1 day'] },
    frequency: { skip: 0, every: 1, times: null, chance: 1, from: 0, until: null },
    action,
  }));
}

const context: FetchContext = {
  id: 'run/1',
  signal: new AbortController().signal,
  calls: unpacedCalls,
  onSend: () => undefined,
  onRetry: () => undefined,
};

async function fetchDailyBars(provider: Provider, instrument: Instrument, session: LocalDate): Promise<FetchOutcome> {
  const start = getCalendar(instrument.calendar)?.startOf(session) ?? 0;
  const window = { start, end: start + 4 * day };
  const series: Series = {
    dataset: 'equity_bars',
    provider: provider.name,
    instrument,
    barSize: '1 day',
    priceType: 'TRADES',
    hours: 'rth',
  };
  return provider.fetch({ series, window, closes: [window] }, context);
}

const settings = { seed: 1, volatility: null, basePrices: {} };

describe.each(cases)('rules with the actions %j', (actions, outcome) => {
  const rules = createRules(actions);

  it(`cause ${outcome} from the TWS simulator`, async () => {
    const { provider } = await openRig({ engine: createScenarioEngine({ market: settings, rules }) });
    expect((await fetchDailyBars(provider, apple, '2026-11-09')).kind).toBe(outcome);
  });

  it(`cause ${outcome} from the Kite simulator`, async () => {
    const simulation = await startSimulation();
    onTestFinished(() => simulation.stop());
    const provider = createKiteProvider(simulation);
    onTestFinished(() => provider.close());
    await provider.open(context.signal);
    simulation.setRules(rules);
    expect((await fetchDailyBars(provider, infosys, '2026-11-09')).kind).toBe(outcome);
  });

  it(`cause ${outcome} from the synthetic provider`, async () => {
    const clock = createVirtualClock(Date.parse('2026-11-18T17:00:00Z'));
    const scenario = {
      name: 'test',
      source: 'synthetic',
      market: settings,
      clock: { start: null, speed: 1 },
      rules,
    } as const;
    const engine = createScenarioEngine(scenario);
    const provider = createSyntheticProvider({ scenario, engine, calendarOf: getCalendar, clock });
    expect((await fetchDailyBars(provider, apple, '2026-11-09')).kind).toBe(outcome);
  });
});

describe('planFaults', () => {
  it('adds delays, keeps every action on the source, and takes the first fault', () => {
    const restart: Action = { kind: 'restart', duration: second };
    const loggedOut: Action = { kind: 'logged-out' };
    expect(planFaults([delay, error, restart, empty, loggedOut, delay])).toEqual({
      delay: 20,
      sourceActions: [restart, loggedOut],
      fault: error,
    });
  });
});
