import { expect } from 'vitest';
import { decodeLacks } from '../../../src/core/answer-lacks.js';
import type { CoverageState } from '../../../src/core/coverage.js';
import { addDays, hour } from '../../../src/core/time/time.js';
import type { Instant } from '../../../src/core/time/time.js';
import { formatTable } from '../../../src/platform/table.js';
import type { WithheldCase } from './cases.js';
import { createWeatherLake } from './lake.js';
import type { Holdings, WeatherLake, WeatherRun } from './lake.js';
import type { Source } from './source.js';
import type { Fault } from './withholding-market.js';

/** The results of a campaign, and the lakes of runs without faults that they are compared with. */
export interface Campaign {
  check(one: WithheldCase): Promise<void>;
  /** Runs a case in which one answer is believed, and only counts what the lake claims. */
  count(one: WithheldCase): Promise<void>;
  /** Formats a row for each case, and the number of false completes. */
  format(): string;
}

/** Runs with a fault that stays: the absence is confirmed by three answers, without a request in between, and then complete. */
export function checkConfirmation(source: Source): Promise<void> {
  return withLake(source, (lake) => checkConfirmationOf(source, lake));
}

async function checkConfirmationOf(source: Source, lake: WeatherLake): Promise<void> {
  const { calendar, evening, name } = source;
  const symbol = name === 'ib' ? 'AAPL' : 'INFY';
  const date = calendar.sessions(addDays(calendar.dateAt(evening), -7), calendar.dateAt(evening)).at(-2)?.date;
  const fault: Fault = { bar: (bar) => bar.option === null && bar.symbol === symbol && bar.session === date };
  const findStates = async (at: Instant): Promise<readonly string[]> => {
    const { state } = await lake.read(at);
    return ['1 day', '5 mins'].map((size) => {
      const coverage = state.coverage(name, `equity_bars/${symbol}/${size}/TRADES/rth`);
      const known = coverage.find(
        ({ start, end }) => calendar.dateAt(start) <= (date ?? '') && calendar.dateAt(end - 1) >= (date ?? ''),
      );
      return `${known?.state ?? 'nothing'} ${String(known?.emptyAnswers)}`;
    });
  };
  const states: (readonly [number, number, readonly string[]])[] = [];
  for (const hours of [0, 1, 13, 14, 26]) {
    const { code, outcome } = await lake.run(evening + hours * hour, fault);
    const requests = outcome.tasks.find(({ id }) => id === `equity/${symbol}`)?.requests ?? 0;
    states.push([code, hours === 1 || hours === 14 ? requests : 0, await findStates(evening + hours * hour)]);
  }
  expect(states).toEqual([
    [3, 0, ['failed 1', 'failed 1']],
    [3, 0, ['failed 1', 'failed 1']],
    [3, 0, ['failed 2', 'failed 2']],
    [3, 0, ['failed 2', 'failed 2']],
    [0, 0, ['empty 3', 'empty 3']],
  ]);
  expect((await lake.read(evening + 26 * hour)).isComplete).toBe(true);
}

/** Fills a lake of each source without faults. */
export async function startCampaign(sources: readonly Source[]): Promise<Campaign> {
  const baselines = new Map<Source, Holdings>();
  for (const source of sources) baselines.set(source, await createBaseline(source));
  const results: string[][] = [];
  return {
    async check(one) {
      const baseline = baselines.get(one.source);
      if (baseline === undefined) throw new Error(`no baseline of ${one.source.name}`);
      const result: string[] = [];
      results.push(result);
      await withLake(one.source, (lake) => checkCase(one, lake, baseline, result));
    },
    async count(one) {
      const baseline = baselines.get(one.source);
      if (baseline === undefined) throw new Error(`no baseline of ${one.source.name}`);
      const result: string[] = [];
      results.push(result);
      await withLake(one.source, (lake) => countClaims(one, lake, baseline, result));
    },
    format() {
      const head = ['provider', 'table', 'withheld', 'windows', 'false completes', 'run', 'afterwards'];
      const rows = [head, ...results.toSorted()].map((row) => row.map((text) => ({ text })));
      const total = results.reduce((sum, row) => sum + Number(row[4]), 0);
      const table = formatTable(rows, ['left', 'left', 'left', 'right', 'right', 'left', 'left'], 2);
      return `${table.join('\n')}\n\n${String(results.length)} cases, ${String(total)} false completes`;
    },
  };
}

function createBaseline(source: Source): Promise<Holdings> {
  return withLake(source, async (lake) => {
    const run = await lake.run(source.evening);
    expect({ code: run.code, problems: describeTasks(run) }).toEqual({ code: 0, problems: [] });
    const holdings = await lake.read(source.evening);
    expect(holdings.isComplete).toBe(true);
    return holdings;
  });
}

async function withLake<T>(source: Source, use: (lake: WeatherLake) => Promise<T>): Promise<T> {
  const lake = await createWeatherLake(source);
  try {
    return await use(lake);
  } finally {
    await lake.remove();
  }
}

const claimedStates: ReadonlySet<CoverageState> = new Set(['data', 'empty', 'provisional']);
const heldStates: ReadonlySet<CoverageState> = new Set(['data']);

interface Claims {
  /** Sessions and points that the source withheld and the pipeline wants. */
  readonly withheld: readonly string[];
  /** Those that the lake claims to hold, or to know as empty. */
  readonly claimed: readonly string[];
}

/** Compares the source's log with the coverage of the lake; what the pipeline does not want is left out. */
function findClaims(
  { source }: WithheldCase,
  { withheld }: WeatherRun,
  { state }: Holdings,
  baseline: Holdings,
  states = claimedStates,
): Claims {
  const seen = new Set<string>();
  const claimed = new Set<string>();
  for (const [series, instants] of withheld.bars) {
    const wanted = baseline.state.coverage(source.name, series);
    const coverage = state.coverage(source.name, series);
    for (const ts of instants) {
      if (!wanted.some((window) => window.state === 'data' && window.start <= ts && ts < window.end)) continue;
      const session = `${series} ${source.calendar.dateAt(ts)}`;
      seen.add(session);
      const known = coverage.find((window) => window.start <= ts && ts < window.end);
      if (known !== undefined && states.has(known.state)) claimed.add(session);
    }
  }
  for (const [series, items] of withheld.parts) {
    const latest = state.coverage(source.name, series).findLast((window) => states.has(window.state));
    const known =
      latest?.lacks === undefined ? [] : decodeLacks(latest.lacks).lacks.filter(({ kind }) => kind !== 'confirmed');
    if (!baseline.state.coverage(source.name, series).some((window) => window.state === 'data')) continue;
    for (const item of items) {
      seen.add(`${series} ${item}`);
      // A chain names an expiry or a strike of which everything is missing without the rest.
      const isNamed = known.some((lack) => item === lack.item || item.startsWith(`${lack.item} `));
      if (latest !== undefined && !isNamed) claimed.add(`${series} ${item}`);
    }
  }
  const names = [...baseline.state.series()].map(({ series }) => series);
  for (const symbol of withheld.unknown) {
    for (const series of names.filter((name) => name.startsWith(`option_bars/${symbol}/`))) {
      const coverage = state.coverage(source.name, series);
      // An option that was never seen to exist may be one of the many that are listed and do not.
      if (!coverage.some((window) => window.state === 'data')) continue;
      const today = source.calendar.dateAt(source.evening);
      const known = coverage.find((window) => source.calendar.dateAt(window.end - 1) === today);
      seen.add(`${series} ${today}`);
      if (known !== undefined && states.has(known.state)) claimed.add(`${series} ${today}`);
    }
  }
  for (const point of withheld.points) {
    for (const series of names.filter((name) => name === point || name.startsWith(`${point}/`))) {
      seen.add(series);
      if (state.coverage(source.name, series).some((window) => states.has(window.state))) claimed.add(series);
    }
  }
  return { withheld: [...seen], claimed: [...claimed] };
}

const describeTasks = ({ outcome }: WeatherRun): readonly string[] =>
  outcome.tasks.flatMap(({ id, status, reason }) => (reason === undefined ? [] : [`${id} ${status}: ${reason}`]));

async function countClaims(one: WithheldCase, lake: WeatherLake, baseline: Holdings, result: string[]): Promise<void> {
  const { source, table, name, fault, before } = one;
  if (before !== undefined) await lake.run(source.evening - before);
  const run = await lake.run(source.evening, fault);
  const holdings = await lake.read(source.evening);
  const { withheld, claimed } = findClaims(one, run, holdings, baseline);
  const afterwards = holdings.isComplete ? 'complete' : 'not complete';
  result.push(
    source.name,
    table,
    name,
    String(withheld.length),
    String(claimed.length),
    run.outcome.status,
    afterwards,
  );
}

/** Runs with bars outside of the trading hours: none is stored, and the lake is complete. */
export function checkOutside(source: Source): Promise<void> {
  return withLake(source, async (lake) => {
    const run = await lake.run(source.evening, { addsOutside: true });
    const found = await lake.read(source.evening);
    const baseline = await withLake(source, async (other) => {
      await other.run(source.evening);
      return other.read(source.evening);
    });
    expect(run.withheld.outside).toBeGreaterThan(0);
    expect({ code: run.code, isComplete: found.isComplete }).toEqual({ code: 0, isComplete: true });
    expect(found.digests).toEqual(baseline.digests);
  });
}

/** Runs with the fault, compares what the lake claims with what the source withheld, and runs again in fair weather. */
async function checkCase(one: WithheldCase, lake: WeatherLake, baseline: Holdings, result: string[]): Promise<void> {
  const { source, table, name, fault, isQuiet = false } = one;
  if (one.before !== undefined) await lake.run(source.evening - one.before);
  const run = await lake.run(source.evening, fault);
  const holdings = await lake.read(source.evening);
  const { withheld, claimed } = findClaims(one, run, holdings, baseline);
  const counts = [String(withheld.length), String(claimed.length)];
  result.push(source.name, table, name, ...counts, run.outcome.status, 'not complete');
  expect(withheld).not.toEqual([]);
  expect(claimed).toEqual([]);
  if (isQuiet) {
    const kinds = run.outcome.tasks.flatMap(({ absences = [] }) => absences.map(({ kind }) => kind));
    expect(kinds.some((kind) => kind === 'untraded' || kind === 'unconfirmed')).toBe(true);
  } else {
    expect({ code: run.code, isComplete: holdings.isComplete }, describeTasks(run).join('\n')).toEqual({
      code: 3,
      isComplete: false,
    });
  }

  const later = source.evening + 13 * hour;
  const fair = await lake.run(later);
  const whole = await lake.read(later);
  const { bars, points, parts, unknown } = fair.withheld;
  expect(bars.size + points.size + parts.size + unknown.size).toBe(0);
  expect(describeTasks(fair)).toEqual([]);
  expect(findClaims(one, run, whole, baseline, heldStates).claimed).toEqual(expect.arrayContaining([...withheld]));
  if (one.before === undefined) expect(whole.digests).toEqual(baseline.digests);
  expect({ code: fair.code, isComplete: whole.isComplete, requests: whole.plan.requests }).toEqual({
    code: 0,
    isComplete: true,
    requests: 0,
  });
  result[6] = 'complete';
}
