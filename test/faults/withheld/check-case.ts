import { expect, onTestFinished } from 'vitest';
import type { CoverageState } from '../../../src/core/coverage.js';
import { hour } from '../../../src/core/time/time.js';
import { formatTable } from '../../../src/platform/table.js';
import type { WithheldCase } from './cases.js';
import { createWeatherLake } from './lake.js';
import type { Holdings, WeatherRun } from './lake.js';
import type { Source } from './source.js';

/** The results of a campaign, and the lakes of runs without faults that they are compared with. */
export interface Campaign {
  check(one: WithheldCase): Promise<void>;
  /** Formats a row for each case, and the number of false completes. */
  format(): string;
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
      await checkCase(one, baseline, result);
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

async function createBaseline(source: Source): Promise<Holdings> {
  const lake = await createWeatherLake(source);
  try {
    const run = await lake.run(source.evening);
    expect({ code: run.code, problems: describeTasks(run) }).toEqual({ code: 0, problems: [] });
    const holdings = await lake.read(source.evening);
    expect(holdings.isComplete).toBe(true);
    return holdings;
  } finally {
    await lake.remove();
  }
}

const claimedStates: ReadonlySet<CoverageState> = new Set(['data', 'empty', 'provisional']);

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
      if (known !== undefined && claimedStates.has(known.state)) claimed.add(session);
    }
  }
  const names = [...baseline.state.series()].map(({ series }) => series);
  for (const point of withheld.points) {
    for (const series of names.filter((name) => name === point || name.startsWith(`${point}/`))) {
      seen.add(series);
      if (state.coverage(source.name, series).some((window) => claimedStates.has(window.state))) claimed.add(series);
    }
  }
  return { withheld: [...seen], claimed: [...claimed] };
}

const describeTasks = ({ outcome }: WeatherRun): readonly string[] =>
  outcome.tasks.flatMap(({ id, status, reason }) => (reason === undefined ? [] : [`${id} ${status}: ${reason}`]));

/** Runs with the fault, compares what the lake claims with what the source withheld, and runs again in fair weather. */
async function checkCase(one: WithheldCase, baseline: Holdings, result: string[]): Promise<void> {
  const { source, table, name, fault, isQuiet = false } = one;
  const lake = await createWeatherLake(source);
  onTestFinished(() => lake.remove());
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
  expect(fair.withheld.bars.size + fair.withheld.points.size).toBe(0);
  expect(describeTasks(fair)).toEqual([]);
  expect(whole.digests).toEqual(baseline.digests);
  expect({ code: fair.code, isComplete: whole.isComplete, requests: whole.plan.requests }).toEqual({
    code: 0,
    isComplete: true,
    requests: 0,
  });
  result[6] = 'complete';
}
