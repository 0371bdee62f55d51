import { makeRig } from '../rig.js';
import type { CallResult, Rig } from '../rig.js';
import { documentOf, now, small } from './project.js';
import type { Document } from './project.js';

/** The pipeline of the other tests, but of a source that does what `trouble.yaml` says, one request after the other. */
const troubled = `${small.replace('provider: mock', 'provider: synthetic')}providers:
  synthetic: { scenario: trouble.yaml }
`;

/** Short pauses between attempts, and time for every answer; one request at a time makes the order of occasions certain. */
const patient = `pacing: { concurrency: 1 }
retry: { attempts: 3, delay: 10ms, max_delay: 20ms, timeout: 5m }
breaker: { threshold: 1000 }
`;

/** One call to the source, as `--record-calls` writes it. */
export interface Call {
  readonly at: number;
  readonly event: 'asked' | 'answered';
  readonly series: string;
  readonly window: readonly [number, number] | null;
  readonly outcome?: string;
}

/** A run, and what the source was asked in it. */
export interface Played {
  readonly result: CallResult;
  readonly document: Document & { readonly error?: string };
  readonly calls: readonly Call[];
}

/** A project whose source can be told what goes wrong. */
export interface TroubledProject {
  readonly rig: Rig;
  /** Runs the pipeline while the source does this; fails unless it ends with the exit code. */
  readonly run: (exitCode: number, rules: string, ...args: readonly string[]) => Promise<Played>;
  readonly plan: (...args: readonly string[]) => Promise<Document>;
}

/** Nothing goes wrong. */
export const quiet = '[]';

/** Makes a project with nothing fetched; `settings` go before the patience of tests. */
export async function troubledProject(settings = patient): Promise<TroubledProject> {
  const rig = await makeRig();
  await rig.write('small.yaml', `${troubled}${settings}`);
  const play = (rules: string): Promise<void> =>
    rig.write('trouble.yaml', `name: trouble\nsource: synthetic\nrules: ${rules}\n`);
  await play(quiet);
  let runs = 0;
  return {
    rig,
    async run(exitCode, rules, ...args) {
      await play(rules);
      const record = `calls-${++runs}.ndjson`;
      const result = await rig.pipe('run', 'small.yaml', '--now', now, '--json', '--record-calls', record, ...args);
      const document = documentOf(result, exitCode);
      return { result, document, calls: await callsIn(rig, record) };
    },
    plan: async (...args) => documentOf(await rig.pipe('plan', 'small.yaml', '--now', now, '--json', ...args), 0),
  };
}

async function callsIn(rig: Rig, file: string): Promise<readonly Call[]> {
  if (!(await rig.files()).includes(file)) return [];
  const lines = (await rig.read(file)).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Call);
}

/** What was asked for, in the order in which it was. */
export function seriesAsked(calls: readonly Call[]): readonly string[] {
  return calls.filter(({ event }) => event === 'asked').map(({ series }) => series);
}

/** `equity/AAPL failed` of every task that did not end well. */
export function troubles({ tasks }: Document): readonly string[] {
  return tasks
    .filter(({ status }) => status !== 'ok' && status !== 'satisfied')
    .map(({ id, status }) => `${id} ${status}`);
}

const whenItCame: Readonly<Record<string, string>> = {
  contracts: 'as_of, run_id, request_id',
  chains: 'as_of, run_id, request_id',
  equity_bars: 'run_id, request_id',
  option_bars: 'run_id, request_id',
};

/** Every row of these tables, all when none is named, without what says when and by which run it came. */
export async function contents(rig: Rig, ...tables: readonly string[]): Promise<string> {
  const chosen = Object.entries(whenItCame).filter(([table]) => tables.length === 0 || tables.includes(table));
  const rows = chosen.map(
    ([table, without]) =>
      `SELECT '${table}' AS name, t::text AS row FROM (SELECT * EXCLUDE (${without}) FROM ${table}) t`,
  );
  const { exitCode, stdout, stderr } = await rig.pipe('query', '--csv', `${rows.join(' UNION ALL ')} ORDER BY ALL`);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}
