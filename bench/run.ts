// `npm run bench`: runs every bench of this folder, one after another, and prints one table. `--only WORD` runs those whose
// name contains the word. Exit code 1 when a bar is missed or a bench could not measure.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { outcomeOf, tableOf } from './table.js';
import type { Bench, Outcome } from './table.js';

// This file runs from dist-bench/bench.
const project = fileURLToPath(new URL('../..', import.meta.url));

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const found = (await findBenches()).filter(({ name }) => name.includes(values.only));
if (found.length === 0) {
  process.stderr.write(`no bench has ${values.only} in its name\n`);
  process.exitCode = 2;
} else {
  const outcomes = await runInTurn(found);
  const table = tableOf(outcomes);
  process.stdout.write(table);
  save(table, outcomes);
  if (outcomes.some(({ verdict }) => verdict !== 'met')) process.exitCode = 1;
}

/** Scripts do their work when they are loaded: this one, and those that benches run in processes of their own. */
function isScript(file: string): boolean {
  return file === 'run.ts' || file.endsWith('-process.ts');
}

/** The benches of every file of the folder that exports some; the source counts, not what an older build left. */
async function findBenches(): Promise<readonly Bench[]> {
  const files = readdirSync(join(project, 'bench')).filter((file) => file.endsWith('.ts') && !isScript(file));
  const benches: Bench[] = [];
  for (const file of files.sort()) {
    const module: unknown = await import(new URL(file.replace(/\.ts$/, '.js'), import.meta.url).href);
    if (hasBenches(module)) benches.push(...module.benches);
  }
  return benches;
}

function hasBenches(module: unknown): module is { readonly benches: readonly Bench[] } {
  return typeof module === 'object' && module !== null && 'benches' in module && Array.isArray(module.benches);
}

async function runInTurn(benches: readonly Bench[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const bench of benches) {
    process.stderr.write(`${bench.name} …\n`);
    outcomes.push(await outcomeOf(bench));
  }
  return outcomes;
}

function save(table: string, outcomes: readonly Outcome[]): void {
  const folder = join(project, 'bench/results');
  const at = new Date().toISOString();
  const machine = {
    node: process.version,
    platform: `${process.platform} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
  };
  mkdirSync(folder, { recursive: true });
  const name = join(folder, at.replaceAll(':', '').slice(0, 17));
  writeFileSync(`${name}.json`, `${JSON.stringify({ at, machine, outcomes }, null, 2)}\n`);
  writeFileSync(`${name}.txt`, table);
  process.stderr.write(`saved as ${name}.txt and .json\n`);
}
