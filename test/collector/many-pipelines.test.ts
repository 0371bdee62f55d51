import { expect, it } from 'vitest';

import { createRig } from '../rig.js';
import { listChildren } from '../../src/platform/process-children.js';

/** With `PIPE_MANY_PIPELINES=200`, the full campaign; processes are the same number in both. */
const pipelineCount = Number(process.env['PIPE_MANY_PIPELINES'] ?? 12);

const intervalMs = 2000;

interface CycleEvent {
  readonly type: string;
  readonly pipeline: string;
  readonly at: number;
  readonly count?: number;
  readonly reason?: string;
  readonly outcome?: string;
  readonly first?: number;
  readonly last?: number;
  readonly cycle?: { readonly due: number };
}

it('runs many pipelines that are due every 2 s with two processes, and accounts for every due time', async () => {
  const rig = await createRig();
  for (let index = 0; index < pipelineCount; index++)
    await rig.write(
      `pipelines/p${String(index)}.yaml`,
      `name: p${String(index)}
provider: mock
symbols: [AAPL]
schedule: { every: 2s${index === 0 ? ', priority: low' : ''} }
steps: { contracts: {}, quotes: { needs: contracts } }
`,
    );
  const call = rig.spawn('serve', '--no-http', '--json', '--max-concurrent-runs', '2', { timeout: 900_000 });
  const readEvents = (): readonly CycleEvent[] =>
    call
      .stdout()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as CycleEvent);
  const countStarted = (): number => new Set(findAll('cycle-started').map(({ pipeline }) => pipeline)).size;
  const findAll = (type: string): readonly CycleEvent[] => readEvents().filter((event) => event.type === type);
  let maxChildren = 0;
  await expect
    .poll(
      async () => {
        maxChildren = Math.max(maxChildren, (await listChildren(call.pid)).length);
        return countStarted();
      },
      { timeout: 800_000, interval: 100 },
    )
    .toBe(pipelineCount);
  call.kill('SIGTERM');
  await call.result;

  // The collector reads the statistics of the tables in a process of its own.
  expect(maxChildren).toBeLessThanOrEqual(3);
  let running = 0;
  for (const { type } of readEvents()) {
    if (type === 'cycle-started') running++;
    if (type === 'cycle-ended') running--;
    expect(running).toBeLessThanOrEqual(2);
  }
  expect(findAll('cycle-ended').filter(({ outcome }) => outcome !== 'ok' && outcome !== 'cancelled')).toEqual([]);
  for (let index = 0; index < pipelineCount; index++) {
    const own = readEvents().filter(({ pipeline }) => pipeline === `p${String(index)}`);
    const started = own.filter(({ type }) => type === 'cycle-started').map(({ cycle }) => cycle?.due ?? 0);
    const missed = own.filter(({ type }) => type === 'runs-missed');
    const accounted = [
      ...started,
      ...missed.flatMap(({ first = 0, count = 0 }) => Array.from({ length: count }, (_, n) => first + n * intervalMs)),
    ].toSorted((a, b) => a - b);
    // The run in the queue at the stop is the only due time that is not accounted for.
    const gaps = accounted.slice(1).map((due, position) => due - (accounted[position] ?? 0));
    expect(gaps.filter((gap) => gap !== intervalMs && gap !== 2 * intervalMs)).toEqual([]);
    expect(gaps.filter((gap) => gap === 2 * intervalMs).length).toBeLessThanOrEqual(1);
    expect(missed.every(({ reason }) => reason === 'overlap' || reason === 'no-free-slot')).toBe(true);
  }
});
