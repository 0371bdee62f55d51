/**
 * Damaged pipelines and scenarios through `pipe plan` and `pipe run`: they end with a documented exit code and a sentence, in
 * bounded time, and write nothing outside the folders of the lake and of the run records. A tenth of the rounds of the other
 * parts. `npm run fuzz -- --part commands --rounds 10000 --seed 7`.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { afterAll, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { CallResult, Rig } from '../../rig.js';
import { mutateProject } from './mutate-projects.js';
import type { MutatedProject } from './mutate-projects.js';
import { createDice, createProblems, expectNoProblems, recordRound, rounds, seed } from './rounds.js';

const projects = Math.max(1, Math.round(rounds / 10));

/** Projects that run at the same time. */
const parallel = 4;

/** A run of more requests takes longer than a round may. */
const maxRequests = 400;

/** Far above what a slow and busy machine needs; only a hang takes longer. */
const timeout = 300_000;

const counts = { planned: 0, ran: 0, skipped: 0, exits: new Map<string, number>() };

/** Folders that a run may write to, relative to the home of the rig. */
const allowedFolders = ['project/data/', 'project/lineage/', 'home/.local/state/pipe/'];

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function checkResult(
  command: string,
  { exitCode, signal, stdout, stderr }: CallResult,
  allowed: readonly number[],
): readonly string[] {
  const problems: string[] = [];
  const key = `${command} ${String(exitCode)}`;
  counts.exits.set(key, (counts.exits.get(key) ?? 0) + 1);
  if (exitCode === null || !allowed.includes(exitCode))
    problems.push(`pipe ${command} ends with ${String(exitCode ?? signal)}: ${stderr.slice(0, 2_000)}`);
  if (/^\s+at .*:\d+:\d+\)?$/m.test(stderr)) problems.push(`pipe ${command} prints a stack: ${stderr.slice(0, 4_000)}`);
  if (exitCode !== 0 && stderr.trim() === '' && stdout.trim() === '') problems.push(`pipe ${command} says nothing`);
  return problems;
}

function readRequests(stdout: string): number {
  try {
    const document = JSON.parse(stdout) as { readonly requests: number; readonly estimatedRequests?: number };
    return Math.max(document.requests, document.estimatedRequests ?? 0);
  } catch {
    return Infinity;
  }
}

/** Log files and panels are part of the work of a pipeline; a log may have any name in the project. */
async function isOutput(home: string, path: string): Promise<boolean> {
  if (!path.startsWith('project/')) return false;
  if (path.startsWith('project/panels/')) return true;
  const text = await readFile(join(home, path), 'utf8').catch(() => '');
  return text === '' || text.startsWith('{"level":');
}

async function runCommands(rig: Rig, { first, files }: MutatedProject): Promise<readonly string[]> {
  for (const [name, bytes] of files) {
    await mkdir(dirname(rig.path(name)), { recursive: true });
    await writeFile(rig.path(name), bytes);
  }
  const home = join(rig.folder, '..');
  const before = new Set(await listFiles(home));
  const now = ['--now', '2026-11-20T23:00:00Z'];
  const plan = await rig.pipe('plan', first, '--json', ...now, { timeout });
  counts.planned++;
  const problems = [...checkResult('plan', plan, [0, 2, 3, 4])];
  if (plan.exitCode === 0 && readRequests(plan.stdout) <= maxRequests) {
    const run = await rig.pipe('run', first, '--quiet', ...now, { timeout });
    counts.ran++;
    problems.push(...checkResult('run', run, [0, 2, 3, 4]));
  } else if (plan.exitCode === 0) counts.skipped++;
  const outside = (await listFiles(home)).filter(
    (path) => !before.has(path) && !allowedFolders.some((folder) => path.startsWith(folder)),
  );
  const unexpected: string[] = [];
  for (const path of outside) if (!(await isOutput(home, path))) unexpected.push(path);
  if (unexpected.length > 0) problems.push(`it writes ${unexpected.slice(0, 5).join(', ')}`);
  return problems;
}

test(
  `${String(projects)} mutated projects are planned and run, seed ${String(seed)}`,
  { timeout: projects * 60_000 + 900_000 },
  async () => {
    const allProblems = createProblems();
    let next = 0;
    const work = async (): Promise<void> => {
      for (let round = next++; round < projects && !allProblems.isFull(); round = next++) {
        recordRound('commands', round);
        const project = mutateProject(createDice(seed * 1_000_003 + 500_000 + round));
        const rig = await createRig();
        try {
          allProblems.add('commands', round, await runCommands(rig, project), project.files);
        } catch (error) {
          allProblems.add('commands', round, [error instanceof Error ? error.message : String(error)], project.files);
        } finally {
          // A command that the pipeline started may still write.
          await rig.close().catch(() => rig.close());
        }
      }
    };
    await Promise.all(Array.from({ length: parallel }, work));
    expectNoProblems(allProblems);
  },
);

afterAll(() => {
  const exits = [...counts.exits].sort().map(([key, count]) => `${key}: ${String(count)}`);
  process.stdout.write(
    `\n${String(counts.planned)} planned, ${String(counts.ran)} run, ${String(counts.skipped)} too large to run; ` +
      `exit codes: ${exits.join(', ')}\n`,
  );
});
