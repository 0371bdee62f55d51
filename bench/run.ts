// `npm run bench`: runs every benchmark of this folder, one after another, and prints one table. `--only WORD` runs
// those whose name contains the word. It measures and judges nothing: exit code 1 only if a benchmark could not measure.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runBench, formatTable } from './bench.js';
import type { Bench, BenchResult } from './bench.js';

// This file runs from dist-bench/bench.
const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const selectedBenches = (await findBenches()).filter(({ name }) => name.includes(values.only));
if (selectedBenches.length === 0) {
  process.stderr.write(`no bench has ${values.only} in its name\n`);
  process.exitCode = 2;
} else {
  const results = await runSequentially(selectedBenches);
  const table = formatTable(results);
  process.stdout.write(table);
  saveResults(table, results);
  if (results.some(({ verdict }) => verdict === 'broken')) process.exitCode = 1;
}

/** Scripts that run when they are imported: this one, and those that benchmarks run in separate processes. */
function isScript(file: string): boolean {
  return file === 'run.ts' || file.endsWith('-process.ts');
}

/** The benchmarks exported by the files of the folder, listed by source file: older builds may have left others. */
async function findBenches(): Promise<readonly Bench[]> {
  const files = readdirSync(join(projectFolder, 'bench')).filter((file) => file.endsWith('.ts') && !isScript(file));
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

async function runSequentially(benches: readonly Bench[]): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const bench of benches) {
    process.stderr.write(`${bench.name} …\n`);
    results.push(await runBench(bench));
  }
  return results;
}

function saveResults(table: string, results: readonly BenchResult[]): void {
  const folder = join(projectFolder, 'bench/results');
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
  writeFileSync(`${name}.json`, `${JSON.stringify({ at, machine, results }, null, 2)}\n`);
  writeFileSync(`${name}.txt`, table);
  process.stderr.write(`saved as ${name}.txt and .json\n`);
}
