import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.js';
import { compare, measureProcess } from './compare.js';
import type { Peer } from './compare.js';
import { pipeCommand } from './node-process.js';
import { findPython } from './peers/python.js';

const rounds = 9;
const pipelines = fileURLToPath(new URL('../../pipelines', import.meta.url));

/** Commands with the multiple of `node -e 0` that they may take. */
const commands: readonly (readonly [args: readonly string[], limit: number])[] = [
  [['plan', 'pipelines/daily.yaml'], 4],
  [['run', 'pipelines/daily.yaml'], 5],
  [['query', 'select 1'], 3],
  [['status'], 2.5],
  [['lineage', 'AAPL'], 2.5],
  [['--help'], 2],
];

let project: string | null = null;

/** A project whose example has run: another run has nothing to do. */
function getProject(): string {
  if (project !== null) return project;
  project = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  cpSync(pipelines, join(project, 'pipelines'), { recursive: true });
  measureProcess({ command: [process.execPath, pipeCommand, 'run', 'pipelines/daily.yaml'], folder: project });
  return project;
}

function listPeers(args: readonly string[]): readonly Peer[] {
  const node: Peer = { name: 'node -e 0', run: () => measureProcess({ command: [process.execPath, '-e', '0'] }) };
  if (args[0] !== 'query') return [node];
  const name = 'Python with duckdb';
  const python = findPython();
  const code = "import duckdb; print(duckdb.sql('select 1').fetchall())";
  const peer: Peer =
    'absent' in python
      ? { name, absent: python.absent }
      : { name, run: () => measureProcess({ command: [python.program, '-c', code] }) };
  return [node, peer];
}

/** Whole processes of commands that scripts and collectors start again and again. */
export const benches: readonly Bench[] = commands.map(([args, limit]) => ({
  name: `beside: pipe ${args.join(' ')}`,
  target: `≤ ${limit} × node -e 0`,
  run: () =>
    Promise.resolve(
      compare({
        own: {
          name: 'pipe',
          run: () => measureProcess({ command: [process.execPath, pipeCommand, ...args], folder: getProject() }),
        },
        peers: listPeers(args),
        limit,
        rounds,
      }),
    ),
}));
