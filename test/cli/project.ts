import { makeRig } from '../rig.js';
import type { Rig } from '../rig.js';

/** A Friday evening in New York, after the close: its session is the last that is wanted. */
export const now = '2026-11-20T23:00:00Z';

/** Two symbols, the whole chain of steps, nothing to wait for. */
export const small = `name: small
provider: mock
symbols: [AAPL, BRK B]
steps:
  contracts: { refresh: 7d }
  chains: { needs: contracts, refresh: 1d }
  equity: { needs: contracts, bar_size: 1 day, lookback: 30d }
  options: { needs: [chains, equity], lookback: 2 sessions, strikes: 1, expiries: 1 }
`;

/** A project with a pipeline in `small.yaml`, and with what one run of it brings. */
export async function filledProject(text = small): Promise<Rig> {
  const rig = await makeRig();
  await rig.write('small.yaml', text);
  const { exitCode, stderr } = await rig.pipe('run', 'small.yaml', '--now', now, '--quiet');
  if (exitCode !== 0 && exitCode !== 3) throw new Error(`the first run ended with ${String(exitCode)}\n${stderr}`);
  return rig;
}

/** What scripts read of a plan or a run. */
export interface Task {
  readonly id: string;
  readonly step: string;
  readonly symbol: string;
  readonly status: string;
  readonly requests: number;
  readonly rows: number;
  readonly windows: readonly (readonly [string, string])[];
  readonly reason: string;
  readonly error?: string;
}

export interface Document {
  readonly status: string;
  readonly runId: string;
  readonly requests: number;
  readonly windows: number;
  readonly estimatedRequests: number;
  readonly rows: number;
  readonly tasks: readonly Task[];
}

/** A plan as scripts read it. */
export async function planned(rig: Rig, ...args: readonly string[]): Promise<Document> {
  return documentOf(await rig.pipe('plan', 'small.yaml', '--now', now, '--json', ...args), 0);
}

/** A run as scripts read it. */
export async function ran(rig: Rig, ...args: readonly string[]): Promise<Document> {
  return documentOf(await rig.pipe('run', 'small.yaml', '--now', now, '--json', ...args), 0);
}

/** The one document on stdout of a call that ended as expected. */
export function documentOf(
  result: { exitCode: number | null; stdout: string; stderr: string },
  exitCode: number,
): Document {
  if (result.exitCode !== exitCode)
    throw new Error(`ended with ${String(result.exitCode)}\n${result.stderr}${result.stdout}`);
  return JSON.parse(result.stdout) as Document;
}

/** `equity/AAPL 2` of every task that has something to ask. */
export function asking({ tasks }: Document): readonly string[] {
  return tasks.filter(({ requests }) => requests > 0).map(({ id, requests }) => `${id} ${String(requests)}`);
}

/** Without what differs from run to run: how long it took and the exact moment around a fixed now. */
export function withoutTimes(text: string): string {
  return text
    .replace(/2026-11-20T23:0\d:\d\d(\.\d{3})?Z/g, '<now>')
    .replace(/\b\d+(\.\d+)?(ms|s)\b/g, '~')
    .replace(/\b[0-9a-f]{8}(?=[),])/g, '<hash>')
    .replace(/"hash": "[0-9a-f]{64}"/g, '"hash": "<hash>"');
}
