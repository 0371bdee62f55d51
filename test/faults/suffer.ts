import { expect } from 'vitest';
import { partsOfSeriesName } from '../../src/core/series.js';
import type { SeriesName } from '../../src/core/series.js';
import { overlaps } from '../../src/core/window.js';
import type { Window } from '../../src/core/window.js';
import type { Fault, Known } from './fault.js';
import { heldIn } from './held.js';
import type { Held } from './held.js';
import { makeLake } from './lake.js';
import type { FaultLake, FinishedRun } from './lake.js';

/** What a lake holds that no fault has touched. */
export async function fairWeather(): Promise<Held> {
  const lake = await makeLake();
  try {
    const run = await lake.run();
    expect(run.code).toBe(0);
    const held = await heldIn(lake.folder, lake.clock.now());
    expect(held.lies).toEqual([]);
    return held;
  } finally {
    await lake.remove();
  }
}

/** Lets one fault happen to a run and holds everything against its row, from there to the lake that is whole again. */
export async function suffer(fault: Fault, fair: Held): Promise<void> {
  const lake = await makeLake();
  try {
    const run = await lake.run(fault);
    const held = await heldIn(lake.folder, lake.clock.now());
    expectRow(fault, run, held, fair);
    await expectRecovery(fault, lake, held, fair);
  } finally {
    await lake.remove();
  }
}

function expectRow(fault: Fault, run: FinishedRun, held: Held, fair: Held): void {
  const { outcome, code, gateway, atEnd, failures, notices } = run;
  const reasons = outcome.tasks.flatMap(({ id, reason }) => (reason === undefined ? [] : [`${id}: ${reason}`]));
  const known = fault.known === 'some' ? 'some' : differences(held, fair);
  expect({ status: outcome.status, code, known }, reasons.join('\n')).toEqual({
    status: fault.status,
    code: fault.code,
    known: fault.known,
  });
  // A fault that did not happen would prove nothing.
  expect(gateway.events.some(({ kind }) => kind === 'action')).toBe(true);
  if (fault.believed !== true) expect(held.lies).toEqual([]);
  expect(gateway.events.filter(({ kind }) => kind === 'violation')).toEqual([]);
  expect(atEnd === null ? null : { history: atEnd.openHistorical.now, lines: atEnd.lines.now }).toEqual(
    atEnd === null ? null : { history: 0, lines: 0 },
  );
  for (const kind of fault.notices ?? []) expect(notices.map((notice) => notice.kind)).toContain(kind);
  if (fault.asksToWait !== undefined) {
    const waits = failures.map((failure) => ('retryAfter' in failure ? (failure.retryAfter ?? 0) : 0));
    expect(Math.max(...waits)).toBe(fault.asksToWait);
  }
  if (fault.says !== undefined) expect(outcome.fatal?.message).toMatch(fault.says);
  if (fault.leftOut === true) expect(held.rows['option_snapshots']).not.toBe(fair.rows['option_snapshots']);
}

async function expectRecovery(fault: Fault, lake: FaultLake, held: Held, fair: Held): Promise<void> {
  const { recovery } = fault;
  if (recovery.kind === 'next run') {
    await expectNextRun(lake, held, fair);
    return;
  }
  // Nothing is asked for again by itself.
  const plan = await lake.plan();
  expect({ requests: plan.requests, later: plan.estimatedRequests }).toEqual({ requests: 0, later: 0 });
  if (recovery.kind === 'nothing is missing') {
    const differing = Object.keys(fair.rows).filter((dataset) => held.rows[dataset] !== fair.rows[dataset]);
    expect(differing).toEqual(fault.otherRows === undefined ? [] : [fault.otherRows]);
    return;
  }
  const options = recovery.kind === 'when forced' ? { ...recovery.options, force: true } : { retryDenied: true };
  const run = await lake.run({ options });
  const after = await heldIn(lake.folder, lake.clock.now());
  expect(run.outcome.status).toBe('ok');
  if (recovery.kind === 'when told to retry what was denied') {
    expectWhole(after, fair);
    return;
  }
  // What was skipped because of it follows, and nothing that was said before stays true but that an option was not known.
  await lake.run();
  const whole = await heldIn(lake.folder, lake.clock.now());
  const { 'unlisted AAPL': _, ...different } = differences(whole, fair);
  expect(different).toEqual({});
  expect(whole.lies).toEqual([]);
}

/** Fair weather again: the next run asks for exactly what is missing, the one after it for nothing. */
async function expectNextRun(lake: FaultLake, held: Held, fair: Held): Promise<void> {
  const missing = missingFrom(held, fair);
  const plan = await lake.plan();
  const run = await lake.run();
  expect(run.outcome.status).toBe('ok');
  const asked = askedIn(run, fair);
  expect(asked.parts).toEqual(missing);
  // What was planned is what was asked, as soon as all of it could be planned.
  if (plan.estimatedRequests === 0) expect(asked.requests).toBe(plan.requests);
  else expect(asked.requests).toBeGreaterThan(plan.requests);
  // The time is asked for when nothing else is heard, to see whether the line is alive.
  const { time: _, ...seen } = run.gateway.statistics.requests;
  expect(seen).toEqual(asked.byKind);
  expectWhole(await heldIn(lake.folder, lake.clock.now()), fair);
  const next = await lake.plan();
  expect({ requests: next.requests, later: next.estimatedRequests }).toEqual({ requests: 0, later: 0 });
}

function expectWhole(held: Held, fair: Held): void {
  expect(differences(held, fair)).toEqual({});
  expect(held.lies).toEqual([]);
  expect(held.rows).toEqual(fair.rows);
}

/** What is known of one and not of the other, or differently. */
function differences(held: Held, fair: Held): Known {
  const names = [...new Set([...Object.keys(held.summary), ...Object.keys(fair.summary)])].sort();
  return Object.fromEntries(
    names.flatMap((name): [string, string | null][] =>
      held.summary[name] === fair.summary[name] ? [] : [[name, held.summary[name] ?? null]],
    ),
  );
}

/** `series date` of every session of bars without an answer, and every other series without one. */
function missingFrom(held: Held, fair: Held): readonly string[] {
  const sessions = [...fair.sessions].flatMap(([series, wanted]) =>
    wanted.flatMap(({ date }) => {
      const state = held.sessions.get(series)?.find((one) => one.date === date)?.state ?? '';
      return state !== '' && state.split('+').every(isAnswerState) ? [] : [`${series} ${date}`];
    }),
  );
  const points = [...fair.points.keys()].filter((series) => !(held.points.get(series) ?? []).some(isAnswerState));
  return [...sessions, ...points].sort();
}

function isAnswerState(state: string): boolean {
  return state === 'data' || state === 'empty' || state === 'provisional';
}

interface Asked {
  readonly requests: number;
  readonly parts: readonly string[];
  /** How many requests of each kind the gateway must have seen. */
  readonly byKind: Readonly<Record<string, number>>;
}

function askedIn({ events }: FinishedRun, fair: Held): Asked {
  const parts: string[] = [];
  const counts = new Map<string, number>();
  const count = (kind: string, by = 1): void => void counts.set(kind, (counts.get(kind) ?? 0) + by);
  const sent = events.filter((event) => event.type === 'request-sent');
  const defined = new Set(sent.map(({ series }) => series));
  for (const { series, window } of sent) {
    parts.push(...partsOf(series, window, fair));
    const { dataset, symbol } = partsOfSeriesName(series);
    if (dataset === 'equity_bars' || dataset === 'option_bars') count('historical');
    if (dataset === 'history_starts') count('head-timestamp');
    if (dataset === 'contracts') count('contract-details');
    if (dataset === 'chains') {
      count('option-parameters');
      // A chain is asked for by the number of what it is of, which this run may have to look up.
      if (!defined.has(`contracts/${symbol}`)) count('contract-details');
    }
    if (dataset === 'quotes') count('market-data');
    if (dataset === 'option_snapshots') count('market-data', 6);
  }
  return { requests: sent.length, parts: parts.sort(), byKind: Object.fromEntries(counts) };
}

function partsOf(series: SeriesName, window: Window | null, fair: Held): readonly string[] {
  if (window === null) return [series];
  const sessions = fair.sessions.get(series) ?? [];
  return sessions.filter((session) => overlaps(session.window, window)).map(({ date }) => `${series} ${date}`);
}
