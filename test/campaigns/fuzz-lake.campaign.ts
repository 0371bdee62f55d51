/**
 * Lakes that a disk or a person has damaged: nothing is claimed that is not held, every command says what is wrong, and the
 * next run mends the lake or refuses and leaves it as it is. `npm run fuzz -- --part lake --rounds 400 --seed 7`.
 */
import { cp } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { allRules } from '../../src/checks/all-rules.js';
import { checkLake } from '../../src/checks/check-lake.js';
import type { LakeChecked } from '../../src/checks/check-lake.js';
import { isSound } from '../../src/checks/finding.js';
import { datasets } from '../../src/core/tables.js';
import type { LakeReader } from '../../src/lake/contract.js';
import { LakeError } from '../../src/lake/lake-error.js';
import { openLakeReader } from '../../src/lake/reader.js';
import { setAside } from '../../src/lake/verify-repair.js';
import { makeRig } from '../rig.js';
import type { Rig } from '../rig.js';
import { damage, filesBelow } from './fuzz-damage.js';
import type { Damage } from './fuzz-damage.js';
import { barTables, evening, hashOf, makeTemplate, rowsOf } from './fuzz-template.js';
import type { Row, Template } from './fuzz-template.js';
import { begin, diceOf, rounds, seed } from './fuzz-rounds.js';

/** A round of a lake costs as much as some dozens of the other parts. */
const lakes = Math.max(1, Math.round(rounds / 10));

/** One in so many looks at what the other commands say. */
const sampled = 5;

let template: Template;
const fates = new Map<string, number>();

async function copyOf(rig: Rig): Promise<Rig> {
  const copy = await makeRig();
  await cp(rig.folder, copy.folder, { recursive: true });
  return copy;
}

beforeAll(async () => {
  template = await makeTemplate(copyOf);
});

/** The bars of files that are what they were: what can be read whatever else has happened. */
function intactRows(lake: string): readonly Row[] {
  return [...template.rowsByFile].flatMap(([path, rows]) => {
    const file = join(lake, path);
    return existsSync(file) && template.hashes.get(path) === safeHash(file) ? rows : [];
  });
}

function safeHash(path: string): string {
  try {
    return hashOf(path);
  } catch {
    return '';
  }
}

/** Whether a live file of rows has other bytes but as many: only reading it through tells. */
function isHidden(lake: string, { target }: Damage): boolean {
  if (target !== 'rows') return false;
  return [...template.live].some(([live, size]) => {
    const file = statSync(join(lake, live), { throwIfNoEntry: false });
    return file?.size === size && file.isFile() && template.hashes.get(live) !== hashOf(join(lake, live));
  });
}

/** What reading does, or the refusal in the lake's own words. */
async function orRefusal<T>(wrong: string[], what: string, work: () => Promise<T>): Promise<T | LakeError | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LakeError) {
      if (error.remedy === '' || error.kind === 'io') wrong.push(`${what} refuses without a remedy: ${error.message}`);
      return error;
    }
    wrong.push(`${what} throws: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return null;
  }
}

/** Windows that are said to be held must be, and nothing may be said about what was never answered. */
async function judgeClaims(reader: LakeReader, held: readonly Row[], wrong: string[]): Promise<void> {
  const state = await reader.state();
  const have = new Set(held.map(({ text }) => text));
  const bySeries = grouped([...template.rowsByFile.values()].flat());
  for (const { provider, series } of state.series()) {
    for (const window of state.coverage(provider, series)) {
      if (window.state !== 'data' && window.state !== 'empty') continue;
      const known = template.claims.get(series) ?? [];
      if (isSpan(series) && !known.some(({ start, end }) => start < window.end && window.start < end))
        wrong.push(
          `${series} claims ${window.state} of ${isoOf(window.start)} to ${isoOf(window.end)}, never asked for`,
        );
      if (window.state !== 'data') continue;
      const lacking = (bySeries.get(series) ?? []).find(
        ({ ts, text }) => ts >= window.start && ts < window.end && !have.has(text),
      );
      if (lacking !== undefined) wrong.push(`${series} claims to hold what is gone: ${lacking.text}`);
    }
  }
}

function grouped(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.series);
    if (group === undefined) groups.set(row.series, [row]);
    else group.push(row);
  }
  return groups;
}

/** Of other tables only the last answer is known; when that is gone an earlier one counts again. */
function isSpan(series: string): boolean {
  return barTables.some((table) => series.startsWith(`${table}/`));
}

function isoOf(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

/** The bars that are read, each once and as it was. */
async function barsIn(reader: LakeReader): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const table of barTables) rows.push(...(await rowsOf(reader, table)));
  return rows;
}

function judgeBars(rows: readonly Row[], wrong: string[]): void {
  const expected = new Set(template.expected.map(({ text }) => text));
  const seen = new Set<string>();
  for (const { text } of rows) {
    if (!expected.has(text)) wrong.push(`a bar that nobody wrote: ${text}`);
    else if (seen.has(text)) wrong.push(`a bar twice: ${text}`);
    seen.add(text);
  }
}

interface Examined {
  /** Null when the lake is refused. */
  readonly rows: readonly Row[] | null;
  readonly sound: boolean | null;
  readonly refusal: string | null;
}

/** What can be seen of a lake as it is. */
async function examine(rig: Rig, done: readonly Damage[], wrong: string[]): Promise<Examined> {
  const lake = rig.path('data');
  const hidden = done.some((one) => isHidden(lake, one));
  const reader = await openLakeReader(lake);
  try {
    const claimed = await orRefusal(wrong, 'coverage', () =>
      judgeClaims(reader, hidden ? [...template.rowsByFile.values()].flat() : intactRows(lake), wrong),
    );
    const rows = await orRefusal(wrong, 'a query', () => barsIn(reader));
    await orRefusal(wrong, 'statistics', () => reader.statistics());
    if (Array.isArray(rows) && !hidden) judgeBars(rows as readonly Row[], wrong);
    const checked = await orRefusal(wrong, 'a check', () => checkLake(reader, datasets, allRules));
    const sound = checked === null || checked instanceof LakeError ? null : isSound(checked);
    if (hidden && sound === true) wrong.push('a file with other bytes is called sound');
    if (checked !== null && !(checked instanceof LakeError) && hidden) await setAside(lake, checked.damaged);
    const refusal = [claimed, rows].find((one) => one instanceof LakeError);
    return {
      rows: Array.isArray(rows) && !hidden ? (rows as readonly Row[]) : null,
      sound,
      refusal: refusal instanceof LakeError ? refusal.message : null,
    };
  } finally {
    await reader.close();
  }
}

const looking = [
  ['check'],
  ['status'],
  ['plan', 'damaged.yaml', ...evening],
  ['lineage', 'AAPL'],
  ['query', 'SELECT count(*) FROM equity_bars'],
  ['query', 'SELECT count(*) FROM facts'],
] as const;

/** No command calls damage a bug of its own. */
async function judgeCommands(rig: Rig, wrong: string[]): Promise<void> {
  for (const words of looking) {
    const { exitCode, stderr } = await rig.pipe(...words);
    const told = `pipe ${words.join(' ')} exits with ${String(exitCode)}: ${stderr.slice(0, 600)}`;
    if (exitCode === 1 || exitCode === null) wrong.push(told);
    else if (/^\s+at .*:\d+:\d+\)?$/m.test(stderr)) wrong.push(`a stack: ${told}`);
    else if (exitCode === 7 && !stderr.includes('data/')) wrong.push(`no file is named: ${told}`);
  }
}

/** The next run mends the lake, or refuses and leaves it as it is. */
async function judgeRun(rig: Rig, before: Examined, done: readonly Damage[], wrong: string[]): Promise<string> {
  const lake = rig.path('data');
  const rowFiles = filesBelow(lake).filter((path) => template.rowsByFile.has(path));
  const run = await rig.pipe('run', 'damaged.yaml', '--quiet', ...evening);
  if (run.exitCode === 7 || run.exitCode === 11) {
    const told = `pipe run exits with ${String(run.exitCode)}: ${run.stderr}`;
    if (!run.stderr.includes('data/')) wrong.push(`no file is named: ${told}`);
    if (run.exitCode === 11 && !done.some(({ target }) => target === 'lock')) wrong.push(told);
    const lost = rowFiles.find((path) => !existsSync(join(lake, path)));
    if (lost !== undefined) wrong.push(`a run that refuses takes ${lost} away`);
    const after: string[] = [];
    const { rows } = await examine(rig, [], after);
    if (before.rows !== null && rows !== null && rows.length < before.rows.length)
      wrong.push(`a run that refuses loses ${String(before.rows.length - rows.length)} rows`);
    return run.exitCode === 11 ? 'locked' : 'refused';
  }
  if (run.exitCode !== 0) {
    wrong.push(`pipe run exits with ${String(run.exitCode)}: ${run.stderr.slice(0, 1_500)}`);
    return 'failed';
  }
  const reader = await openLakeReader(lake);
  try {
    const rows = await barsIn(reader);
    judgeBars(rows, wrong);
    const now = new Set(rows.map(({ text }) => text));
    const lost = (before.rows ?? []).filter(({ text }) => !now.has(text));
    if (lost.length > 0) wrong.push(`the run loses ${String(lost.length)} rows, such as ${lost[0]?.text ?? ''}`);
    await judgeClaimsAfter(reader, rows, wrong);
    const checked = await checkLake(reader, datasets, allRules);
    if (!isSound(checked) && !isOnlyHistory(checked, done))
      wrong.push(`not sound after the run: ${JSON.stringify(checked.findings).slice(0, 600)}`);
  } catch (error) {
    // A run goes on from a checkpoint; what needs the whole history says which part of it is broken.
    const isBrokenCommit =
      error instanceof LakeError && done.some(({ target, path }) => target === 'commit' && error.path.includes(path));
    if (!isBrokenCommit)
      wrong.push(`after the run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    await reader.close();
  }
  const plan = await rig.pipe(
    'plan',
    'damaged.yaml',
    '--json',
    ...evening,
    '--steps',
    'contracts,chains,equity,options',
  );
  if (plan.exitCode !== 0 || !plan.stdout.includes('"requests": 0,'))
    wrong.push(`something is asked for again after the run: ${plan.stderr}${plan.stdout.slice(0, 300)}`);
  return 'mended';
}

/** Chains of the past cannot be had again: options that had one then have none now. */
function isOnlyHistory({ findings }: LakeChecked, done: readonly Damage[]): boolean {
  const lostAll = done.some(
    ({ what, path }) => what === 'its folder gone' && /^(chains|contracts)\/_delta_log/.test(path),
  );
  return lostAll && findings.every(({ rule }) => rule === 'options-without-chain' || rule === 'chain-without-contract');
}

/** After a run everything that is said to be held can be read. */
async function judgeClaimsAfter(reader: LakeReader, rows: readonly Row[], wrong: string[]): Promise<void> {
  const state = await reader.state();
  const have = new Set(rows.map(({ text }) => text));
  const bySeries = grouped(template.expected);
  for (const { provider, series } of state.series())
    for (const { state: said, start, end } of state.coverage(provider, series)) {
      if (said !== 'data') continue;
      const lacking = (bySeries.get(series) ?? []).find(({ text, ts }) => ts >= start && ts < end && !have.has(text));
      if (lacking !== undefined) wrong.push(`after the run ${series} claims to hold what is gone: ${lacking.text}`);
    }
}

describe(`${String(lakes)} damaged lakes, seed ${String(seed)}`, () => {
  test.concurrent.for(Array.from({ length: lakes }, (_, round) => round))('round %i', async (round) => {
    begin('lake', round);
    const dice = diceOf(seed * 1_000_003 + round);
    const rig = await copyOf(template.rig);
    const done: Damage[] = [];
    for (let left = dice.chance(0.8) ? 1 : 2; left > 0; left--) done.push(damage(rig.path('data'), dice));
    const wrong: string[] = [];
    const before = await examine(rig, done, wrong);
    if (round % sampled === 0) await judgeCommands(rig, wrong);
    const fate = await judgeRun(rig, before, done, wrong);
    for (const { target } of done) fates.set(`${target}: ${fate}`, (fates.get(`${target}: ${fate}`) ?? 0) + 1);
    await rig.close();
    const told = done.map(({ what, path }) => `${what}: ${path}`).join(' and ');
    expect(wrong.slice(0, 8), `${told} (${fate}${before.refusal === null ? '' : `, ${before.refusal}`})`).toEqual([]);
  });

  afterAll(() => {
    const counted = [...fates].sort().map(([fate, count]) => `  ${fate.padEnd(30)} ${String(count).padStart(4)}`);
    process.stdout.write(`\nwhat became of damaged lakes\n${counted.join('\n')}\n`);
  });
});
