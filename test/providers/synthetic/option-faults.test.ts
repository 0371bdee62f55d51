import { describe, expect, it } from 'vitest';

import type { FetchOutcome } from '../../../src/core/request.js';
import type { OptionContract, Right } from '../../../src/core/series.js';
import { second } from '../../../src/core/time/time.js';
import type { ActionInput, RuleInput } from '../../../src/providers/synthetic/build-scenario.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';
import { createVirtualClock } from '../../virtual-clock.js';
import { createProviderWithRules, now, snapshotRequest } from './requests.js';

const option = (strike: number, right: Right): OptionContract => ({
  expiry: '2026-12-18',
  strike,
  right,
  conId: null,
});
const contracts = [option(260, 'C'), option(260, 'P'), option(270, 'C'), option(270, 'P')];

function fetchSnapshot(rules: readonly RuleInput[]): Promise<FetchOutcome> {
  const provider = createProviderWithRules(rules, createVirtualClock(now));
  return provider.fetch(snapshotRequest(contracts), createFetchContext());
}

/** The options of the rows and the unlisted ones, such as `260C`. */
function describeOutcome(outcome: FetchOutcome): string {
  if (outcome.kind === 'failure') return outcome.failure.kind;
  const unlisted = (outcome.unlisted ?? []).map(({ strike, right }) => `no ${strike}${right}`);
  if (outcome.kind === 'empty') return ['empty', ...unlisted].join(' ');
  if (outcome.rows.dataset !== 'option_snapshots') throw new Error('not a snapshot');
  const { strike, right } = outcome.rows.columns;
  return [...right.map((side, index) => `${strike[index]}${side}`), ...unlisted].join(' ');
}

describe('a rule with strikes or rights acts on single options of a snapshot', () => {
  it.each<[Pick<RuleInput, 'strikes' | 'rights'>, ActionInput, string]>([
    [{ strikes: [270] }, 'empty', '260C 260P'],
    [{ strikes: [270] }, 'unknown', '260C 260P no 270C no 270P'],
    [{ strikes: [270], rights: ['P'] }, 'expired', '260C 260P 270C no 270P'],
    [{ rights: ['C', 'P'] }, 'empty', 'empty'],
    [{ rights: ['C'] }, { fail: 'denied' }, 'denied'],
    [{ strikes: [999] }, 'empty', '260C 260P 270C 270P'],
  ])('%j with %j leaves %s', async (match, action, expected) => {
    expect(describeOutcome(await fetchSnapshot([{ ...match, do: action }]))).toBe(expected);
  });

  it('replaces the row of one option', async () => {
    const rows = [{ strike: 270, right: 'P', bid: 1.25, ask: 1.5 }];
    const outcome = await fetchSnapshot([{ strikes: [270], rights: ['P'], do: { kind: 'rows', rows } }]);
    expect(describeOutcome(outcome)).toBe('260C 260P 270C 270P');
    expect(outcome.kind === 'rows' && outcome.rows.dataset === 'option_snapshots' && outcome.rows.columns.bid[3]).toBe(
      1.25,
    );
  });

  it('counts every option as an event', async () => {
    expect(describeOutcome(await fetchSnapshot([{ rights: ['C'], times: 1, do: 'empty' }]))).toBe('260P 270C 270P');
  });

  it('waits for the slowest option', async () => {
    const clock = createVirtualClock(now);
    const provider = createProviderWithRules(
      [
        { strikes: [260], do: { kind: 'delay', duration: 3 * second } },
        { strikes: [270], do: { kind: 'delay', duration: 2 * second } },
      ],
      clock,
    );
    const outcome = await provider.fetch(snapshotRequest(contracts), createFetchContext());
    expect(describeOutcome(outcome)).toBe('260C 260P 270C 270P');
    expect(clock.now()).toBe(now + 3 * second);
  });
});
