import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { endScenarioRuns, openScenarioRun } from '../../../src/app/providers/scenario-run.js';
import { minute } from '../../../src/core/time/time.js';
import type { Instant } from '../../../src/core/time/time.js';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { buildScenario } from '../../../src/providers/synthetic/build-scenario.js';
import type { RuleInput } from '../../../src/providers/synthetic/build-scenario.js';
import { createSyntheticProvider } from '../../../src/providers/synthetic/provider.js';
import { createVirtualClock } from '../../virtual-clock.js';
import { barsRequest, fetchOutcomeKinds, never, now } from '../../providers/synthetic/requests.js';

let dataFolder: string;

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'scenario-run-'));
});
afterEach(() => rm(dataFolder, { recursive: true }));

/** The outcome of two requests in one run of a collector that started at `now`, or of a run of its own. */
async function runAt(at: Instant, rules: readonly RuleInput[], isCollected = true): Promise<string> {
  const clock = createVirtualClock(at);
  const scenario = buildScenario({ rules });
  const ctx = { clock, dataFolder, ...(isCollected ? { collectorStart: now } : {}) };
  const run = await openScenarioRun(scenario, 'watched', ctx);
  const provider = createSyntheticProvider({ scenario, calendarOf: getCalendar, clock, ...run });
  const opened = await provider.open(never);
  const kinds = opened.ok ? await fetchOutcomeKinds(provider, [barsRequest(), barsRequest()]) : [opened.error.kind];
  await provider.close();
  await run.save();
  return kinds.join(' ');
}

describe('a scenario in the runs of a collector', () => {
  it('acts at a time after the start of the collector', async () => {
    const rules: RuleInput[] = [{ from: 10 * minute, until: 20 * minute, do: { fail: 'denied' } }];
    expect(await runAt(now, rules)).toBe('rows rows');
    expect(await runAt(now + 10 * minute, rules)).toBe('denied denied');
    expect(await runAt(now + 20 * minute, rules)).toBe('rows rows');
  });

  it('starts anew in a run of its own', async () => {
    const rules: RuleInput[] = [{ from: 10 * minute, do: { fail: 'denied' } }];
    expect(await runAt(now + 10 * minute, rules, false)).toBe('rows rows');
  });

  it('continues an outage that began before the run', async () => {
    const rules: RuleInput[] = [{ on: { after: minute }, do: { kind: 'restart', duration: 10 * minute } }];
    expect(await runAt(now + 5 * minute, rules)).toBe('fatal');
    expect(await runAt(now + 11 * minute, rules)).toBe('rows rows');
  });

  it('logs in again after a login that ended before the run', async () => {
    const rules: RuleInput[] = [{ on: { after: minute }, do: 'logged-out' }];
    expect(await runAt(now + 5 * minute, rules)).toBe('rows rows');
  });

  it('counts the events of all runs', async () => {
    const rules: RuleInput[] = [{ skip: 3, times: 2, do: { fail: 'denied' } }];
    expect(await runAt(now, rules)).toBe('rows rows');
    expect(await runAt(now + minute, rules)).toBe('rows denied');
    expect(await runAt(now + 2 * minute, rules)).toBe('denied rows');
  });

  it('counts from the beginning when the rules have changed', async () => {
    expect(await runAt(now, [{ skip: 1, times: 1, do: { fail: 'denied' } }])).toBe('rows denied');
    expect(await runAt(now, [{ skip: 1, times: 1, do: { fail: 'invalid' } }])).toBe('rows invalid');
  });

  it('counts from the beginning in another collector', async () => {
    const rules: RuleInput[] = [{ times: 1, do: { fail: 'denied' } }];
    expect(await runAt(now, rules)).toBe('denied rows');
    endScenarioRuns(dataFolder);
    expect(await runAt(now, rules)).toBe('denied rows');
  });
});
