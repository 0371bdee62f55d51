import { expect } from 'vitest';
import { parseSeriesName } from '../../src/core/series.js';
import type { SeriesName } from '../../src/core/series.js';
import { overlaps } from '../../src/core/time/window.js';
import type { Window } from '../../src/core/time/window.js';
import type { FaultCase, StateChanges } from './fault-case.js';
import { readLakeContents } from './lake-contents.js';
import type { LakeContents } from './lake-contents.js';
import { createFaultLake } from './fault-lake.js';
import type { FaultLake, FinishedRun } from './fault-lake.js';

/** The contents of a lake after a run without faults. */
export async function createBaseline(): Promise<LakeContents> {
  const lake = await createFaultLake();
  try {
    const run = await lake.run();
    expect(run.code).toBe(0);
    const contents = await readLakeContents(lake.folder, lake.clock.now());
    expect(contents.contradictions).toEqual([]);
    return contents;
  } finally {
    await lake.remove();
  }
}

/** Runs with one fault and checks everything that its case states, up to the complete lake. */
export async function checkFault(faultCase: FaultCase, baseline: LakeContents): Promise<void> {
  const lake = await createFaultLake();
  try {
    const run = await lake.run(faultCase);
    const contents = await readLakeContents(lake.folder, lake.clock.now());
    expectOutcome(faultCase, run, contents, baseline);
    await expectRecovery(faultCase, lake, contents, baseline);
  } finally {
    await lake.remove();
  }
}

function expectOutcome(faultCase: FaultCase, run: FinishedRun, contents: LakeContents, baseline: LakeContents): void {
  const { outcome, code, gateway, openAtEnd, failures, notices } = run;
  const reasons = outcome.tasks.flatMap(({ id, reason }) => (reason === undefined ? [] : [`${id}: ${reason}`]));
  const changes = faultCase.stateChanges === 'some' ? 'some' : findDifferences(contents, baseline);
  expect({ status: outcome.status, code, known: changes }, reasons.join('\n')).toEqual({
    status: faultCase.status,
    code: faultCase.code,
    known: faultCase.stateChanges,
  });
  // The fault must have occurred, otherwise the test proves nothing.
  expect(gateway.events.some(({ kind }) => kind === 'action')).toBe(true);
  if (faultCase.answerBelieved !== true) expect(contents.contradictions).toEqual([]);
  expect(gateway.events.filter(({ kind }) => kind === 'violation')).toEqual([]);
  expect(openAtEnd === null ? null : { history: openAtEnd.openHistorical.now, lines: openAtEnd.lines.now }).toEqual(
    openAtEnd === null ? null : { history: 0, lines: 0 },
  );
  for (const kind of faultCase.notices ?? []) expect(notices.map((notice) => notice.kind)).toContain(kind);
  if (faultCase.maxRetryAfterMs !== undefined) {
    const retryAfters = failures.map((failure) => ('retryAfter' in failure ? (failure.retryAfter ?? 0) : 0));
    expect(Math.max(...retryAfters)).toBe(faultCase.maxRetryAfterMs);
  }
  if (faultCase.fatalMessage !== undefined) expect(outcome.fatal?.message).toMatch(faultCase.fatalMessage);
  if (faultCase.optionsLeftOut === true)
    expect(contents.rows['option_snapshots']).not.toBe(baseline.rows['option_snapshots']);
}

async function expectRecovery(
  faultCase: FaultCase,
  lake: FaultLake,
  contents: LakeContents,
  baseline: LakeContents,
): Promise<void> {
  const { recovery } = faultCase;
  if (recovery.kind === 'next-run') {
    await expectNextRun(lake, contents, baseline);
    return;
  }
  // A plain plan requests nothing again.
  const plan = await lake.plan();
  expect({ requests: plan.requests, later: plan.estimatedRequests }).toEqual({ requests: 0, later: 0 });
  if (recovery.kind === 'none') {
    const differing = Object.keys(baseline.rows).filter((dataset) => contents.rows[dataset] !== baseline.rows[dataset]);
    expect(differing).toEqual(faultCase.changedTable === undefined ? [] : [faultCase.changedTable]);
    return;
  }
  const options = recovery.kind === 'force' ? { ...recovery.options, force: true } : { retryDenied: true };
  const run = await lake.run({ options });
  const afterRetry = await readLakeContents(lake.folder, lake.clock.now());
  expect(run.outcome.status).toBe('ok');
  if (recovery.kind === 'retry-denied') {
    expectBaseline(afterRetry, baseline);
    return;
  }
  // Skipped steps follow; of the earlier states only an unknown option remains.
  await lake.run();
  const complete = await readLakeContents(lake.folder, lake.clock.now());
  const { 'unlisted AAPL': _, ...different } = findDifferences(complete, baseline);
  expect(different).toEqual({});
  expect(complete.contradictions).toEqual([]);
}

/** Without faults, the next run requests exactly what is missing, and the one after it nothing. */
async function expectNextRun(lake: FaultLake, contents: LakeContents, baseline: LakeContents): Promise<void> {
  const missing = findMissing(contents, baseline);
  const plan = await lake.plan();
  const run = await lake.run();
  expect(run.outcome.status).toBe('ok');
  const requested = summarizeRequests(run, baseline);
  expect(requested.parts).toEqual(missing);
  // A plan without estimates matches the requests.
  if (plan.estimatedRequests === 0) expect(requested.requests).toBe(plan.requests);
  else expect(requested.requests).toBeGreaterThan(plan.requests);
  // The provider requests the time as a probe of an idle connection.
  const { time: _, ...requestCounts } = run.gateway.statistics.requests;
  expect(requestCounts).toEqual(requested.byKind);
  expectBaseline(await readLakeContents(lake.folder, lake.clock.now()), baseline);
  const next = await lake.plan();
  expect({ requests: next.requests, later: next.estimatedRequests }).toEqual({ requests: 0, later: 0 });
}

function expectBaseline(contents: LakeContents, baseline: LakeContents): void {
  expect(findDifferences(contents, baseline)).toEqual({});
  expect(contents.contradictions).toEqual([]);
  expect(contents.rows).toEqual(baseline.rows);
}

/** Returns the states that differ between two lakes. */
function findDifferences(contents: LakeContents, baseline: LakeContents): StateChanges {
  const names = [...new Set([...Object.keys(contents.summary), ...Object.keys(baseline.summary)])].sort();
  return Object.fromEntries(
    names.flatMap((name): [string, string | null][] =>
      contents.summary[name] === baseline.summary[name] ? [] : [[name, contents.summary[name] ?? null]],
    ),
  );
}

/** Returns `series date` of every session of bars without an answer, and every other series without one. */
function findMissing(contents: LakeContents, baseline: LakeContents): readonly string[] {
  const sessions = [...baseline.sessions].flatMap(([series, wanted]) =>
    wanted.flatMap(({ date }) => {
      const state = contents.sessions.get(series)?.find((one) => one.date === date)?.state ?? '';
      return state !== '' && state.split('+').every(isAnsweredState) ? [] : [`${series} ${date}`];
    }),
  );
  const points = [...baseline.points.keys()].filter(
    (series) => !(contents.points.get(series) ?? []).some(isAnsweredState),
  );
  return [...sessions, ...points].sort();
}

function isAnsweredState(state: string): boolean {
  return state === 'data' || state === 'empty' || state === 'provisional';
}

interface RequestSummary {
  readonly requests: number;
  readonly parts: readonly string[];
  /** Requests by type that the gateway must have received. */
  readonly byKind: Readonly<Record<string, number>>;
}

function summarizeRequests({ events }: FinishedRun, baseline: LakeContents): RequestSummary {
  const parts: string[] = [];
  const counts = new Map<string, number>();
  const count = (kind: string, by = 1): void => void counts.set(kind, (counts.get(kind) ?? 0) + by);
  const sent = events.filter((event) => event.type === 'request-sent');
  const contractSeries = new Set(sent.map(({ series }) => series));
  for (const { series, window } of sent) {
    parts.push(...listRequestParts(series, window, baseline));
    const { dataset, symbol } = parseSeriesName(series);
    if (dataset === 'equity_bars' || dataset === 'option_bars') count('historical');
    if (dataset === 'history_starts') count('head-timestamp');
    if (dataset === 'contracts') count('contract-details');
    if (dataset === 'chains') {
      count('option-parameters');
      // A chain is requested by the contract id of its underlying, which this run may have to look up.
      if (!contractSeries.has(`contracts/${symbol}`)) count('contract-details');
    }
    if (dataset === 'quotes') count('market-data');
    if (dataset === 'option_snapshots') count('market-data', 6);
  }
  return { requests: sent.length, parts: parts.sort(), byKind: Object.fromEntries(counts) };
}

function listRequestParts(series: SeriesName, window: Window | null, baseline: LakeContents): readonly string[] {
  if (window === null) return [series];
  const sessions = baseline.sessions.get(series) ?? [];
  return sessions.filter((session) => overlaps(session.window, window)).map(({ date }) => `${series} ${date}`);
}
