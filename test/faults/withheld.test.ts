/**
 * Sources that leave something out of an answer that looks complete. The source's own log of what it withheld is the oracle:
 * nothing of it counts as held, or as empty without confirmation, and when the source is whole again everything is fetched.
 * `PIPE_FAULTS=all` runs every fault at every place.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CoverageState } from '../../src/core/coverage.js';
import { hour } from '../../src/core/time/time.js';
import { formatTable } from '../../src/platform/table.js';
import { listCases } from './withheld/cases.js';
import type { WithheldCase } from './withheld/cases.js';
import { createWeatherLake } from './withheld/lake.js';
import type { Holdings, WeatherRun } from './withheld/lake.js';
import { ibSource, kiteSource } from './withheld/source.js';
import type { Source } from './withheld/source.js';

const sources = [ibSource, kiteSource];
const runsAll = process.env['PIPE_FAULTS'] === 'all';
const results: string[][] = [];
const baselines = new Map<Source, Holdings>();

beforeAll(async () => {
  for (const source of sources) {
    const lake = await createWeatherLake(source);
    try {
      const { outcome, code } = await lake.run(source.evening);
      expect({
        code,
        reasons: outcome.tasks.flatMap(({ id, reason }) => (reason === undefined ? [] : [`${id}: ${reason}`])),
      }).toEqual({ code: 0, reasons: [] });
      const holdings = await lake.read(source.evening);
      expect(holdings.isComplete).toBe(true);
      baselines.set(source, holdings);
    } finally {
      await lake.remove();
    }
  }
});

afterAll(() => {
  const head = ['provider', 'table', 'withheld', 'windows', 'false completes', 'run', 'afterwards'];
  const rows = [head, ...results].map((row) => row.map((text) => ({ text })));
  const total = results.reduce((sum, row) => sum + Number(row[4]), 0);
  const table = formatTable(rows, ['left', 'left', 'left', 'right', 'right', 'left', 'left'], 2);
  process.stdout.write(`\n${table.join('\n')}\n\n${String(results.length)} cases, ${String(total)} false completes\n`);
});

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

async function checkCase(one: WithheldCase): Promise<void> {
  const { source, table, name, fault, isQuiet = false } = one;
  const baseline = baselines.get(source);
  if (baseline === undefined) throw new Error('no baseline');
  const lake = await createWeatherLake(source);
  onTestFinished(() => lake.remove());
  const row = [source.name, table, name];
  const run = await lake.run(source.evening, fault);
  const holdings = await lake.read(source.evening);
  const { withheld, claimed } = findClaims(one, run, holdings, baseline);
  const result = [...row, String(withheld.length), String(claimed.length), run.outcome.status, 'not complete'];
  results.push(result);
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

describe.concurrent('an answer that leaves something out is not believed:', () => {
  const cases = sources.flatMap(listCases).filter(({ isDefault }) => runsAll || isDefault);
  it.for(cases.map((one) => [`${one.source.name}, ${one.table}: ${one.name}`, one] as const))('%s', ([, one]) =>
    checkCase(one),
  );
});
