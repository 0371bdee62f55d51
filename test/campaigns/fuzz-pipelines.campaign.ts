/**
 * Pipelines and scenarios that people, editors and disks have spoilt: each is loaded or refused with a place for every reason,
 * in bounded time, and what is loaded can be planned. `npm run fuzz -- --rounds 1000 --seed 7`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { afterAll, test } from 'vitest';

import { planDocument } from '../../src/plan/plan-json.js';
import { wholePlan } from '../../src/plan/options.js';
import { knownExchanges } from '../../src/calendar/calendars.js';
import { explainText, planText } from '../../src/cli/plan-text.js';
import { planPipeline } from '../../src/cli/planning.js';
import type { Diagnostic } from '../../src/core/diagnostic.js';
import { openLakeReader } from '../../src/lake/reader.js';
import { loadPipeline } from '../../src/pipeline/load.js';
import type { Pipeline } from '../../src/pipeline/pipeline.js';
import { plainPaint } from '../../src/report/paint.js';
import { scenarioFrom } from '../../src/scenario/load.js';
import { diagnosticsDocument, renderDiagnostics } from '../../src/yaml/render.js';
import type { Sources } from '../../src/yaml/sources.js';
import { makeRig } from '../rig.js';
import { mutatedProject, scenarioTexts } from './fuzz-projects.js';
import type { MutatedProject } from './fuzz-projects.js';
import { begin, complaints, diceOf, expectNone, rounds, seed } from './fuzz-rounds.js';
import { mutatedText } from './fuzz-text.js';

/** How much time of the processor reading and planning may take, in milliseconds: what else the machine does counts not. */
const longest = { load: 2_000, plan: 10_000 };

/** One in so many goes through the command as well. */
const sampled = 60;

const now = Date.parse('2026-11-20T23:00:00Z');

const counts = { loaded: 0, refused: 0, planned: 0, requests: 0, commands: 0 };

/** What a message must never have: values that a template was given by mistake. What is quoted is the user's. */
function isSpoilt(text: string): boolean {
  return /\bundefined\b|\[object |\bNaN\b|\bnull\b.*\bnull\b|Infinity/.test(text.replaceAll(/`[^`]*`?|"[^"]*"/g, ''));
}

/** What is wrong with the way in which problems are told. */
function judgeDiagnostics(diagnostics: readonly Diagnostic[], sources: Sources): readonly string[] {
  const wrong: string[] = [];
  for (const { code, message, suggestion = '', place, related = [], severity } of diagnostics) {
    if (isSpoilt(message) || isSpoilt(suggestion)) wrong.push(`${code} says: ${message} (${suggestion})`);
    if (message.length > 2_000) wrong.push(`${code} has a message of ${String(message.length)} characters`);
    if (place === undefined) {
      if (severity === 'error' && code !== 'more-problems') wrong.push(`${code} has no place: ${message}`);
      continue;
    }
    for (const one of [place, ...related.map((other) => other.place)]) {
      const text = sources.get(one.file);
      const isWholeFile = one.offset === 0 && one.length === 0;
      if (text === undefined ? !isWholeFile : one.offset < 0 || one.length < 0 || one.offset + one.length > text.length)
        wrong.push(`${code} points at ${String(one.offset)}+${String(one.length)} of ${one.file}, which is not there`);
    }
  }
  for (const { code, line, column, file } of diagnosticsDocument(diagnostics, sources)) {
    const lines = sources.get(file ?? '')?.split('\n');
    if (lines === undefined || line === null || column === null) continue;
    const width = lines[line - 1]?.length;
    if (width === undefined || column < 1 || column > width + 1)
      wrong.push(`${code} is told at ${String(line)}:${String(column)}, which is not there`);
  }
  const rendered = renderDiagnostics(diagnostics, sources, { color: true });
  if (diagnostics.length > 0 && rendered.trim() === '') wrong.push('nothing is shown of the problems');
  return wrong;
}

function readerOf({ files }: MutatedProject) {
  return (path: string): Promise<Uint8Array> => {
    const name = normalize(path);
    const bytes = files.get(name);
    if (bytes !== undefined) return Promise.resolve(bytes);
    const isFolder =
      name === '.' || name === '..' || name === '/' || [...files.keys()].some((one) => one.startsWith(`${name}/`));
    const code = path.includes('\0') ? 'ERR_INVALID_ARG_VALUE' : isFolder ? 'EISDIR' : 'ENOENT';
    return Promise.reject(Object.assign(new Error(`${code}: ${path}`), { code }));
  };
}

async function timed<T>(what: string, limit: number, wrong: string[], work: () => Promise<T>): Promise<T | null> {
  const before = process.cpuUsage();
  try {
    return await work();
  } catch (error) {
    wrong.push(`${what} throws: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return null;
  } finally {
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1_000;
    if (took > limit) wrong.push(`${what} takes ${took.toFixed(0)} ms`);
  }
}

async function judgePlan(pipeline: Pipeline, wrong: string[]): Promise<void> {
  const reader = await openLakeReader(join('/nonexistent', 'lake'));
  await timed('planning', longest.plan, wrong, async () => {
    const { plan } = await planPipeline(pipeline, reader, wholePlan, now, true);
    counts.planned++;
    counts.requests += plan.requests;
    if (!Number.isFinite(plan.estimated) || plan.requests < 0) wrong.push('the plan is not finite');
    const text = `${planText(plan, plainPaint)}\n${plan.requests > 5_000 ? '' : explainText(plan, plainPaint)}`;
    const spoilt = text.split('\n').find(isSpoilt);
    if (spoilt !== undefined) wrong.push(`the plan says: ${spoilt}`);
    if (plan.requests <= 5_000) JSON.stringify(planDocument(plan));
  });
  await reader.close();
}

async function judgeProject(project: MutatedProject): Promise<readonly string[]> {
  const wrong: string[] = [];
  const loaded = await timed('loading', longest.load, wrong, () =>
    loadPipeline(project.first, {
      environment: { HOME: '/home/somebody', SECRET: 'x: [y' },
      knownCalendars: knownExchanges,
      readFile: readerOf(project),
      auto: () => ({ provider: 'mock', warning: 'nothing is set up' }),
    }),
  );
  if (loaded === null) return wrong;
  wrong.push(...judgeDiagnostics(loaded.ok ? loaded.warnings : loaded.diagnostics, loaded.sources));
  counts[loaded.ok ? 'loaded' : 'refused']++;
  if (loaded.ok) await judgePlan(loaded.pipeline, wrong);
  else if (!loaded.diagnostics.some(({ severity }) => severity === 'error'))
    wrong.push('it is refused without an error');
  return wrong;
}

async function writeInto(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

/** Through the command: what is wrong with a file is never a bug, and a bug is told by its exit code. */
async function judgeCommand({ first, files }: MutatedProject): Promise<readonly string[]> {
  const rig = await makeRig();
  const wrong: string[] = [];
  try {
    for (const [name, bytes] of files) await writeInto(rig.path(name), bytes);
    for (const words of [['lint', '--json'], ['lint'], ['plan', '--now', '2026-11-20T23:00:00Z']]) {
      const [command = '', ...options] = words;
      const { exitCode, stdout, stderr } = await rig.pipe(command, first, ...options);
      counts.commands++;
      if (exitCode !== 0 && exitCode !== 2)
        wrong.push(`pipe ${words.join(' ')} exits with ${String(exitCode)}: ${stderr}`);
      if (/^\s+at .*:\d+:\d+\)?$/m.test(stderr)) wrong.push(`pipe ${words.join(' ')} prints a stack: ${stderr}`);
      if (exitCode === 2 && stderr.trim() === '' && stdout.trim() === '')
        wrong.push(`pipe ${words.join(' ')} says nothing`);
      if (words.includes('--json')) JSON.parse(stdout);
    }
  } finally {
    await rig.close();
  }
  return wrong;
}

test(`${String(rounds)} spoilt pipelines, seed ${String(seed)}`, { timeout: rounds * 20_000 + 900_000 }, async () => {
  const found = complaints();
  for (let round = 0; round < rounds && !found.isEnough(); round++) {
    begin('pipelines', round);
    const project = mutatedProject(diceOf(seed * 1_000_003 + round));
    const wrong = [...(await judgeProject(project))];
    if (round % sampled === sampled - 1) wrong.push(...(await judgeCommand(project)));
    found.add('pipelines', round, wrong, project.files);
  }
  expectNone(found);
});

test(`${String(rounds)} spoilt scenarios, seed ${String(seed)}`, { timeout: rounds * 5_000 + 900_000 }, async () => {
  const found = complaints();
  for (let round = 0; round < rounds && !found.isEnough(); round++) {
    begin('scenarios', round);
    const dice = diceOf(seed * 1_000_003 + round);
    const text = mutatedText(dice.pick(scenarioTexts), dice);
    const wrong: string[] = [];
    const loaded = await timed('loading', longest.load, wrong, () => Promise.resolve(scenarioFrom('x.yaml', text)));
    if (loaded !== null)
      wrong.push(...judgeDiagnostics(loaded.ok ? loaded.warnings : loaded.diagnostics, loaded.sources));
    found.add('scenarios', round, wrong, new Map([['x.yaml', Buffer.from(text)]]));
  }
  expectNone(found);
});

afterAll(() => {
  const { loaded, refused, planned, requests, commands } = counts;
  process.stdout.write(
    `\npipelines: ${String(loaded)} loaded, ${String(refused)} refused, ${String(planned)} planned with ` +
      `${String(requests)} requests, ${String(commands)} calls of the command\n`,
  );
});
