import { expect } from 'vitest';
import { createRig } from '../../rig.js';
import type { CallResult, Rig } from '../../rig.js';
import { now } from '../../fixtures/project.js';

/** The start of a pipeline whose custom steps follow. */
export const pipelineStart = `name: own
symbols: [AAPL, MSFT]
steps:
  contracts: {}
  equity: { needs: contracts, lookback: 20 sessions }
`;

export const returns = `  returns:
    uses: sql
    needs: equity
    query: |
      SELECT symbol, session, close / lag(close) OVER (PARTITION BY symbol ORDER BY session) - 1 AS r
      FROM equity_bars WHERE bar_size = '1 day'
    dataset: daily_returns
`;

export const score = `  score:
    uses: exec
    needs: returns
    command: [node, score.mjs, "{input}", "{output}"]
    input: { dataset: daily_returns, format: json }
    output: { dataset: scores, format: csv }
    env: { MODE: nightly }
`;

/** Counts the rows of each symbol and writes the names of its environment variables. */
export const script = `import { readFileSync, writeFileSync } from 'node:fs';
const [input, output] = process.argv.slice(2);
const counts = new Map();
for (const { symbol, r } of JSON.parse(readFileSync(input, 'utf8')))
  if (r !== null) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
const names = Object.keys(process.env).filter((name) => !name.startsWith('NODE')).sort().join(' ');
writeFileSync(output, ['symbol,rows,environment', ...[...counts].map(([s, n]) => s + ',' + n + ',' + names)].join('\\n'));
`;

/** A task in the document of a plan or a run. */
export interface Task {
  readonly id: string;
  readonly symbol: string | null;
  readonly status: string;
  readonly rows: number;
  readonly reason?: string;
  readonly error?: string;
}

export async function createCustomStepsProject(
  steps = returns + score,
  more: Readonly<Record<string, string>> = {},
): Promise<Rig> {
  const rig = await createRig();
  await rig.write('own.yaml', pipelineStart + steps);
  await rig.write('score.mjs', script);
  for (const [path, text] of Object.entries(more)) await rig.write(path, text);
  return rig;
}

export async function parseTasks(call: Promise<CallResult>, exitCode: number): Promise<ReadonlyMap<string, Task>> {
  const result = await call;
  expect(result, result.stderr).toMatchObject({ exitCode });
  const { tasks } = JSON.parse(result.stdout) as { readonly tasks: readonly Task[] };
  return new Map(tasks.map((task) => [task.id, task]));
}

export const run = (rig: Rig, ...args: readonly string[]): Promise<CallResult> =>
  rig.pipe('run', 'own.yaml', '--now', now, '--json', ...args, { env: { KITE_API_SECRET: 'hunter2hunter2' } });
export const plan = (rig: Rig, ...args: readonly string[]): Promise<CallResult> =>
  rig.pipe('plan', 'own.yaml', '--now', now, '--json', ...args);

export async function queryRows(rig: Rig, sql: string): Promise<readonly unknown[]> {
  const { stdout } = await rig.pipe('query', sql, '--json');
  return JSON.parse(stdout) as readonly unknown[];
}
