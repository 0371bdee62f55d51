/**
 * Damaged pipelines and scenarios: each is loaded or rejected with a location for every problem, in bounded time, and what is
 * loaded can be planned. `npm run fuzz -- --rounds 1000 --seed 7`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { afterAll, test } from 'vitest';

import { planDocument } from '../../../src/plan/plan-document.js';
import { defaultPlanOptions } from '../../../src/plan/plan-options.js';
import { supportedExchanges } from '../../../src/calendar/calendars.js';
import { formatPlanExplanation, formatPlan } from '../../../src/cli/output/format-plan.js';
import { planPipeline } from '../../../src/app/plan/plan-pipeline.js';
import type { Diagnostic } from '../../../src/core/diagnostic.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { loadPipeline } from '../../../src/config/pipeline/load-pipeline.js';
import type { Pipeline } from '../../../src/config/pipeline/pipeline.js';
import { plainStyle } from '../../../src/platform/style.js';
import { parseScenario } from '../../../src/config/scenario/load-scenario.js';
import { toDiagnosticDocuments, renderDiagnostics } from '../../../src/config/yaml/render-diagnostics.js';
import type { SourceTexts } from '../../../src/config/yaml/source-texts.js';
import { createRig } from '../../rig.js';
import { mutateProject, scenarioTexts } from './mutate-projects.js';
import type { MutatedProject } from './mutate-projects.js';
import { recordRound, createProblems, createDice, expectNoProblems, rounds, seed } from './rounds.js';
import { mutateText } from './mutate-text.js';

/** Maximum CPU time of loading and planning in milliseconds; independent of other load on the machine. */
const maxCpuMs = { load: 2_000, plan: 10_000 };

/** One round in this many also runs the command. */
const sampleEvery = 60;

const now = Date.parse('2026-11-20T23:00:00Z');

const counts = { loaded: 0, refused: 0, planned: 0, requests: 0, commands: 0 };

/** Whether a message contains values inserted by mistake; ignores quoted text, which is the user's. */
function hasUnformattedValue(text: string): boolean {
  return /\bundefined\b|\[object |\bNaN\b|\bnull\b.*\bnull\b|Infinity/.test(text.replaceAll(/`[^`]*`?|"[^"]*"/g, ''));
}

/** Checks the form of diagnostics. */
function checkDiagnostics(diagnostics: readonly Diagnostic[], sources: SourceTexts): readonly string[] {
  const problems: string[] = [];
  for (const { code, message, suggestion = '', location, related = [], severity } of diagnostics) {
    if (hasUnformattedValue(message) || hasUnformattedValue(suggestion))
      problems.push(`${code} says: ${message} (${suggestion})`);
    if (message.length > 2_000) problems.push(`${code} has a message of ${String(message.length)} characters`);
    if (location === undefined) {
      if (severity === 'error' && code !== 'more-problems') problems.push(`${code} has no place: ${message}`);
      continue;
    }
    for (const one of [location, ...related.map((other) => other.location)]) {
      const text = sources.get(one.file);
      const isWholeFile = one.offset === 0 && one.length === 0;
      if (text === undefined ? !isWholeFile : one.offset < 0 || one.length < 0 || one.offset + one.length > text.length)
        problems.push(
          `${code} points at ${String(one.offset)}+${String(one.length)} of ${one.file}, which does not exist`,
        );
    }
  }
  for (const { code, line, column, file } of toDiagnosticDocuments(diagnostics, sources)) {
    const lines = sources.get(file ?? '')?.split('\n');
    if (lines === undefined || line === null || column === null) continue;
    const width = lines[line - 1]?.length;
    if (width === undefined || column < 1 || column > width + 1)
      problems.push(`${code} is reported at ${String(line)}:${String(column)}, which does not exist`);
  }
  const rendered = renderDiagnostics(diagnostics, sources, { color: true });
  if (diagnostics.length > 0 && rendered.trim() === '') problems.push('no diagnostic is rendered');
  return problems;
}

function createFileReader({ files }: MutatedProject) {
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

async function runWithinCpuLimit<T>(
  what: string,
  limit: number,
  problems: string[],
  work: () => Promise<T>,
): Promise<T | null> {
  const before = process.cpuUsage();
  try {
    return await work();
  } catch (error) {
    problems.push(`${what} throws: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return null;
  } finally {
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1_000;
    if (cpuMs > limit) problems.push(`${what} takes ${cpuMs.toFixed(0)} ms`);
  }
}

async function checkPlan(pipeline: Pipeline, problems: string[]): Promise<void> {
  const reader = await openLakeReader(join('/nonexistent', 'lake'));
  await runWithinCpuLimit('planning', maxCpuMs.plan, problems, async () => {
    const { plan } = await planPipeline(pipeline, reader, defaultPlanOptions, now, true);
    counts.planned++;
    counts.requests += plan.requests;
    if (!Number.isFinite(plan.estimatedMs) || plan.requests < 0) problems.push('the plan is not finite');
    const text = `${formatPlan(plan, plainStyle)}\n${plan.requests > 5_000 ? '' : formatPlanExplanation(plan, plainStyle)}`;
    const badLine = text.split('\n').find(hasUnformattedValue);
    if (badLine !== undefined) problems.push(`the plan says: ${badLine}`);
    if (plan.requests <= 5_000) JSON.stringify(planDocument(plan));
  });
  await reader.close();
}

async function checkProject(project: MutatedProject): Promise<readonly string[]> {
  const problems: string[] = [];
  const loaded = await runWithinCpuLimit('loading', maxCpuMs.load, problems, () =>
    loadPipeline(project.first, {
      environment: { HOME: '/home/user', SECRET: 'x: [y' },
      knownCalendars: supportedExchanges,
      readFile: createFileReader(project),
      resolveAuto: () => ({ provider: 'mock', warning: 'nothing is set up' }),
    }),
  );
  if (loaded === null) return problems;
  problems.push(...checkDiagnostics(loaded.ok ? loaded.warnings : loaded.diagnostics, loaded.sourceTexts));
  counts[loaded.ok ? 'loaded' : 'refused']++;
  if (loaded.ok) await checkPlan(loaded.pipeline, problems);
  else if (!loaded.diagnostics.some(({ severity }) => severity === 'error'))
    problems.push('it is refused without an error');
  return problems;
}

async function writeFileCreatingFolder(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

/** Checks that the command reports invalid files as such and not as a bug. */
async function checkCommand({ first, files }: MutatedProject): Promise<readonly string[]> {
  const rig = await createRig();
  const problems: string[] = [];
  try {
    for (const [name, bytes] of files) await writeFileCreatingFolder(rig.path(name), bytes);
    for (const args of [['lint', '--json'], ['lint'], ['plan', '--now', '2026-11-20T23:00:00Z']]) {
      const [command = '', ...options] = args;
      const { exitCode, stdout, stderr } = await rig.pipe(command, first, ...options);
      counts.commands++;
      if (exitCode !== 0 && exitCode !== 2)
        problems.push(`pipe ${args.join(' ')} exits with ${String(exitCode)}: ${stderr}`);
      if (/^\s+at .*:\d+:\d+\)?$/m.test(stderr)) problems.push(`pipe ${args.join(' ')} prints a stack: ${stderr}`);
      if (exitCode === 2 && stderr.trim() === '' && stdout.trim() === '')
        problems.push(`pipe ${args.join(' ')} says nothing`);
      if (args.includes('--json')) JSON.parse(stdout);
    }
  } finally {
    await rig.close();
  }
  return problems;
}

test(
  `${String(rounds)} mutated pipelines load or fail with located problems, seed ${String(seed)}`,
  { timeout: rounds * 20_000 + 900_000 },
  async () => {
    const allProblems = createProblems();
    for (let round = 0; round < rounds && !allProblems.isFull(); round++) {
      recordRound('pipelines', round);
      const project = mutateProject(createDice(seed * 1_000_003 + round));
      const problems = [...(await checkProject(project))];
      if (round % sampleEvery === sampleEvery - 1) problems.push(...(await checkCommand(project)));
      allProblems.add('pipelines', round, problems, project.files);
    }
    expectNoProblems(allProblems);
  },
);

test(
  `${String(rounds)} mutated scenarios load or fail with located problems, seed ${String(seed)}`,
  { timeout: rounds * 5_000 + 900_000 },
  async () => {
    const allProblems = createProblems();
    for (let round = 0; round < rounds && !allProblems.isFull(); round++) {
      recordRound('scenarios', round);
      const dice = createDice(seed * 1_000_003 + round);
      const text = mutateText(dice.pick(scenarioTexts), dice);
      const problems: string[] = [];
      const loaded = await runWithinCpuLimit('loading', maxCpuMs.load, problems, () =>
        Promise.resolve(parseScenario('x.yaml', text)),
      );
      if (loaded !== null)
        problems.push(...checkDiagnostics(loaded.ok ? loaded.warnings : loaded.diagnostics, loaded.sourceTexts));
      allProblems.add('scenarios', round, problems, new Map([['x.yaml', Buffer.from(text)]]));
    }
    expectNoProblems(allProblems);
  },
);

afterAll(() => {
  const { loaded, refused, planned, requests, commands } = counts;
  process.stdout.write(
    `\npipelines: ${String(loaded)} loaded, ${String(refused)} refused, ${String(planned)} planned with ` +
      `${String(requests)} requests, ${String(commands)} calls of the command\n`,
  );
});
