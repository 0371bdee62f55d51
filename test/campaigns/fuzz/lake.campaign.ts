/**
 * Damaged lakes: coverage has no false claims, every command reports the damage, and the next run repairs the lake or fails and
 * leaves it unchanged. `npm run fuzz -- --part lake --rounds 400 --seed 7`.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { findCalendarOfZone } from '../../../src/calendar/calendars.js';
import { allRules } from '../../../src/checks/rules/all-rules.js';
import { checkLake } from '../../../src/checks/check-lake.js';
import type { LakeCheckResult } from '../../../src/checks/check-lake.js';
import { isOk } from '../../../src/checks/finding.js';
import { datasets } from '../../../src/core/tables/tables.js';
import type { LakeReader } from '../../../src/lake/api.js';
import { LakeError } from '../../../src/lake/lake-error.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { quarantine } from '../../../src/lake/verify/quarantine.js';
import type { Rig } from '../../rig.js';
import { copyRig } from '../copy-rig.js';
import { damageFile, listFiles } from './damage-lake.js';
import type { Damage } from './damage-lake.js';
import { barTables, killedEvening, hashFile, createLakeTemplate, readRows } from './lake-template.js';
import type { Row, LakeTemplate } from './lake-template.js';
import { recordRound, createDice, rounds, seed } from './rounds.js';

/** A round costs as much as dozens of rounds of the other parts. */
const lakeRounds = Math.max(1, Math.round(rounds / 10));

/** One round in this many also checks the other commands. */
const sampleEvery = 5;

let template: LakeTemplate;
const outcomeCounts = new Map<string, number>();

beforeAll(async () => {
  template = await createLakeTemplate();
});

/** The bars of unchanged files, which must always be readable. */
function intactRows(lake: string): readonly Row[] {
  return [...template.rowsByFile].flatMap(([path, rows]) => {
    const file = join(lake, path);
    return existsSync(file) && template.hashes.get(path) === safeHash(file) ? rows : [];
  });
}

function safeHash(path: string): string {
  try {
    return hashFile(path);
  } catch {
    return '';
  }
}

/** Whether a live data file changed without a change of size; only reading the file detects that. */
function isHiddenDamage(lake: string, { target }: Damage): boolean {
  if (target !== 'rows') return false;
  return [...template.live].some(([live, size]) => {
    const file = statSync(join(lake, live), { throwIfNoEntry: false });
    return file?.size === size && file.isFile() && template.hashes.get(live) !== hashFile(join(lake, live));
  });
}

/** Runs a read. Returns its error if the lake rejects it; records any other error as a problem and returns null. */
async function orLakeError<T>(problems: string[], what: string, work: () => Promise<T>): Promise<T | LakeError | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LakeError) {
      if (error.hint === '' || error.kind === 'io') problems.push(`${what} fails without a hint: ${error.message}`);
      return error;
    }
    problems.push(`${what} throws: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return null;
  }
}

/** Covered windows must have their rows, and windows without an answer must not be covered. */
async function checkClaims(reader: LakeReader, readableRows: readonly Row[], problems: string[]): Promise<void> {
  const state = await reader.readState();
  const present = new Set(readableRows.map(({ text }) => text));
  const bySeries = groupBySeries([...template.rowsByFile.values()].flat());
  for (const { provider, series } of state.series()) {
    for (const window of state.coverage(provider, series)) {
      if (window.state !== 'data' && window.state !== 'empty') continue;
      const known = template.claims.get(series) ?? [];
      if (isSpan(series) && !known.some(({ start, end }) => start < window.end && window.start < end))
        problems.push(
          `${series} covers ${window.state} of ${formatIso(window.start)} to ${formatIso(window.end)}, which was never requested`,
        );
      if (window.state !== 'data') continue;
      const lacking = (bySeries.get(series) ?? []).find(
        ({ ts, text }) => ts >= window.start && ts < window.end && !present.has(text),
      );
      if (lacking !== undefined) problems.push(`${series} covers a lost row: ${lacking.text}`);
    }
  }
}

function groupBySeries(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.series);
    if (group === undefined) groups.set(row.series, [row]);
    else group.push(row);
  }
  return groups;
}

/** Other tables cover only the latest answer; if that is lost, an earlier one counts again. */
function isSpan(series: string): boolean {
  return barTables.some((table) => series.startsWith(`${table}/`));
}

function formatIso(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

async function readBars(reader: LakeReader): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const table of barTables) rows.push(...(await readRows(reader, table)));
  return rows;
}

/** Checks that every bar was written, and is read once. */
function checkBars(rows: readonly Row[], problems: string[]): void {
  const expected = new Set(template.expected.map(({ text }) => text));
  const seen = new Set<string>();
  for (const { text } of rows) {
    if (!expected.has(text)) problems.push(`a bar that was never written: ${text}`);
    else if (seen.has(text)) problems.push(`a duplicate bar: ${text}`);
    seen.add(text);
  }
}

interface LakeExamination {
  /** Null if the lake was rejected. */
  readonly rows: readonly Row[] | null;
  readonly sound: boolean | null;
  readonly lakeError: string | null;
}

/** Reads a damaged lake without a run. */
async function examine(rig: Rig, damages: readonly Damage[], problems: string[]): Promise<LakeExamination> {
  const lake = rig.path('data');
  const hidden = damages.some((one) => isHiddenDamage(lake, one));
  const reader = await openLakeReader(lake);
  try {
    const claimed = await orLakeError(problems, 'coverage', () =>
      checkClaims(reader, hidden ? [...template.rowsByFile.values()].flat() : intactRows(lake), problems),
    );
    const rows = await orLakeError(problems, 'a query', () => readBars(reader));
    await orLakeError(problems, 'statistics', () => reader.readStatistics());
    if (Array.isArray(rows) && !hidden) checkBars(rows as readonly Row[], problems);
    const checked = await orLakeError(problems, 'a check', () =>
      checkLake(reader, datasets, allRules, {}, findCalendarOfZone),
    );
    const sound = checked === null || checked instanceof LakeError ? null : isOk(checked);
    if (hidden && sound === true) problems.push('a file with other bytes is called sound');
    if (checked !== null && !(checked instanceof LakeError) && hidden) await quarantine(lake, checked.damaged);
    const lakeError = [claimed, rows].find((one) => one instanceof LakeError);
    return {
      rows: Array.isArray(rows) && !hidden ? (rows as readonly Row[]) : null,
      sound,
      lakeError: lakeError instanceof LakeError ? lakeError.message : null,
    };
  } finally {
    await reader.close();
  }
}

const readCommands = [
  ['check'],
  ['status'],
  ['plan', 'damaged.yaml', ...killedEvening],
  ['lineage', 'AAPL'],
  ['query', 'SELECT count(*) FROM equity_bars'],
  ['query', 'SELECT count(*) FROM facts'],
] as const;

/** Checks that no command reports damage as a bug. */
async function checkCommands(rig: Rig, problems: string[]): Promise<void> {
  for (const args of readCommands) {
    const { exitCode, stderr } = await rig.pipe(...args);
    const message = `pipe ${args.join(' ')} exits with ${String(exitCode)}: ${stderr.slice(0, 600)}`;
    if (exitCode === 1 || exitCode === null) problems.push(message);
    else if (/^\s+at .*:\d+:\d+\)?$/m.test(stderr)) problems.push(`a stack: ${message}`);
    else if (exitCode === 7 && !stderr.includes('data/')) problems.push(`no file is named: ${message}`);
  }
}

/** Checks that the next run repairs the lake, or fails and leaves it unchanged. */
async function checkRun(
  rig: Rig,
  before: LakeExamination,
  damages: readonly Damage[],
  problems: string[],
): Promise<string> {
  const lake = rig.path('data');
  const rowFiles = listFiles(lake).filter((path) => template.rowsByFile.has(path));
  let run = await rig.pipe('run', 'damaged.yaml', '--quiet', ...killedEvening);
  if ((run.exitCode === 0 || run.exitCode === 3) && (await hasDamagedLog(lake))) {
    // A run blocks the tasks of a table with a damaged log, and leaves checkpoints to the repair.
    const repair = await rig.pipe('check', '--repair');
    if (repair.exitCode !== 5 && repair.exitCode !== 0)
      problems.push(`pipe check --repair exits with ${String(repair.exitCode)}: ${repair.stderr.slice(0, 600)}`);
    run = await rig.pipe('run', 'damaged.yaml', '--quiet', ...killedEvening);
  }
  if (run.exitCode === 3 && run.stderr.includes('lost from the lake'))
    run = await rig.pipe('run', 'damaged.yaml', '--quiet', '--missing', ...killedEvening);
  if (run.exitCode === 7 || run.exitCode === 11) {
    const message = `pipe run exits with ${String(run.exitCode)}: ${run.stderr}`;
    if (!run.stderr.includes('data/')) problems.push(`no file is named: ${message}`);
    if (run.exitCode === 11 && !damages.some(({ target }) => target === 'lock')) problems.push(message);
    const lost = rowFiles.find((path) => !existsSync(join(lake, path)));
    if (lost !== undefined) problems.push(`a run that refuses takes ${lost} away`);
    const after: string[] = [];
    const { rows } = await examine(rig, [], after);
    if (before.rows !== null && rows !== null && rows.length < before.rows.length)
      problems.push(`a run that refuses loses ${String(before.rows.length - rows.length)} rows`);
    return run.exitCode === 11 ? 'locked' : 'refused';
  }
  if (run.exitCode !== 0) {
    problems.push(`pipe run exits with ${String(run.exitCode)}: ${run.stderr.slice(0, 1_500)}`);
    return 'failed';
  }
  const reader = await openLakeReader(lake);
  try {
    const rows = await readBars(reader);
    checkBars(rows, problems);
    const now = new Set(rows.map(({ text }) => text));
    const lost = (before.rows ?? []).filter(({ text }) => !now.has(text));
    if (lost.length > 0) problems.push(`the run loses ${String(lost.length)} rows, such as ${lost[0]?.text ?? ''}`);
    await checkClaimsAfterRun(reader, rows, problems);
    const checked = await checkLake(reader, datasets, allRules, {}, findCalendarOfZone);
    if (!isOk(checked) && !isOnlyPastChains(checked, damages))
      problems.push(`check fails after the run: ${JSON.stringify(checked.findings).slice(0, 600)}`);
  } catch (error) {
    // A run needs only the log from a checkpoint; commands that need the whole history name the broken part.
    const isBrokenCommit =
      error instanceof LakeError &&
      damages.some(({ target, path }) => target === 'commit' && error.path.includes(path));
    if (!isBrokenCommit)
      problems.push(`after the run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    await reader.close();
  }
  const plan = await rig.pipe(
    'plan',
    'damaged.yaml',
    '--json',
    ...killedEvening,
    '--steps',
    'contracts,chains,equity,options',
  );
  if (plan.exitCode !== 0 || !plan.stdout.includes('"requests": 0,'))
    problems.push(`the plan after the run is not empty: ${plan.stderr}${plan.stdout.slice(0, 300)}`);
  return 'repaired';
}

async function hasDamagedLog(lake: string): Promise<boolean> {
  const reader = await openLakeReader(lake);
  try {
    return (await reader.examineLogs(datasets, {}, true)).some(({ kind }) => kind !== 'unknown-files');
  } finally {
    await reader.close();
  }
}

/** Past chains cannot be fetched again: their options are missing afterwards. */
function isOnlyPastChains({ findings }: LakeCheckResult, damages: readonly Damage[]): boolean {
  const lostAll = damages.some(
    ({ action, path, target }) =>
      /^(chains|contracts)\/_delta_log/.test(path) && (action === 'remove the folder' || target === 'commit'),
  );
  const pastRules = ['options-without-chain', 'chain-without-contract', 'missing-rows', 'unknown-files'];
  return lostAll && findings.every(({ rule }) => pastRules.includes(rule));
}

/** Checks that everything covered can be read after a run. */
async function checkClaimsAfterRun(reader: LakeReader, rows: readonly Row[], problems: string[]): Promise<void> {
  const state = await reader.readState();
  const present = new Set(rows.map(({ text }) => text));
  const bySeries = groupBySeries(template.expected);
  for (const { provider, series } of state.series())
    for (const { state: said, start, end } of state.coverage(provider, series)) {
      if (said !== 'data') continue;
      const lacking = (bySeries.get(series) ?? []).find(
        ({ text, ts }) => ts >= start && ts < end && !present.has(text),
      );
      if (lacking !== undefined) problems.push(`after the run ${series} covers a lost row: ${lacking.text}`);
    }
}

describe(`${String(lakeRounds)} damaged lakes, seed ${String(seed)}`, () => {
  test.concurrent.for(Array.from({ length: lakeRounds }, (_, round) => round))('round %i', async (round) => {
    recordRound('lake', round);
    const dice = createDice(seed * 1_000_003 + round);
    const rig = await copyRig(template.rig);
    const damages: Damage[] = [];
    for (let left = dice.chance(0.8) ? 1 : 2; left > 0; left--) damages.push(damageFile(rig.path('data'), dice));
    const problems: string[] = [];
    const before = await examine(rig, damages, problems);
    if (round % sampleEvery === 0) await checkCommands(rig, problems);
    const outcome = await checkRun(rig, before, damages, problems);
    for (const { target } of damages)
      outcomeCounts.set(`${target}: ${outcome}`, (outcomeCounts.get(`${target}: ${outcome}`) ?? 0) + 1);
    await rig.close();
    const message = damages.map(({ action, path }) => `${action}: ${path}`).join(' and ');
    expect(
      problems.slice(0, 8),
      `${message} (${outcome}${before.lakeError === null ? '' : `, ${before.lakeError}`})`,
    ).toEqual([]);
  });

  afterAll(() => {
    const counted = [...outcomeCounts]
      .sort()
      .map(([outcome, count]) => `  ${outcome.padEnd(30)} ${String(count).padStart(4)}`);
    process.stdout.write(`\nwhat became of damaged lakes\n${counted.join('\n')}\n`);
  });
});
